/** The k best of what is offered, in a heap whose root is the worst kept; of equals the lower item is the better. */
export class BestOf {
  readonly #items: Int32Array;
  readonly #scores: Float32Array;
  #size = 0;

  constructor(capacity: number) {
    this.#items = new Int32Array(capacity);
    this.#scores = new Float32Array(capacity);
  }

  clear(): void {
    this.#size = 0;
  }

  offer(item: number, score: number): void {
    if (this.#size < this.#items.length) this.#rise(this.#size++, item, Math.fround(score));
    else if (this.#items.length > 0 && worse(this.#scores[0]!, this.#items[0]!, Math.fround(score), item))
      this.#sink(0, item, Math.fround(score));
  }

  /** Writes what was kept from `at` on, best first, empties the heap and says where the next would be written. */
  drainInto(items: Int32Array, scores: Float32Array, at: number): number {
    const end = at + this.#size;
    for (let to = end - 1; to >= at; to--) {
      items[to] = this.#items[0]!;
      scores[to] = this.#scores[0]!;
      const last = --this.#size;
      this.#sink(0, this.#items[last]!, this.#scores[last]!);
    }
    return end;
  }

  /** Hands over what was kept, worst first, and empties the heap. */
  drain(take: (item: number, score: number) => void): void {
    while (this.#size > 0) {
      take(this.#items[0]!, this.#scores[0]!);
      const last = --this.#size;
      this.#sink(0, this.#items[last]!, this.#scores[last]!);
    }
  }

  #rise(from: number, item: number, score: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!worse(score, item, this.#scores[parent]!, this.#items[parent]!)) break;
      this.#put(at, this.#items[parent]!, this.#scores[parent]!);
      at = parent;
    }
    this.#put(at, item, score);
  }

  #sink(from: number, item: number, score: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (right < this.#size && worse(this.#scores[right]!, this.#items[right]!, this.#scores[child]!, this.#items[child]!)) child = right;
      if (!worse(this.#scores[child]!, this.#items[child]!, score, item)) break;
      this.#put(at, this.#items[child]!, this.#scores[child]!);
      at = child;
    }
    this.#put(at, item, score);
  }

  #put(at: number, item: number, score: number): void {
    this.#items[at] = item;
    this.#scores[at] = score;
  }
}

function worse(score: number, item: number, otherScore: number, otherItem: number): boolean {
  return score < otherScore || (score === otherScore && item > otherItem);
}
