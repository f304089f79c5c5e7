import type { History } from './baskets.ts';

/** What the whole base does with each item; every column is as long as the history's `items`. */
export interface ItemStatistics {
  /** Baskets that held it. */
  readonly baskets: Float32Array;
  /** Last baskets that held it, those before them counting half each step back: what is bought now, where no times are known. */
  readonly lately: Float32Array;
  /** Share in [0, 1] of a buyer's baskets after the first purchase that held it again, drawn to the base's mean by PRIOR_BASKETS. */
  readonly repeatRate: Float32Array;
  /** Baskets from one purchase to the next of the same customer, on average, drawn to the base's mean by PRIOR_GAPS; at least 1. */
  readonly meanGap: Float32Array;
}

const PRIOR_BASKETS = 20;
const PRIOR_GAPS = 5;

/** Counts a history once through, O(items bought). */
export function itemStatistics(history: History): ItemStatistics {
  const { items, customers, customerStart, basketStart, itemOf } = history;
  const baskets = new Float32Array(items.length);
  const buyers = new Float32Array(items.length);
  const lately = new Float32Array(items.length);
  const chances = new Float32Array(items.length);
  const gaps = new Float32Array(items.length);
  const firstIn = new Int32Array(items.length).fill(-1);
  const lastIn = new Int32Array(items.length).fill(-1);
  let totalChances = 0;
  let totalGaps = 0;
  let repeats = 0;
  for (let customer = 0; customer < customers.length; customer++) {
    const from = customerStart[customer]!;
    const to = customerStart[customer + 1]!;
    for (let basket = from; basket < to; basket++) {
      const weight = 0.5 ** (to - 1 - basket);
      for (let at = basketStart[basket]!; at < basketStart[basket + 1]!; at++) {
        const item = itemOf[at]!;
        baskets[item]! += 1;
        lately[item]! += weight;
        // Basket numbers grow from customer to customer, so what is below `from` is another customer's.
        if (lastIn[item]! < from) {
          firstIn[item] = basket;
          buyers[item]! += 1;
          chances[item]! += to - 1 - basket;
          totalChances += to - 1 - basket;
        } else {
          gaps[item]! += basket - lastIn[item]!;
          totalGaps += basket - lastIn[item]!;
          repeats++;
        }
        lastIn[item] = basket;
      }
    }
  }
  const meanRate = totalChances === 0 ? 0 : repeats / totalChances;
  const baseGap = repeats === 0 ? 1 : totalGaps / repeats;
  const repeatRate = new Float32Array(items.length);
  const meanGap = new Float32Array(items.length);
  for (let item = 0; item < items.length; item++) {
    const again = baskets[item]! - buyers[item]!;
    repeatRate[item] = (again + meanRate * PRIOR_BASKETS) / (chances[item]! + PRIOR_BASKETS);
    meanGap[item] = (gaps[item]! + baseGap * PRIOR_GAPS) / (again + PRIOR_GAPS);
  }
  return { baskets, lately, repeatRate, meanGap };
}
