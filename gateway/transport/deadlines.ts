/** What waits until a time. */
export interface Timed {
  /** By performance.now(). */
  readonly endsAt: number;
  /** Called once the time is over, unless it was removed before. */
  expire(): void;
}

/**
 * Waits of one length, behind a single timer that runs for the oldest. A timer for each fetch costs as much as a small
 * fetch does in process; nearly all of them are cancelled, and the others end in the order in which they began.
 */
class Queue {
  readonly #waiting = new Set<Timed>();
  #timer: NodeJS.Timeout | undefined;

  add(timed: Timed): void {
    this.#waiting.add(timed);
    this.#timer ??= this.#next(timed);
  }

  remove(timed: Timed): void {
    this.#waiting.delete(timed);
  }

  #next({ endsAt }: Timed): NodeJS.Timeout {
    return setTimeout(this.#passed, Math.max(1, Math.ceil(endsAt - performance.now()))).unref();
  }

  readonly #passed = () => {
    this.#timer = undefined;
    const now = performance.now();
    for (const timed of this.#waiting) {
      if (timed.endsAt > now) {
        this.#timer = this.#next(timed);
        return;
      }
      this.#waiting.delete(timed);
      timed.expire();
    }
  };
}

/** A process has one or two usual deadlines. What is left of a request's time is another length each time. */
const MOST_QUEUES = 4;
const queues = new Map<number, Queue>();

/** Has `timed.expire()` called when `ms` have passed. Gives what takes that back. */
export function until(timed: Timed, ms: number): () => void {
  let queue = queues.get(ms);
  if (!queue && queues.size < MOST_QUEUES && Number.isInteger(ms)) {
    queue = new Queue();
    queues.set(ms, queue);
  }
  if (!queue) {
    const timer = setTimeout(() => timed.expire(), ms);
    return () => clearTimeout(timer);
  }
  queue.add(timed);
  const among = queue;
  return () => among.remove(timed);
}
