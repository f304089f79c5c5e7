import type { ApolloServer } from '@apollo/server';
import type { Logger } from 'pino';
import { type Engine, type EngineOptions, openEngine } from '../../gateway/engine/engine.ts';
import { openApollo } from '../../gateway/http/apollo.ts';
import type { GraphContext } from '../../gateway/http/plugins.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import { scalars } from '../../kernel/scalars.ts';

export interface GraphOptions {
  readonly supergraphSdl: string;
  /** A way to each subgraph of the supergraph, by its name there. */
  readonly transports: ReadonlyMap<string, Transport>;
  readonly deadlineMs: number;
  readonly resilience?: EngineOptions['resilience'];
  readonly introspection: boolean;
  readonly log: Logger;
}

/** The graph as in production, to be asked without HTTP. */
export interface Graph {
  readonly engine: Engine;
  readonly apollo: ApolloServer<GraphContext>;
  stop(): Promise<void>;
}

export async function openGraph({ supergraphSdl, transports, deadlineMs, resilience, introspection, log }: GraphOptions): Promise<Graph> {
  const transportFor = ({ name }: { name: string }) => {
    const transport = transports.get(name);
    if (!transport) throw new Error(`The test has no way to ${name}.`);
    return transport;
  };
  const engine = openEngine({ transportFor, deadlineMs, requestDeadlineMs: deadlineMs + 10_000, scalars, resilience, log });
  await engine.load(supergraphSdl, 'the test');
  const apollo = await openApollo({ engine, introspection, production: true, log });
  return {
    engine,
    apollo,
    stop: async () => {
      await apollo.stop();
      await engine.close();
    },
  };
}
