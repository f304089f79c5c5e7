import type { History } from './baskets.ts';
import { BestOf } from './best-of.ts';

/**
 * For each item the items most like it. The neighbours of item i are `neighbourOf[k]` with similarity `weightOf[k]`, most like first, for
 * k from `start[i]` up to but not including `start[i + 1]`: 8 bytes a neighbour, at most `neighbours` of them an item.
 */
export interface ItemSimilarity {
  readonly start: Int32Array;
  readonly neighbourOf: Int32Array;
  /** In (0, 1]. */
  readonly weightOf: Float32Array;
}

export interface SimilarityOptions {
  /** Kept per item. */
  readonly neighbours: number;
  /** Customers in common at which half of the cosine is believed. */
  readonly shrinkage: number;
  /** Items of a customer that count, the last ones bought: bounds the pairs to customers * itemsPerCustomer^2. */
  readonly itemsPerCustomer: number;
}

const DEFAULTS: SimilarityOptions = { neighbours: 50, shrinkage: 10, itemsPerCustomer: 100 };

/**
 * Cosine between items over the customers who bought them (Sarwar et al. 2001), each customer counting 1 / ln(e + items) because a long
 * history says less of any pair, times n / (n + shrinkage) with n customers in common (Bell and Koren 2007), so that a pair that met once
 * is not the best pair.
 *
 * One item at a time in one dense accumulator: O(customers * itemsPerCustomer^2) time, and memory O(items * neighbours + items bought),
 * never items^2.
 */
export function itemSimilarity(history: History, options: Partial<SimilarityOptions> = {}): ItemSimilarity {
  const { neighbours, shrinkage, itemsPerCustomer } = { ...DEFAULTS, ...options };
  const items = history.items.length;
  const bought = lastItems(history, itemsPerCustomer);
  const buyers = transposed(bought, items);
  const weight = new Float32Array(history.customers.length);
  const norm = new Float32Array(items);
  for (let customer = 0; customer < weight.length; customer++) {
    const from = bought.start[customer]!;
    const to = bought.start[customer + 1]!;
    weight[customer] = 1 / Math.log(Math.E + to - from);
    for (let at = from; at < to; at++) norm[bought.value[at]!]! += weight[customer]!;
  }
  const start = new Int32Array(items + 1);
  const neighbourOf = new Int32Array(items * neighbours);
  const weightOf = new Float32Array(items * neighbours);
  const shared = new Float32Array(items);
  const common = new Int32Array(items);
  const touched = new Int32Array(items);
  const best = new BestOf(neighbours);
  let length = 0;
  for (let item = 0; item < items; item++) {
    let met = 0;
    for (let at = buyers.start[item]!; at < buyers.start[item + 1]!; at++) {
      const customer = buyers.value[at]!;
      for (let k = bought.start[customer]!; k < bought.start[customer + 1]!; k++) {
        const other = bought.value[k]!;
        if (common[other] === 0) touched[met++] = other;
        common[other]! += 1;
        shared[other]! += weight[customer]!;
      }
    }
    best.clear();
    for (let k = 0; k < met; k++) {
      const other = touched[k]!;
      const n = common[other]!;
      const cosine = shared[other]! / Math.sqrt(norm[item]! * norm[other]!);
      if (other !== item) best.offer(other, cosine * (n / (n + shrinkage)));
      common[other] = 0;
      shared[other] = 0;
    }
    length = best.drainInto(neighbourOf, weightOf, length);
    start[item + 1] = length;
  }
  return { start, neighbourOf: neighbourOf.slice(0, length), weightOf: weightOf.slice(0, length) };
}

/** Rows of a sparse matrix of ones. */
interface Rows {
  readonly start: Int32Array;
  readonly value: Int32Array;
}

/** The different items of each customer, the last bought first, at most `most` of them. */
function lastItems({ customers, items, customerStart, basketStart, itemOf }: History, most: number): Rows {
  const start = new Int32Array(customers.length + 1);
  const value = new Int32Array(itemOf.length);
  const seenBy = new Int32Array(items.length).fill(-1);
  let length = 0;
  for (let customer = 0; customer < customers.length; customer++) {
    const limit = length + most;
    const from = basketStart[customerStart[customer]!]!;
    for (let at = basketStart[customerStart[customer + 1]!]! - 1; at >= from && length < limit; at--) {
      const item = itemOf[at]!;
      if (seenBy[item] === customer) continue;
      seenBy[item] = customer;
      value[length++] = item;
    }
    start[customer + 1] = length;
  }
  return { start, value: value.slice(0, length) };
}

function transposed({ start, value }: Rows, columns: number): Rows {
  const turned = { start: new Int32Array(columns + 1), value: new Int32Array(value.length) };
  for (const column of value) turned.start[column + 1]! += 1;
  for (let column = 0; column < columns; column++) turned.start[column + 1]! += turned.start[column]!;
  const next = turned.start.slice(0, columns);
  for (let row = 0; row + 1 < start.length; row++)
    for (let at = start[row]!; at < start[row + 1]!; at++) turned.value[next[value[at]!]!++] = row;
  return turned;
}
