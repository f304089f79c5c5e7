/** How long after the last refusal a load balancer is still told to send requests elsewhere. */
const RECOVERY_MS = 1_000;

/** Counts the requests under way and lets in no more than `limit` at a time. */
export class Admission {
  readonly #limit: number;
  #underWay = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether there is room for one more, which then has to `leave`. */
  enter(): boolean {
    if (this.#underWay < this.#limit) {
      this.#underWay += 1;
      return true;
    }
    this.#refusedAt = performance.now();
    return false;
  }

  leave(): void {
    this.#underWay -= 1;
  }

  /** True while requests are refused, and a moment after. */
  get overloaded(): boolean {
    return performance.now() - this.#refusedAt < RECOVERY_MS;
  }
}
