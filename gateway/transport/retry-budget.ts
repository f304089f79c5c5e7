export interface RetryOptions {
  /** How many retries there may be for each fetch. Default 0.1. */
  readonly share?: number;
  /** How many there may be each second beside that, so that few fetches may be retried too. Default 3. */
  readonly minPerSecond?: number;
}

/** What a quiet time may save up. */
const MOST = 10;

/** How many retries are left: a share of the fetches and some for each second, so that a subgraph that is down is not asked twice as often. */
export class RetryBudget {
  readonly #share: number;
  readonly #perMs: number;
  #left: number;
  #filledAt: number;

  /** Times are milliseconds of one clock that never goes back. */
  constructor({ share = 0.1, minPerSecond = 3 }: RetryOptions, now: number) {
    this.#share = share;
    this.#perMs = minPerSecond / 1000;
    this.#left = Math.min(MOST, minPerSecond);
    this.#filledAt = now;
  }

  /** Notes a fetch that is not itself a retry. */
  deposit(): void {
    this.#left = Math.min(MOST, this.#left + this.#share);
  }

  /** Whether a fetch may be retried now; it is taken for retried then. */
  take(now: number): boolean {
    this.#left = Math.min(MOST, this.#left + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
