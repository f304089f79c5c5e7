/** What waits until a time: `expire` is called once it is over, unless the wait was ended before. */
export abstract class Timed {
  /** By performance.now(). */
  readonly endsAt: number;
  /** The neighbours in the queue, which alone touches them. */
  before: Timed | undefined;
  after: Timed | undefined;
  #queue: Queue | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number) {
    this.endsAt = performance.now() + ms;
    this.#queue = queueOf(ms);
    if (this.#queue) this.#queue.add(this);
    else this.#timer = setTimeout(expire, ms, this);
  }

  abstract expire(): void;

  protected endWait(): void {
    this.#queue?.remove(this);
    this.#queue = undefined;
    clearTimeout(this.#timer);
  }
}

function expire(timed: Timed): void {
  timed.expire();
}

/**
 * Waits of one length, behind a single timer that runs for the oldest. A timer for each fetch costs as much as a small
 * fetch does in process; nearly all of them are cancelled, and the others end in the order in which they began.
 *
 * A list and not a Set: a Set's outgrown tables point to the ones that follow, and through them what has long ended was kept
 * alive until the next full collection, at half of the process's time.
 */
class Queue {
  #oldest: Timed | undefined;
  #latest: Timed | undefined;
  #timer: NodeJS.Timeout | undefined;

  add(timed: Timed): void {
    timed.before = this.#latest;
    if (this.#latest) this.#latest.after = timed;
    else this.#oldest = timed;
    this.#latest = timed;
    this.#timer ??= this.#timerFor(timed);
  }

  remove(timed: Timed): void {
    const { before, after } = timed;
    if (before) before.after = after;
    else if (this.#oldest === timed) this.#oldest = after;
    if (after) after.before = before;
    else if (this.#latest === timed) this.#latest = before;
    timed.before = undefined;
    timed.after = undefined;
  }

  #timerFor({ endsAt }: Timed): NodeJS.Timeout {
    return setTimeout(pass, Math.max(1, Math.ceil(endsAt - performance.now())), this).unref();
  }

  passed(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let timed = this.#oldest; timed; timed = this.#oldest) {
      if (timed.endsAt > now) {
        this.#timer = this.#timerFor(timed);
        return;
      }
      this.remove(timed);
      timed.expire();
    }
  }
}

function pass(queue: Queue): void {
  queue.passed();
}

/** A process has one or two usual deadlines. What is left of a request's time is another length each time. */
const MOST_QUEUES = 4;
const queues = new Map<number, Queue>();

function queueOf(ms: number): Queue | undefined {
  let queue = queues.get(ms);
  if (!queue && queues.size < MOST_QUEUES && Number.isInteger(ms)) {
    queue = new Queue();
    queues.set(ms, queue);
  }
  return queue;
}
