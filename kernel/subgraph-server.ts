import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type DocumentNode, type ExecutionResult, GraphQLError, parse, validate } from 'graphql';
import type { Logger } from 'pino';
import { clientError } from './client-errors.ts';
import { answerHealth, bearsSecret, type HttpServer, listen, type Readiness, readJson, send, sendError, sendJson } from './http-server.ts';
import type { EpochMs } from './storage/port.ts';
import type { Subgraph } from './subgraph.ts';

/** The headers by which a gateway hands on whose request it works for and how long it will wait. */
export const REQUEST_ID_HEADER = 'x-request-id';
export const DEADLINE_HEADER = 'x-deadline-ms';

export interface SubgraphServerOptions {
  readonly subgraph: Subgraph;
  readonly host: string;
  readonly port: number;
  /** Every request to /graphql has to bear it. */
  readonly secret: string;
  readonly deadlineMs: number;
  readonly bodyLimitBytes: number;
  readonly graceMs: number;
  readonly clock: () => EpochMs;
  readonly log: Logger;
}

/**
 * One subgraph over HTTP: POST /graphql with `Authorization: Bearer <secret>`, /livez and /readyz. Any federation
 * router that sends a fixed header can use it.
 */
export async function serveSubgraph(options: SubgraphServerOptions): Promise<HttpServer> {
  const { subgraph, secret, log } = options;
  const documents = documentCache(subgraph);
  let server: HttpServer | undefined;
  const readiness = (): Readiness => (server?.draining ? { ready: false, reason: 'stopping' } : { ready: true });

  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (answerHealth(path, response, readiness)) return;
    if (!bearsSecret(request, secret)) return sendError(response, 401, 'UNAUTHENTICATED', 'Send the shared secret as a bearer token.');
    if (path !== '/graphql') return sendError(response, 404, 'NOT_FOUND', 'GraphQL is at /graphql.');
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return sendError(response, 405, 'BAD_REQUEST', 'Send the query by POST.');
    }
    const body = await readJson(request, options.bodyLimitBytes);
    if (!body.ok) return body.refusal ? sendError(response, body.refusal.status, body.refusal.code, body.refusal.message) : undefined;
    const asked = readRequest(body.value);
    if (!asked) return sendError(response, 400, 'BAD_REQUEST', 'Send { query, variables, operationName }.');
    const document = documents(asked.query);
    if (!document) return sendError(response, 400, 'GRAPHQL_VALIDATION_FAILED', 'The query does not fit the schema.');
    await answer(request, response, asked, document);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, asked: GraphQLParams, document: DocumentNode) => {
    const wanted = Number(request.headers[DEADLINE_HEADER]);
    const deadline = AbortSignal.timeout(wanted >= 1 ? Math.min(Math.ceil(wanted), options.deadlineMs) : options.deadlineMs);
    const scope = { requestId: requestId(request), now: options.clock(), signal: deadline };
    const late = new Promise<undefined>((resolve) => deadline.addEventListener('abort', () => resolve(undefined)));
    const result = await Promise.race([subgraph.execute(document, asked.variables, subgraph.context(scope), asked.operationName), late]);
    if (!result) return sendError(response, 504, 'DEADLINE_EXCEEDED', 'The answer took too long.');
    for (const error of result.errors ?? [])
      log.warn({ requestId: scope.requestId, subgraph: subgraph.name, err: error.originalError ?? error }, 'a resolver failed');
    response.setHeader('cache-control', 'no-store');
    if (/application\/graphql-response\+json/.test(request.headers.accept ?? ''))
      send(response, 200, 'application/graphql-response+json; charset=utf-8', JSON.stringify(masked(result, subgraph.name)));
    else sendJson(response, 200, masked(result, subgraph.name));
  };

  server = await listen({
    ...options,
    handler,
    failed: (err) => log.error({ subgraph: subgraph.name, err }, 'a request failed'),
  });
  return server;
}

interface GraphQLParams {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

function readRequest(body: unknown): GraphQLParams | null {
  if (typeof body !== 'object' || body === null) return null;
  const { query, variables, operationName } = body as Record<string, unknown>;
  if (typeof query !== 'string') return null;
  if (variables !== undefined && variables !== null && (typeof variables !== 'object' || Array.isArray(variables))) return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
  return { query, variables: (variables ?? undefined) as GraphQLParams['variables'], operationName: operationName ?? undefined };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The gateway's id for the request, or one of our own; nothing but a UUID is taken over, so that it can be logged. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && UUID.test(given) ? given : randomUUID();
}

function masked(result: ExecutionResult, service: string): object {
  if (!result.errors) return result;
  const errors = result.errors.map((error) => {
    const { message, code, argument } = clientError(error.toJSON(), service);
    return { message, ...(error.path && { path: error.path }), extensions: { code, ...(argument && { argument }) } };
  });
  return { ...result, errors };
}

/** A gateway sends few different queries, many times: each is parsed and validated once. Null for one that is not valid. */
function documentCache(subgraph: Subgraph): (query: string) => DocumentNode | null {
  const known = new Map<string, DocumentNode | null>();
  return (query) => {
    const found = known.get(query);
    if (found !== undefined) return found;
    let document: DocumentNode | null = null;
    try {
      const parsed = parse(query, { maxTokens: 20_000 });
      if (validate(subgraph.schema, parsed, undefined, { maxErrors: 1 }).length === 0) document = parsed;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
    }
    if (known.size >= 1000) known.delete(known.keys().next().value ?? '');
    known.set(query, document);
    return document;
  };
}
