import { type Dispatcher, Pool } from 'undici';
import { DEADLINE_HEADER, REQUEST_ID_HEADER } from '../../kernel/subgraph-server.ts';
import { bodyOf, type Cancel, type Receive, type Transport, Unavailable } from './transport.ts';

/** More than any page of 100 customers needs; what is larger is a fault, and would cost the gateway its memory. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface OverHttpOptions {
  /** What gateway and subgraph know each other by; sent as a bearer token. Absent: nothing is sent. */
  readonly secret?: string | undefined;
  /** The longest answer that is read; MAX_ANSWER_BYTES unless set. */
  readonly maxAnswerBytes?: number | undefined;
}

/**
 * How many bytes the answers of one subgraph may hold while they are read: each a sixteenth of the longest, and beyond that
 * all together as much as the longest. A subgraph that sends endless answers to many requests at once is cut short the sooner.
 */
class Room {
  readonly longest: number;
  readonly #each: number;
  #left: number;

  constructor(longest: number) {
    this.longest = longest;
    this.#each = longest / 16;
    this.#left = longest;
  }

  /** For an answer that held `before` bytes to hold `after` of them; false when there is no room. */
  take(before: number, after: number): boolean {
    const more = Math.max(0, after - this.#each) - Math.max(0, before - this.#each);
    if (after > this.longest || more > this.#left) return false;
    this.#left -= more;
    return true;
  }

  giveBack(held: number): void {
    if (held > this.#each) this.#left += held - this.#each;
  }
}

/**
 * A subgraph at `url`. Follows no redirect; only status 200 is an answer, because `application/json` is asked for, in which
 * GraphQL over HTTP says 200 whenever the request was executed. Knows no deadline: see resilient().
 */
export function overHttp(url: URL, { secret, maxAnswerBytes = MAX_ANSWER_BYTES }: OverHttpOptions = {}): Transport {
  const pool = new Pool(url.origin, {
    // 128, because a hanging subgraph holds each until the deadline.
    connections: 128,
    pipelining: 1,
    connect: { timeout: 5_000 },
    // Whoever sends has a deadline and cancels; two more timers for each fetch would say the same, later.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const path = url.pathname + url.search;
  const room = new Room(maxAnswerBytes);
  const always = ['content-type', 'application/json', 'accept', 'application/json'];
  if (secret !== undefined) always.push('authorization', `Bearer ${secret}`);
  always.push(REQUEST_ID_HEADER);
  return {
    kind: 'http',
    send(fetch, receive) {
      const headers = always.concat(fetch.client.requestId, DEADLINE_HEADER, String(Math.max(1, Math.floor(fetch.deadlineMs))));
      const answer = new AnswerReader(receive, room);
      pool.dispatch({ path, method: 'POST', headers, body: bodyOf(fetch) }, answer);
      return answer.cancel;
    },
    close: () => pool.destroy(),
  };
}

const BACKSLASH = 0x5c;
const cancelled = new Error('cancelled');
const JSON_TYPE = /^application\/(graphql-response\+)?json\s*(;|$)/i;

/**
 * Reads one answer. Its methods are those that undici calls a handler's; they are the ones it has always had, because what it
 * wraps around the newer ones (a controller and an object of headers) is a tenth of the cost of a small fetch.
 */
class AnswerReader implements Dispatcher.DispatchHandler {
  /** Set as long as `receive` may be called. */
  #receive: Receive | undefined;
  readonly #room: Room;
  #abort: (() => void) | undefined;
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #size = 0;
  #began = false;
  readonly cancel: Cancel;

  constructor(receive: Receive, room: Room) {
    this.#receive = receive;
    this.#room = room;
    this.cancel = () => {
      this.#receive = undefined;
      this.#abort?.();
    };
  }

  onConnect(abort: () => void): void {
    // Given up while it waited for a connection. To throw keeps the connection; to abort would close it.
    if (!this.#receive) throw cancelled;
    this.#abort = abort;
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    if (status < 200) return true;
    this.#began = true;
    if (status !== 200) this.#refuse(new Unavailable('STATUS', status));
    else if (!JSON_TYPE.test(header(headers, 'content-type'))) this.#refuse(new Unavailable('GARBAGE'));
    else if (Number(header(headers, 'content-length')) > this.#room.longest) this.#refuse(new Unavailable('TOO_LARGE'));
    return true;
  }

  onData(chunk: Buffer): boolean {
    const size = this.#size + chunk.length;
    if (!this.#room.take(this.#size, size)) {
      this.#refuse(new Unavailable('TOO_LARGE'));
      return true;
    }
    this.#size = size;
    if (!this.#first) this.#first = chunk;
    else if (this.#more) this.#more.push(chunk);
    else this.#more = [this.#first, chunk];
    return true;
  }

  onComplete(): void {
    this.#abort = undefined;
    const bytes = this.#more ? Buffer.concat(this.#more, this.#size) : this.#first;
    this.#drop();
    let fault: Error | null = null;
    let answer: unknown;
    let plain = false;
    try {
      // JSON writes whatever it escapes with a backslash, and bytes that are no UTF-8 are replaced.
      plain = bytes?.includes(BACKSLASH) === false;
      answer = JSON.parse(bytes?.toString('utf8') ?? '');
    } catch {
      fault = new Unavailable('GARBAGE');
    }
    this.#end(fault, answer, plain);
  }

  onError(error: Error): void {
    this.#abort = undefined;
    this.#drop();
    this.#end(this.#began ? new Unavailable('GARBAGE', undefined, error) : error, undefined);
  }

  /** Takes nothing more of this answer: the connection goes, not the memory. */
  #refuse(fault: Unavailable): void {
    const abort = this.#abort;
    this.#end(fault, undefined);
    abort?.();
  }

  #drop(): void {
    this.#room.giveBack(this.#size);
    this.#size = 0;
    this.#first = undefined;
    this.#more = undefined;
  }

  #end(fault: Error | null, answer: unknown, plain = false): void {
    const receive = this.#receive;
    this.#receive = undefined;
    receive?.(fault, answer, false, plain);
  }
}

/** The value of the header called `name`, in lower case; empty when there is none. */
function header(headers: readonly Buffer[], name: string): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const given = headers[i];
    if (given?.length === name.length && given.toString('latin1').toLowerCase() === name) return headers[i + 1]?.toString('latin1') ?? '';
  }
  return '';
}
