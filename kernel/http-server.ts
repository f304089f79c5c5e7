import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { OperatorError } from './errors.ts';

/** Answers one request. What it throws becomes a 500 without detail. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** How long a stopping server goes on accepting. */
  readonly graceMs: number;
  readonly handler: Handler;
  /** Told of what the handler threw. */
  readonly failed: (error: unknown) => void;
}

export interface HttpServer {
  readonly port: number;
  readonly draining: boolean;
  /** Stops without failing an accepted request: see `drain` below. Repeatable. */
  drain(): Promise<void>;
}

/** Node looks every 30 s only whether a client takes longer than it may, unless it is told to look more often. */
const TIMEOUTS = { keepAliveTimeout: 30_000, headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };
/** After this a client that is still reading its answer is cut off, so that it can't keep a process from stopping. */
const LONGEST_DRAIN_MS = 25_000;
/** How long nobody has to have come before the door is closed, and how long that is waited for. */
const QUIET_MS = 20;
const LONGEST_HOLD_MS = 1_000;

/** Listens, or throws an OperatorError when the port can't be had. */
export async function listen({ host, port, graceMs, handler, failed }: HttpServerOptions): Promise<HttpServer> {
  let draining = false;
  let running = 0;
  let idle = () => {};
  let held = 0;
  let hold: Promise<void> | undefined;
  let arrivedAt = 0;
  const server = createServer(TIMEOUTS, (request, response) => {
    running += 1;
    response.on('close', () => {
      running -= 1;
      if (running === 0) idle();
    });
    // So that clients open their next connection elsewhere.
    if (draining) response.setHeader('connection', 'close');
    arrivedAt = performance.now();
    if (hold) held += 1;
    // While the door closes requests wait before it: see `closeDoor`.
    const handled = hold ? hold.then(() => handler(request, response)) : handler(request, response);
    handled.catch((error: unknown) => {
      failed(error);
      if (!response.headersSent) sendError(response, 500, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side.');
      else response.destroy();
    });
  });
  await listening(server, host, port);

  /**
   * Stops listening. A connection that the kernel has taken and we have not is cut by that, and clients that were told to
   * close come back at once; so the answers are held until nobody comes any more, which on a free event loop means
   * that nobody waits outside.
   */
  const closeDoor = async () => {
    let release = () => {};
    hold = new Promise((resolve) => (release = resolve));
    const until = performance.now() + LONGEST_HOLD_MS;
    do await pause(QUIET_MS / 2);
    while (performance.now() < until && (running > held || performance.now() - arrivedAt < QUIET_MS));
    // Not http's close, which also cuts connections that look idle while a request is on its way to us.
    NetServer.prototype.close.call(server);
    release();
  };
  /** Answers for `graceMs` more, telling every client to go; then takes no connection; then lets what runs finish. */
  const drain = async () => {
    draining = true;
    await pause(graceMs);
    const closed = new Promise<void>((resolve) => server.once('close', resolve));
    await closeDoor();
    const cut = setTimeout(() => server.closeAllConnections(), LONGEST_DRAIN_MS).unref();
    if (running > 0) await new Promise<void>((resolve) => (idle = resolve));
    idle = () => server.closeIdleConnections();
    await pause(Math.min(graceMs, 100));
    server.closeIdleConnections();
    await closed;
    clearTimeout(cut);
  };
  let drained: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    get draining() {
      return draining;
    },
    drain: () => {
      drained ??= drain();
      return drained;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const problem =
        error.code === 'EADDRINUSE'
          ? `PORT: ${port} on ${host} is in use. Stop what listens there or set another PORT.`
          : `HOST, PORT: can't listen on ${host} port ${port} (${error.code}). Set a HOST of this machine and a PORT that may be used.`;
      reject(new OperatorError('The server did not start:', [problem]));
    });
    server.listen(port, host, resolve);
  });
}

/** A request that is not answered: status, stable code, and what to do about it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The JSON of a request's body, or why there is none; null when the client went away. */
export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal | null };

/** Reads the body of a POST, at most `limit` bytes of it, whatever the client announced. */
export function readJson(request: IncomingMessage, limit: number): Promise<JsonBody> {
  const { 'content-type': type = '', 'content-encoding': encoding, 'content-length': announced } = request.headers;
  if (type !== 'application/json' && !/^application\/json\s*(;|$)/i.test(type))
    return Promise.resolve(refusal(415, 'BAD_REQUEST', 'Send the request as application/json.'));
  if (encoding !== undefined && !/^(identity)?$/i.test(encoding))
    return Promise.resolve(refusal(415, 'BAD_REQUEST', 'Send the request uncompressed.'));
  if (announced !== undefined && Number(announced) > limit) return Promise.resolve(tooLarge(limit));
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let others: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      // What is left of the body is read and forgotten by node, so that a client still sending it sees the answer.
      if (size > limit) resolve(tooLarge(limit));
      else if (!first) first = chunk;
      else if (!others) others = [first, chunk];
      else others.push(chunk);
    });
    request.on('end', () => resolve(parsed(others ? Buffer.concat(others) : first)));
    // After the end this changes nothing.
    request.on('close', () => resolve({ ok: false, refusal: null }));
  });
}

function parsed(bytes: Buffer | undefined): JsonBody {
  try {
    return { ok: true, value: JSON.parse(bytes?.toString('utf8') ?? '') as unknown };
  } catch {
    return refusal(400, 'BAD_REQUEST', 'The request is not JSON.');
  }
}

function tooLarge(limit: number): JsonBody {
  return refusal(413, 'REQUEST_TOO_LARGE', `The request is larger than ${limit} bytes.`);
}

function refusal(status: number, code: string, message: string): JsonBody {
  return { ok: false, refusal: { status, code, message } };
}

export function send(response: ServerResponse, status: number, contentType: string, content: string | Buffer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(content),
    'x-content-type-options': 'nosniff',
  });
  response.end(content);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Errors have one form, GraphQL's, wherever they arise. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}

/** Whether the request carries `Authorization: Bearer <secret>`. Takes equally long however much of it is right. */
export function bearsSecret(request: IncomingMessage, secret: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Whether a process can be sent requests; the reason is shown to operators. */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** Answers /livez (the process runs) and /readyz (requests are welcome). False for any other path. */
export function answerHealth(path: string, response: ServerResponse, readiness: () => Readiness): boolean {
  if (path !== '/livez' && path !== '/readyz') return false;
  const state: Readiness = path === '/livez' ? { ready: true } : readiness();
  response.setHeader('cache-control', 'no-store');
  sendJson(response, state.ready ? 200 : 503, state.ready ? { status: 'ok' } : { status: 'unavailable', reason: state.reason });
  return true;
}
