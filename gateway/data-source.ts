import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { clientError } from '../kernel/client-errors.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { type FetchShape, fetchShapes, nullAnswer, type Representation, responseName } from './fetch-shape.ts';
import { type PathPattern, RequestLedger } from './losses.ts';

/** One client request, as Apollo Server's context carries it to every fetch. */
export interface ClientRequest {
  readonly requestId: string;
  readonly now: EpochMs;
  /** Aborted when the client went away from a query; a mutation is carried to its end. */
  readonly signal: AbortSignal;
}

/** One fetch on its way to a subgraph. */
export interface Fetch {
  readonly query: string;
  readonly shape: FetchShape;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
  readonly client: ClientRequest;
  /** Whether the client's request is a mutation; this fetch of its plan may be a query all the same. */
  readonly mutates: boolean;
  readonly deadlineMs: number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
}

/** A way to a subgraph. Gives whatever the subgraph said, unchecked, or rejects. */
export interface Transport {
  send(fetch: Fetch): Promise<unknown>;
  close(): Promise<void>;
}

/** Why a subgraph's answer can't be used; for the log. */
export class Unavailable extends Error {
  readonly code: string;
  /** The HTTP status that was not 200, for `STATUS`. */
  readonly status: number | undefined;
  constructor(code: 'DEADLINE' | 'GARBAGE' | 'STATUS' | 'TOO_LARGE' | 'CLIENT_GONE', status?: number) {
    super(code);
    this.name = 'Unavailable';
    this.code = code;
    this.status = status;
  }
}

interface Answer {
  readonly data: Record<string, unknown>;
  readonly errors: readonly GraphQLFormattedError[];
}

const ledgers = new WeakMap<object, RequestLedger>();

/** The ledger of one execution of a plan, by the request context that Apollo's gateway passes to every fetch of it. */
export function ledgerOf(requestContext: object): RequestLedger {
  let ledger = ledgers.get(requestContext);
  if (!ledger) {
    ledger = new RequestLedger();
    ledgers.set(requestContext, ledger);
  }
  return ledger;
}

export interface SubgraphSourceOptions {
  readonly service: string;
  readonly transport: Transport;
  readonly deadlineMs: number;
  readonly log: Logger;
}

/**
 * What Apollo's gateway calls for one subgraph. Never rejects: an unavailable subgraph is answered for, with null in
 * every requested field, and noted in the request's ledger. What a subgraph's resolvers report is masked.
 */
export class SubgraphSource implements GraphQLDataSource {
  readonly #options: SubgraphSourceOptions;
  readonly #shapeOf = fetchShapes();

  constructor(options: SubgraphSourceOptions) {
    this.#options = options;
  }

