import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap } from '@apollo/server';
import { answerHealth, type HttpServer, listen, type Readiness, readJson, sendError } from '../../kernel/http-server.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { requestId } from '../../kernel/subgraph-server.ts';
import { Client } from '../transport/client.ts';
import { Admission } from './admission.ts';
import { type ApolloOptions, openApollo } from './apollo.ts';
import { COMPRESSED_FROM_BYTES, compress, preferredEncoding } from './compression.ts';
import { FastPath } from './fast-path.ts';
import { PersistedQueries } from './persisted-queries.ts';

export interface GatewayServerOptions extends Omit<ApolloOptions, 'persistedQueries'> {
  readonly host: string;
  readonly port: number;
  readonly graceMs: number;
  readonly bodyLimitBytes: number;
  /** Requests under way at a time; more are refused with a 503. */
  readonly maxInFlight: number;
  /** Whether answers are compressed for clients that ask for it. */
  readonly compression: boolean;
  /** What GraphiQL shows at first, in development. */
  readonly example?: string;
  readonly clock: () => EpochMs;
  /** Asked at each /readyz, beside whether the server is stopping or overloaded. */
  readonly readiness: () => Readiness;
}

/** What is sent to a client; further headers as a flat list of names and values. */
interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly headers: readonly string[];
}

const NONE: readonly string[] = [];

/** The graph over HTTP: /graphql by GET and POST, /livez, /readyz, and in development GraphiQL. */
export async function serveGraph(options: GatewayServerOptions): Promise<HttpServer> {
  const { engine, log, compression, plugins = [] } = options;
  const persistedQueries = new PersistedQueries();
  const apollo = await openApollo({ ...options, persistedQueries });
  // A plugin may look at every request and change every answer.
  const fast = plugins.length === 0 ? new FastPath(engine, persistedQueries) : null;
  const admission = new Admission(options.maxInFlight);
  const traced = log.isLevelEnabled('debug');
  let server: HttpServer | undefined;
  const readiness = (): Readiness => {
    if (server?.draining) return { ready: false, reason: 'stopping' };
    return admission.overloaded ? { ready: false, reason: 'overloaded' } : options.readiness();
  };
  // Nine megabytes of scripts, which production does not load.
  const explorer = options.production ? null : (await import('./graphiql.ts')).graphiql(options.example ?? '{ __typename }');

  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? '/';
    const cut = url.indexOf('?');
    const path = cut < 0 ? url : url.slice(0, cut);
    if (path === '/graphql' && request.method === 'POST') return answer(request, response, '');
    if (answerHealth(path, response, readiness)) return;
    if (explorer?.(request, response, path)) return;
    if (path !== '/graphql') return sendError(response, 404, 'NOT_FOUND', 'GraphQL is at /graphql.');
    if (request.method === 'GET') return answer(request, response, cut < 0 ? '' : url.slice(cut));
    response.setHeader('allow', 'GET, POST');
    sendError(response, 405, 'BAD_REQUEST', 'Send the query by POST or GET.');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, search: string) => {
    const startedAt = traced ? performance.now() : 0;
    const client = new Client(requestId(request), options.clock());
    let reply: Reply | null;
    try {
      reply = admission.enter() ? await admitted(request, response, search, client) : OVERLOADED;
    } catch (err) {
      log.error({ err, requestId: client.requestId }, 'a request failed');
      reply = FAULT;
    }
    if (!reply) return;
    await send(request, response, client, reply);
    if (!traced) return;
    const durationMs = Math.round(performance.now() - startedAt);
    log.debug({ requestId: client.requestId, method: request.method, status: reply.status, durationMs }, 'answered');
  };

  /** Null when the client went away before it had sent its request. */
  const admitted = async (request: IncomingMessage, response: ServerResponse, search: string, client: Client): Promise<Reply | null> => {
    response.on('close', () => {
      admission.leave();
      if (response.writableFinished) return;
      try {
        client.leave();
      } catch (err) {
        log.error({ err, requestId: client.requestId }, 'a request that nobody waits for could not be given up');
      }
    });
    if (request.method !== 'POST') return byApollo(request, search, undefined, client);
    const body = await readJson(request, options.bodyLimitBytes);
    if (!body.ok) return body.refusal && refused(body.refusal.status, body.refusal.code, body.refusal.message);
    const prepared = fast?.find(body.value, request.headers.accept);
    if (!prepared) return byApollo(request, search, body.value, client);
    const { operation, variables, contentType } = prepared;
    client.mutates = operation.kind === 'mutation';
    const { text } = await engine.execute(operation, variables, client);
    return { status: 200, contentType, text, headers: NONE };
  };

  const byApollo = async (request: IncomingMessage, search: string, body: unknown, client: Client): Promise<Reply> => {
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const { status = 200, ...result } = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method ?? 'GET', headers, search, body },
      context: async () => ({ client }),
    });
    // The engine plans no @defer yet, so an answer is always one piece.
    if (result.body.kind !== 'complete') return refused(406, 'BAD_REQUEST', 'Incremental delivery is not supported.');
    const contentType = result.headers.get('content-type') ?? 'application/json; charset=utf-8';
    if (status === 200) fast?.learn(request.headers.accept, contentType);
    const others = [...result.headers].filter(([name]) => !OURS.has(name)).flat();
    return { status, contentType, text: result.body.string, headers: others };
  };

  const send = async (request: IncomingMessage, response: ServerResponse, client: Client, reply: Reply) => {
    const encoding =
      compression && reply.text.length >= COMPRESSED_FROM_BYTES ? preferredEncoding(request.headers['accept-encoding']) : null;
    const content = encoding ? await compress(Buffer.from(reply.text), encoding) : reply.text;
    const length = Buffer.byteLength(content);
    const headers = [
      'content-type',
      reply.contentType,
      'content-length',
      String(length),
      'cache-control',
      'no-store',
      'vary',
      'accept, accept-encoding',
      'x-content-type-options',
      'nosniff',
      'x-request-id',
      client.requestId,
      ...reply.headers,
    ];
    if (encoding) headers.push('content-encoding', encoding);
    response.writeHead(reply.status, headers);
    // As many bytes as characters: nothing but ASCII, which Latin-1 writes faster.
    response.end(content, length === content.length ? 'latin1' : 'utf8');
  };

  server = await listen({ ...options, handler, failed: (err) => log.error({ err }, 'a request failed') });
  const { port, drain } = server;
  return {
    port,
    get draining() {
      return server?.draining ?? false;
    },
    drain: async () => {
      await drain();
      await apollo.stop();
    },
  };
}

/** Headers that this server decides on, whatever Apollo Server says. */
const OURS = new Set(['content-type', 'content-length', 'cache-control', 'vary', 'x-content-type-options', 'x-request-id']);

function refused(status: number, code: string, message: string, headers = NONE): Reply {
  const text = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  return { status, contentType: 'application/json; charset=utf-8', text, headers };
}

const FAULT = refused(500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.');
const OVERLOADED = refused(503, 'OVERLOADED', 'Too many requests are under way. Try again in a second.', ['retry-after', '1']);
