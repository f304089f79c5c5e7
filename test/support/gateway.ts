import { type GatewayServerOptions, serveGraph } from '../../gateway/http/server.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { createLog } from '../../kernel/log.ts';
import { type Graph, openGraph } from './graph.ts';
import { tinyGraph } from './tiny-graph.ts';

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** Without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** The tiny graph with its subgraphs in process. */
export function openTinyGraph(log = createLog('silent')): Promise<Graph> {
  const { supergraphSdl, subgraphs } = tinyGraph();
  const transports = new Map([...subgraphs].map(([name, subgraph]) => [name as string, inProcess(subgraph)]));
  return openGraph({ supergraphSdl, transports, deadlineMs: 5000, introspection: false, log });
}

/**
 * A gateway as in production, on a port of its own, but for what the test says. `engine`: stays the test's to close; without
 * one the gateway has the tiny graph's, and closes it.
 */
export async function openGateway({ engine, ...options }: Partial<GatewayServerOptions> = {}): Promise<Gateway> {
  const graph = engine ? { engine, stop: async () => {} } : await openTinyGraph(options.log);
  const server = await serveGraph({
    engine: graph.engine,
    host: '127.0.0.1',
    port: 0,
    graceMs: 0,
    bodyLimitBytes: 100_000,
    maxInFlight: 100,
    compression: true,
    production: true,
    introspection: false,
    clock: Date.now,
    readiness: () => ({ ready: true }),
    log: createLog('silent'),
    ...options,
  });
  return {
    port: server.port,
    url: `http://127.0.0.1:${server.port}`,
    close: async () => {
      await server.drain();
      await graph.stop();
    },
  };
}
