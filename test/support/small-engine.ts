import { buildSubgraphSchema } from '@apollo/subgraph';
import { type ExecutionResult, execute, type GraphQLSchema, parse } from 'graphql';
import { pino } from 'pino';
import { type Engine, openEngine } from '../../gateway/engine/engine.ts';
import { Client } from '../../gateway/transport/client.ts';
import { type Fetch, type Transport, variablesText } from '../../gateway/transport/transport.ts';
import { HEAD, supergraphOf } from './federated-plan.ts';
import type { Answer } from './graph-client.ts';

/** A subgraph of a test: SDL without the federation header, and its resolvers. */
export interface SmallSubgraph {
  readonly sdl: string;
  readonly resolvers: Parameters<typeof buildSubgraphSchema>[0] extends infer T ? (T extends { resolvers?: infer R } ? R : never) : never;
}

/** What was sent to a subgraph. */
export interface SentFetch {
  readonly service: string;
  readonly query: string;
  readonly variables: unknown;
}

export interface SmallEngine {
  readonly engine: Engine;
  /** Every fetch since the last `ask`, in the order in which they were sent. */
  readonly sent: SentFetch[];
  ask(query: string, variables?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

export interface SmallEngineOptions {
  /** Answers instead of the subgraph, when it gives something. May reject. */
  readonly instead?: (fetch: Fetch) => Promise<unknown> | undefined;
  readonly deadlineMs?: number;
  readonly requestDeadlineMs?: number;
}

/** What is composed. */
export function sdlOf(parts: Readonly<Record<string, SmallSubgraph>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parts).map(([name, { sdl }]) => [name, sdl]));
}

/** The engine over subgraphs of this process, which answer as they would over HTTP: in JSON. */
export async function smallEngine(parts: Readonly<Record<string, SmallSubgraph>>, options: SmallEngineOptions = {}): Promise<SmallEngine> {
  const sent: SentFetch[] = [];
  const transportFor = ({ name }: { readonly name: string }): Transport => {
    const part = parts[name];
    if (!part) throw new Error(name);
    const schema = buildSubgraphSchema({ typeDefs: parse(HEAD + part.sdl), resolvers: part.resolvers ?? {} });
    return {
      kind: 'in-process',
      send(fetch, receive) {
        const variables = JSON.parse(variablesText(fetch) ?? '{}') as Record<string, unknown>;
        sent.push({ service: name, query: fetch.operation.query, variables });
        const answer = options.instead?.(fetch) ?? executed(schema, fetch, variables);
        answer.then(
          (given) => receive(null, given),
          (error: Error) => receive(error, undefined),
        );
        return () => {};
      },
      close: async () => {},
    };
  };
  const engine = openEngine({
    transportFor,
    deadlineMs: options.deadlineMs ?? 5000,
    requestDeadlineMs: options.requestDeadlineMs ?? 10_000,
    log: pino({ enabled: false }),
  });
  await engine.load(supergraphOf(sdlOf(parts)), 'the test');
  return {
    engine,
    sent,
    ask: async (query, variables = {}) => {
      const operation = await engine.prepare(parse(query), query, undefined);
      sent.length = 0;
      const client = new Client('00000000-0000-4000-8000-000000000000', 0);
      const { text } = await engine.execute(operation, variables, client);
      return JSON.parse(text) as Answer;
    },
    close: () => engine.close(),
  };
}

async function executed(schema: GraphQLSchema, fetch: Fetch, variableValues: Record<string, unknown>): Promise<unknown> {
  const result: ExecutionResult = await execute({ schema, document: fetch.operation.document, variableValues });
  return JSON.parse(JSON.stringify(result));
}
