import { descending, type Purchases } from './purchases.ts';

const MOST_POPULARITY = 2 ** 20 - 1;
const OLDEST = 2 ** 6 - 1;

/**
 * Places of a customer's purchases, first the item in most of their baskets; of equals the one in most of everybody's, then the one bought
 * last. The floor: what a blend has to beat, and what is left where there is none (personal top frequency, with popularity to part the many
 * that were bought once: Li et al. 2023, "A Next Basket Recommendation Reality Check"). O(n log n) for n different items, at most 200.
 *
 * @param popularity by item, its rank among all items by the baskets that held them, 0 for the fewest; equals have equal ranks.
 */
export function personalTop({ item, count, lastAge, size }: Purchases, popularity: Int32Array): Int32Array {
  return descending(
    size,
    (place) =>
      Math.min(count[place]!, 2 ** 11 - 1) * 2 ** 26 +
      Math.min(popularity[item[place]!]!, MOST_POPULARITY) * 2 ** 6 +
      (OLDEST - Math.min(lastAge[place]!, OLDEST)),
  );
}

/** By item its rank by `baskets`, 0 for the fewest; equals have equal ranks. */
export function popularityRanks(baskets: Float32Array): Int32Array {
  const order = Int32Array.from(baskets.keys()).sort((a, b) => baskets[a]! - baskets[b]!);
  const rank = new Int32Array(baskets.length);
  for (let at = 1; at < order.length; at++) {
    const equal = baskets[order[at]!] === baskets[order[at - 1]!];
    rank[order[at]!] = rank[order[at - 1]!]! + (equal ? 0 : 1);
  }
  return rank;
}
