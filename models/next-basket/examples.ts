import type { History } from './baskets.ts';
import { WIDTH } from './features.ts';
import type { Scorer } from './scorer.ts';
import type { Examples } from './tree-growth.ts';

/** Collects the candidates of customers before their last baskets, with what those held. */
export class ExampleBuilder {
  #values = new Float32Array(65_536 * WIDTH);
  #label = new Uint8Array(65_536);
  #rows = 0;
  readonly #groupStart: number[] = [0];

  get rows(): number {
    return this.#rows;
  }

  /** Adds a customer with two baskets or more. `scorer` knows items from before the last baskets. */
  add(history: History, customer: number, scorer: Scorer): void {
    const { customerStart, basketStart, itemOf } = history;
    scorer.read(basketStart, itemOf, customerStart[customer]!, customerStart[customer + 1]! - 1);
    const { candidates, rows } = scorer;
    const target = lastBasket(history, customer);
    while (this.#rows + candidates.size > this.#label.length) this.#grow();
    this.#values.set(rows.values.subarray(0, candidates.size * WIDTH), this.#rows * WIDTH);
    for (let at = 0; at < candidates.size; at++) this.#label[this.#rows++] = target.has(candidates.item[at]!) ? 1 : 0;
    this.#groupStart.push(this.#rows);
  }

  examples(): Examples {
    return { width: WIDTH, rows: this.#rows, values: this.#values, label: this.#label, groupStart: Int32Array.from(this.#groupStart) };
  }

  #grow(): void {
    const values = new Float32Array(this.#values.length * 2);
    values.set(this.#values);
    this.#values = values;
    const label = new Uint8Array(this.#label.length * 2);
    label.set(this.#label);
    this.#label = label;
  }
}

/** The items of a customer's last basket. */
export function lastBasket({ customerStart, basketStart, itemOf }: History, customer: number): ReadonlySet<number> {
  const last = customerStart[customer + 1]! - 1;
  return new Set(itemOf.subarray(basketStart[last]!, basketStart[last + 1]!));
}
