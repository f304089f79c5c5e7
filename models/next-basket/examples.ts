import type { History } from './baskets.ts';
import { WIDTH } from './features.ts';
import type { Scorer } from './scorer.ts';
import type { Examples } from './tree-growth.ts';

/** Collects the candidates of customers before their last baskets, with what those held, up to a number of rows. */
export class ExampleBuilder {
  readonly #values: Float32Array;
  readonly #label: Uint8Array;
  readonly #groupStart: number[] = [0];

  /** @param capacity rows; the machine gives memory to those only that are filled. */
  constructor(capacity: number) {
    this.#values = new Float32Array(capacity * WIDTH);
    this.#label = new Uint8Array(capacity);
  }

  get rows(): number {
    return this.#groupStart[this.#groupStart.length - 1]!;
  }

  /** False once a customer found no room. */
  hasRoom = true;

  /** Adds a customer with two baskets or more, if there is room. `scorer` knows items from before the last baskets. */
  add(history: History, customer: number, scorer: Scorer): void {
    const { customerStart, basketStart, itemOf } = history;
    scorer.read(basketStart, itemOf, customerStart[customer]!, customerStart[customer + 1]! - 1);
    const { candidates, rows: features } = scorer;
    const from = this.rows;
    this.hasRoom = from + candidates.size <= this.#label.length;
    if (!this.hasRoom) return;
    const target = lastBasket(history, customer);
    this.#values.set(features.values.subarray(0, candidates.size * WIDTH), from * WIDTH);
    for (let at = 0; at < candidates.size; at++) this.#label[from + at] = target.has(candidates.item[at]!) ? 1 : 0;
    this.#groupStart.push(from + candidates.size);
  }

  examples(): Examples {
    return { width: WIDTH, rows: this.rows, values: this.#values, label: this.#label, groupStart: Int32Array.from(this.#groupStart) };
  }
}

/** The items of a customer's last basket. */
export function lastBasket({ customerStart, basketStart, itemOf }: History, customer: number): ReadonlySet<number> {
  const last = customerStart[customer + 1]! - 1;
  return new Set(itemOf.subarray(basketStart[last]!, basketStart[last + 1]!));
}
