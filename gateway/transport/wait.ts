import type { Client } from './client.ts';
import { Timed } from './deadlines.ts';
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
export class Wait extends Timed {
  #receive: Receive | undefined;
  readonly #awaited: Awaited;
  /** Undefined for a mutation's. */
  readonly #client: Client | undefined;

  constructor({ deadlineMs, mutates, client }: Fetch, receive: Receive, awaited: Awaited) {
    super(deadlineMs);
    this.#receive = receive;
    this.#awaited = awaited;
    this.#client = mutates ? undefined : client;
    this.#client?.tell(this);
  }

  end(fault: Error | null, answer: unknown, shared?: boolean, plain?: boolean): void {
    this.#stop()?.(fault, answer, shared, plain);
  }

  leave(why: Leaving): void {
    const receive = this.#stop();
    if (!receive) return;
    try {
      this.#awaited.left(this, why);
    } finally {
      if (why !== 'CANCELLED') receive(new Unavailable(why), undefined);
    }
  }

  /** After a busy moment of this process the timer comes first: answers that lie there already are read before it counts. */
  expire(): void {
    setImmediate(expired, this);
  }

  /** Whom to tell, when nobody has been told. */
  #stop(): Receive | undefined {
    const receive = this.#receive;
    if (!receive) return undefined;
    this.#receive = undefined;
    this.endWait();
    this.#client?.forget(this);
    return receive;
  }
}

function expired(wait: Wait): void {
  wait.leave('DEADLINE');
}
