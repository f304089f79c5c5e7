import type { Candidates, Evidence } from './candidates.ts';
import type { ItemKnowledge } from './item-knowledge.ts';
import type { Purchases } from './purchases.ts';

/**
 * What the blend sees of a customer and an item, in this order: all from the order of baskets, so that it needs no times. Ages and gaps
 * are in baskets.
 */
const FEATURES = [
  // How often this customer bought it: baskets, share of their baskets, share since the first, beside the item that they bought most.
  'count',
  'rate',
  'rateSinceFirst',
  'countShare',
  // The same with a basket counting 0.6 or 0.9 of the one after it (recency-weighted frequency, as in TIFU-KNN, Hu et al. 2020).
  'fast',
  'slow',
  'slowShare',
  // When: age of the last and of the first purchase, and the age over the usual gap between two.
  'lastAge',
  'firstAge',
  'overdue',
  // Place in the floor's order.
  'place',
  // What everybody does with it.
  'popularity',
  'currency',
  'trend',
  'repeatRate',
  'meanGap',
  // What the other items bought say of it.
  'similarity',
  'similarityNow',
  'closest',
  // Who asks: these only part the others.
  'baskets',
  'meanBasketSize',
  'lastBasketSize',
  'repeatShare',
  'different',
] as const;

export const WIDTH = FEATURES.length;

/** Stands for the age, the overdue and the place of what was never bought. */
const NEVER = 1000;

/** A part in 10,000 of all items bought below which an item's trend is drawn to 1. */
const TREND_PRIOR = 0.1;

/** Rows of features in a buffer that is used again. */
export class FeatureRows {
  values = new Float32Array(512 * WIDTH);
  readonly #knowledge: ItemKnowledge;
  /** Parts in 10,000 of all items bought, ever and lately. */
  readonly #popularity: Float32Array;
  readonly #currency: Float32Array;

  constructor(knowledge: ItemKnowledge) {
    this.#knowledge = knowledge;
    this.#popularity = inTenThousand(knowledge.statistics.baskets);
    this.#currency = inTenThousand(knowledge.statistics.lately);
  }

  /** Fills a row per candidate. `floor` has the places of `purchases` in the floor's order. */
  fill(purchases: Purchases, floor: Int32Array, evidence: Evidence, candidates: Candidates): void {
    if (this.values.length < candidates.size * WIDTH) this.values = new Float32Array(candidates.item.length * WIDTH);
    const { repeatRate, meanGap } = this.#knowledge.statistics;
    const { values } = this;
    const floorPlace = new Int32Array(purchases.size);
    for (let rank = 0; rank < floor.length; rank++) floorPlace[floor[rank]!] = rank;
    let mostCount = 1;
    let mostSlow = 0;
    for (let place = 0; place < purchases.size; place++) {
      mostCount = Math.max(mostCount, purchases.count[place]!);
      mostSlow = Math.max(mostSlow, purchases.slow[place]!);
    }
    const { baskets, bought, size, lastBasketSize } = purchases;
    const meanBasketSize = baskets === 0 ? 0 : bought / baskets;
    const repeatShare = bought === 0 ? 0 : 1 - size / bought;
    for (let candidate = 0, at = 0; candidate < candidates.size; candidate++) {
      const item = candidates.item[candidate]!;
      const place = purchases.placeOf(item);
      if (place < 0) {
        values.fill(0, at, at + 7);
        at += 7;
        values[at++] = NEVER;
        values[at++] = NEVER;
        values[at++] = NEVER;
        values[at++] = NEVER;
      } else {
        const count = purchases.count[place]!;
        const lastAge = purchases.lastAge[place]!;
        const firstAge = purchases.firstAge[place]!;
        values[at++] = count;
        values[at++] = count / baskets;
        values[at++] = count / (firstAge + 1);
        values[at++] = count / mostCount;
        values[at++] = purchases.fast[place]!;
        values[at++] = purchases.slow[place]!;
        values[at++] = purchases.slow[place]! / mostSlow;
        values[at++] = lastAge;
        values[at++] = firstAge;
        // The item's own mean gap counts as one gap more of this customer.
        values[at++] = ((lastAge + 1) * count) / (firstAge - lastAge + meanGap[item]!);
        values[at++] = floorPlace[place]!;
      }
      const popularity = this.#popularity[item]!;
      const currency = this.#currency[item]!;
      values[at++] = popularity;
      values[at++] = currency;
      values[at++] = (currency + TREND_PRIOR) / (popularity + TREND_PRIOR);
      values[at++] = repeatRate[item]!;
      values[at++] = meanGap[item]!;
      values[at++] = evidence.similarity[item]!;
      values[at++] = evidence.similarityNow[item]!;
      values[at++] = evidence.closest[item]!;
      values[at++] = baskets;
      values[at++] = meanBasketSize;
      values[at++] = lastBasketSize;
      values[at++] = repeatShare;
      values[at++] = size;
    }
  }
}

function inTenThousand(counts: Float32Array): Float32Array {
  let all = 0;
  for (const count of counts) all += count;
  return counts.map((count) => (all === 0 ? 0 : (10_000 * count) / all));
}
