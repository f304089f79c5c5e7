import { type Timed, until } from './deadlines.ts';
import { type Fetch, type Receive, Unavailable } from './transport.ts';

/** Why somebody stopped waiting before there was an answer. */
export type Leaving = 'DEADLINE' | 'CLIENT_GONE' | 'CANCELLED';

/** What is waited for. */
export interface Awaited {
  /** Called when `wait` will take no answer any more; not after `wait.end`. */
  left(wait: Wait, why: Leaving): void;
}

/**
 * One who waits for the answer to a fetch: until it is there, the deadline passes, the client goes away (from a mutation
 * nobody goes away) or the fetch is cancelled. Calls `receive` once, but for the last, after which it is not called.
 */
export class Wait implements Timed {
  /** When the deadline passes, by performance.now(). */
  readonly endsAt: number;
  readonly #receive: Receive;
  readonly #awaited: Awaited;
  readonly #forget: () => void;
  readonly #ofClient: Set<Wait> | undefined;
  #over = false;

  constructor({ deadlineMs, mutates, client }: Fetch, receive: Receive, awaited: Awaited) {
    this.#receive = receive;
    this.#awaited = awaited;
    this.endsAt = performance.now() + deadlineMs;
    this.#forget = until(this, deadlineMs);
    this.#ofClient = mutates ? undefined : waitsOf(client.signal);
    this.#ofClient?.add(this);
  }

  end(fault: Error | null, answer: unknown, shared?: boolean, plain?: boolean): void {
    if (this.#stop()) this.#receive(fault, answer, shared, plain);
  }

  leave(why: Leaving): void {
    if (!this.#stop()) return;
    this.#awaited.left(this, why);
    if (why !== 'CANCELLED') this.#receive(new Unavailable(why), undefined);
  }

  /** After a busy moment of this process the timer comes first: answers that lie there already are read before it counts. */
  expire(): void {
    setImmediate(expired, this);
  }

  #stop(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#forget();
    this.#ofClient?.delete(this);
    return true;
  }
}

function expired(wait: Wait): void {
  wait.leave('DEADLINE');
}

const waits = new WeakMap<AbortSignal, Set<Wait>>();

/** All who wait for one client's sake. One listener for each client request, because a listener costs as much as a small fetch's JSON. */
function waitsOf(signal: AbortSignal): Set<Wait> {
  let ofClient = waits.get(signal);
  if (!ofClient) {
    const all = new Set<Wait>();
    waits.set(signal, all);
    signal.addEventListener('abort', () => {
      for (const wait of all) wait.leave('CLIENT_GONE');
    });
    ofClient = all;
  }
  return ofClient;
}
