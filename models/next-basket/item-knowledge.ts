import type { History } from './baskets.ts';
import { type ItemSimilarity, itemSimilarity } from './item-similarity.ts';
import { type ItemStatistics, itemStatistics } from './item-statistics.ts';

/** What is known of items from everybody's baskets: nothing in it belongs to one customer. */
export interface ItemKnowledge {
  readonly statistics: ItemStatistics;
  readonly similarity: ItemSimilarity;
  /** The items in most baskets, first the one in most. */
  readonly popular: Int32Array;
  /** The items in most of the last baskets. */
  readonly current: Int32Array;
}

/** So many are kept that a customer who bought many of them still finds some that are new. */
const POPULAR = 500;

/** Learns items from a history; see `itemSimilarity` for what it costs. */
export function itemKnowledge(history: History): ItemKnowledge {
  const statistics = itemStatistics(history);
  return {
    statistics,
    similarity: itemSimilarity(history),
    popular: highest(statistics.baskets, POPULAR),
    current: highest(statistics.lately, POPULAR),
  };
}

/** Places of the highest values, first the highest; of equals the lower place. Zeros are left out. */
function highest(values: Float32Array, most: number): Int32Array {
  const places = Int32Array.from(values.keys()).filter((place) => values[place]! > 0);
  return places.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, most);
}
