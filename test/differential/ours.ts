import { type ExecutionResult, type GraphQLFormattedError, parse } from 'graphql';
import { pino } from 'pino';
import { type Engine, openEngine } from '../../gateway/engine/engine.ts';
import { Client } from '../../gateway/transport/client.ts';
import { type Fetch, type Transport, variablesText } from '../../gateway/transport/transport.ts';
import type { Execution } from './execution.ts';
import type { Graph } from './graph.ts';
import type { GeneratedSubgraph, State } from './subgraph.ts';

/** Our engine, which is given one graph after the other: each of them replaces the one before. */
export class OurExecution {
  readonly #engine: Engine;
  readonly #states = new WeakMap<Client, State>();
  #subgraphs: ReadonlyMap<string, GeneratedSubgraph> = new Map();
  #kind: Transport['kind'] = 'http';
  #graphs = 0;

  constructor() {
    this.#engine = openEngine({
      transportFor: ({ name }) => this.#transport(name, this.#subgraphs, this.#kind),
      deadlineMs: 60_000,
      requestDeadlineMs: 60_000,
      log: pino({ level: 'silent' }),
    });
  }

  /** `kind`: in process, objects are handed over; otherwise all goes as JSON text. */
  async on(graph: Graph, subgraphs: ReadonlyMap<string, GeneratedSubgraph>, kind: Transport['kind']): Promise<Execution> {
    this.#subgraphs = subgraphs;
    this.#kind = kind;
    // The engine keeps the ways to subgraphs whose URL stays.
    await this.#engine.load(
      graph.supergraph.replaceAll('http://127.0.0.1:1/', `http://127.0.0.1:1/${this.#graphs++}/`),
      'a generated graph',
    );
    return {
      run: async ({ query, variables }) => {
        const operation = await this.#engine.prepare(parse(query), query, undefined);
        const client = new Client('generated', 0);
        const state: State = { changes: [] };
        this.#states.set(client, state);
        const { text } = await this.#engine.execute(operation, variables, client);
        const { errors = [] } = JSON.parse(text) as { errors?: GraphQLFormattedError[] };
        // Parsing and printing again would put keys that are numbers first, but there are none.
        const { data } = JSON.parse(text) as { data: unknown };
        return { data: JSON.stringify(data), errors, flawed: false, fetches: 0, entityFetches: 0, changes: state.changes };
      },
    };
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #transport(name: string, subgraphs: ReadonlyMap<string, GeneratedSubgraph>, kind: Transport['kind']): Transport {
    const execute = async (fetch: Fetch): Promise<ExecutionResult> => {
      const { operation, client } = fetch;
      const state = this.#states.get(client) ?? { changes: [] };
      const representations = fetch.objects();
      const inProcess = representations ? { ...fetch.variables, representations } : (fetch.variables ?? {});
      const variables = kind === 'http' ? JSON.parse(variablesText(fetch) ?? '{}') : inProcess;
      const answer = await subgraphs
        .get(name)
        ?.execute(kind === 'http' ? parse(operation.query) : operation.document, variables, state, operation.name);
      return kind === 'http' ? JSON.parse(JSON.stringify(answer)) : (answer ?? {});
    };
    return {
      kind,
      send(fetch, receive) {
        execute(fetch).then(
          (answer) => receive(null, answer),
          (fault: Error) => receive(fault, undefined),
        );
        return () => {};
      },
      close: async () => {},
    };
  }
}
