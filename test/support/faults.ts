import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionResult } from 'graphql';
import type { Subgraph } from '../../kernel/subgraph.ts';

/** How a subgraph can fail. `none`: it works. `flapping`: every second request fails. */
export const FAULTS = ['stopped', 'hanging', 'garbage', 'slow', 'flapping'] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

/** Longer than any deadline that a test lets pass. */
export const SLOW_MS = 5_000;

/** Whether an answer is waited for until its deadline passes. */
export function isWaitedFor(fault: Fault): boolean {
  return fault === 'hanging' || fault === 'slow';
}

export interface Faulty {
  fault: Fault;
  /** How many fetches came so far. */
  fetches: number;
}

/** A subgraph of this process whose `fault` can be set while it runs. */
export function faultySubgraph(subgraph: Subgraph): Subgraph & Faulty {
  let turn = 0;
  const faulty: Subgraph & Faulty = {
    ...subgraph,
    fault: 'none',
    fetches: 0,
    execute: async (...args) => {
      faulty.fetches += 1;
      const fault = faulty.fault === 'flapping' ? (turn++ % 2 === 0 ? 'stopped' : 'none') : faulty.fault;
      if (fault === 'stopped') throw new Error('connect ECONNREFUSED 10.1.2.3:4003 secret-of-the-house');
      if (fault === 'hanging') return new Promise<ExecutionResult>(() => {});
      if (fault === 'garbage') return { data: { _entities: 'banana' }, nonsense: true } as unknown as ExecutionResult;
      if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS).unref());
      return subgraph.execute(...args);
    },
  };
  return faulty;
}

export interface FaultyProxy extends Faulty {
  readonly url: string;
  /** The headers of the last request that came through. */
  headers: IncomingMessage['headers'];
  close(): Promise<void>;
}

/** An HTTP server before the one at `target` whose `fault` can be set while it runs. */
export async function faultyProxy(target: string): Promise<FaultyProxy> {
  let turn = 0;
  const server = createServer((request, response) => {
    proxy.headers = request.headers;
    proxy.fetches += 1;
    const fault = proxy.fault === 'flapping' ? (turn++ % 2 === 0 ? 'stopped' : 'none') : proxy.fault;
    if (fault === 'stopped') request.socket.destroy();
    else if (fault === 'garbage') response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"_entities":"banana"}}');
    else if (fault === 'slow') setTimeout(() => pass(request, response), SLOW_MS).unref();
    else if (fault === 'none') pass(request, response);
  });
  const pass = (request: IncomingMessage, response: ServerResponse) => {
    // Who gave up meanwhile is not passed on: the rest of such a request would never come.
    if (response.destroyed) return;
    const upstream = httpRequest(target, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    fault: 'none',
    fetches: 0,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    headers: {},
    close: () => closed(server),
  };
  return proxy;
}

/** A server that answers every request as `answer` says, for what no working server would do. */
export async function rogueServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, close: () => closed(server) };
}

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