  async process(options: GraphQLDataSourceProcessOptions): Promise<GatewayGraphQLResponse> {
    if (options.kind !== 'incoming operation') throw new Error('This gateway loads its supergraph from a file.');
    const { service, log } = this.#options;
    const { query = '', variables = {} } = options.request;
    const shape = this.#shapeOf(query);
    const representations = (variables.representations ?? []) as readonly Representation[];
    const at = (options.pathInIncomingRequest ?? []) as PathPattern;
    const ledger = ledgerOf(options.incomingRequestContext);
    const client = options.context as unknown as ClientRequest;
    if (shape.entities) ledger.derived.push({ at, fields: fieldNames(shape, representations), given: names(representations) });

    const startedAt = performance.now();
    try {
      const mutates = options.incomingRequestContext.operation?.operation === 'mutation';
      const { operationName } = options.request;
      const { data, errors } = await this.#fetch({ query, shape, variables, operationName, client, mutates }, ledger);
      return errors.length === 0 ? { data } : { data, errors: errors.map((error) => this.#masked(error, client)) };
    } catch (err) {
      const durationMs = Math.round(performance.now() - startedAt);
      const status = err instanceof Unavailable ? err.status : undefined;
      log.warn(
        { requestId: client.requestId, service, durationMs, status, err },
        status === 401 ? 'a subgraph has another SUBGRAPH_SECRET' : 'a subgraph is unavailable',
      );
      ledger.losses.push({ service, at, fields: fieldNames(shape, representations), message: lossMessage(service, shape.mutation) });
      return { data: nullAnswer(shape, representations) };
    }
  }

  async #fetch(fetch: Omit<Fetch, 'signal' | 'deadlineMs'>, ledger: RequestLedger): Promise<Answer> {
    const { service, transport, deadlineMs } = this.#options;
    const clientSignal = fetch.mutates ? undefined : fetch.client.signal;
    if (ledger.late.has(service)) throw new Unavailable('DEADLINE');
    if (clientSignal?.aborted) throw new Unavailable('CLIENT_GONE');
    const stop = new AbortController();
    let giveUp: (why: Unavailable) => void = () => {};
    const late = new Promise<never>((_, reject) => (giveUp = reject));
    let settled = false;
    const expire = () => {
      if (settled) return;
      ledger.late.add(service);
      giveUp(new Unavailable('DEADLINE'));
      stop.abort();
    };
    // After a busy moment of this process the timer comes first: answers that lie there already are read before it counts.
    const timer = setTimeout(() => setImmediate(expire), deadlineMs);
    const gone = () => {
      giveUp(new Unavailable('CLIENT_GONE'));
      stop.abort();
    };
    clientSignal?.addEventListener('abort', gone);
    try {
      // A transport that ignores its signal is not waited for.
      const sent = transport.send({ ...fetch, deadlineMs, signal: stop.signal });
      const answer = readAnswer(await Promise.race([sent, late]), fetch);
      if (!answer) throw new Unavailable('GARBAGE');
      return answer;
    } finally {
      settled = true;
      clearTimeout(timer);
      clientSignal?.removeEventListener('abort', gone);
    }
  }

  #masked(error: GraphQLFormattedError, client: ClientRequest): GraphQLFormattedError {
    const { service, log } = this.#options;
    const { message, code, argument } = clientError(error, service);
    const cause: unknown = (error as { originalError?: unknown }).originalError ?? error;
    if (code === 'SUBGRAPH_ERROR') log.error({ requestId: client.requestId, service, code, err: cause }, 'a resolver failed');
    return { message, ...(error.path && { path: error.path }), extensions: { code, service, ...(argument && { argument }) } };
  }
}

function lossMessage(service: string, mutation: boolean): string {
  const lost = `The ${service} service is unavailable.`;
  return mutation ? `${lost} Whether the change was made is not known; it is safe to repeat it with the same idempotencyKey.` : lost;
}

function names(representations: readonly Representation[]): Set<string> {
  return new Set(representations.flatMap((representation) => Object.keys(representation)));
}

function fieldNames(shape: FetchShape, representations: readonly Representation[]): Set<string> {
  const types = shape.entities ? new Set(representations.map((representation) => representation.__typename)) : [''];
  return new Set([...types].flatMap((type) => shape.fields(type).map(responseName)).filter((name) => name !== '__typename'));
}

/** The answer as GraphQL over HTTP has it, or null for anything else. */
function readAnswer(answer: unknown, { shape, variables }: Pick<Fetch, 'shape' | 'variables'>): Answer | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { data, errors = [] } = answer as { data?: unknown; errors?: unknown };
  if (!Array.isArray(errors) || !errors.every(isError)) return null;
  const representations = (variables.representations ?? []) as readonly Representation[];
  // A null that could not stay where it arose has taken the root with it; the errors still say where.
  if (data === null && errors.length > 0 && errors.every((error) => error.path))
    return { data: nullAnswer(shape, representations), errors };
  if (!shape.fits(data, representations)) return null;
  return { data: data as Record<string, unknown>, errors };
}

function isError(error: unknown): error is GraphQLFormattedError {
  if (typeof error !== 'object' || error === null) return false;
  const { message, path } = error as { message?: unknown; path?: unknown };
  return (
    typeof message === 'string' &&
    (path === undefined || (Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number')))
  );
}
