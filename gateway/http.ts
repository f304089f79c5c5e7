import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { Logger } from 'pino';
import { answerHealth, type HttpServer, listen, type Readiness, readJson, send, sendError } from '../kernel/http-server.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { requestId } from '../kernel/subgraph-server.ts';
import type { ClientRequest } from './data-source.ts';

export interface GatewayServerOptions {
  readonly graph: ApolloServer<ClientRequest>;
  readonly host: string;
  readonly port: number;
  readonly graceMs: number;
  readonly bodyLimitBytes: number;
  /** Without it GraphiQL is served to browsers. */
  readonly production: boolean;
  readonly clock: () => EpochMs;
  /** Asked at each /readyz, beside whether the server is stopping. */
  readonly readiness: () => Readiness;
  readonly log: Logger;
}

/** The graph over HTTP: /graphql by GET and POST, /livez, /readyz, and in development GraphiQL. */
export async function serveGraph(options: GatewayServerOptions): Promise<HttpServer> {
  const { graph, log } = options;
  let server: HttpServer | undefined;
  const readiness = (): Readiness => (server?.draining ? { ready: false, reason: 'stopping' } : options.readiness());
  // Nine megabytes of scripts, which production does not load.
  const explorer = options.production ? null : (await import('./http/graphiql.ts')).graphiql;

  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? '/';
    const cut = url.indexOf('?');
    const path = cut < 0 ? url : url.slice(0, cut);
    if (answerHealth(path, response, readiness)) return;
    if (explorer?.(request, response, path)) return;
    if (path !== '/graphql') return sendError(response, 404, 'NOT_FOUND', 'GraphQL is at /graphql.');
    if (request.method !== 'GET' && request.method !== 'POST') {
      response.setHeader('allow', 'GET, POST');
      return sendError(response, 405, 'BAD_REQUEST', 'Send the query by POST or GET.');
    }
    await answer(request, response, cut < 0 ? '' : url.slice(cut));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, search: string) => {
    const startedAt = performance.now();
    const gone = new AbortController();
    // Every fetch of the plan listens to it.
    setMaxListeners(0, gone.signal);
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const client: ClientRequest = { requestId: requestId(request), now: options.clock(), signal: gone.signal };
    response.setHeader('x-request-id', client.requestId);
    let body: unknown;
    if (request.method === 'POST') {
      const read = await readJson(request, options.bodyLimitBytes);
      if (!read.ok) return read.refusal ? sendError(response, read.refusal.status, read.refusal.code, read.refusal.message) : undefined;
      body = read.value;
    }
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const result = await graph.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method ?? 'GET', headers, search, body },
      context: async () => client,
    });
    for (const [name, value] of result.headers) if (name !== 'content-length') response.setHeader(name, value);
    response.setHeader('cache-control', 'no-store');
    const status = result.status ?? 200;
    // Our gateway plans no @defer, so an answer is always one piece.
    if (result.body.kind === 'complete')
      send(response, status, String(response.getHeader('content-type') ?? 'application/json'), result.body.string);
    else sendError(response, 406, 'BAD_REQUEST', 'Incremental delivery is not supported.');
    log.debug(
      { requestId: client.requestId, method: request.method, status, durationMs: Math.round(performance.now() - startedAt) },
      'answered',
    );
  };

  server = await listen({ ...options, handler, failed: (err) => log.error({ err }, 'a request failed') });
  return server;
}
