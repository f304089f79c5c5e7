import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { PastBasket } from '../records.ts';

const DAY_MS = 86_400_000;
/** Two intervals are the fewest that can be alike. */
const FEWEST_DAYS = 3;
/** What is bought more often than weekly needs no reminder: it is fetched on the way. A judgement. */
const SHORTEST_MS = 7 * DAY_MS;
/** Intervals are a rhythm where the middle one of their distances from the median is at most so much of the median. A judgement. */
const MOST_SPREAD = 0.5;

/** A product that a customer buys again and again. */
export interface Rhythm {
  readonly sku: string;
  /** On how many days it was bought. */
  readonly times: number;
  readonly lastAt: EpochMs;
  /** The median of the days between two purchases of it. */
  readonly intervalMs: number;
}

/**
 * What a customer buys by a rhythm of their own, most often bought first: on three days or more, at intervals that are alike. The interval
 * between a customer's own purchases of a product is what tells best when they buy it again (Bhagat et al., Buy It Again, KDD 2018); the
 * median is taken, so that one holiday changes nothing.
 */
export function rhythmsOf(baskets: readonly PastBasket[]): readonly Rhythm[] {
  const bought = new Map<string, Map<number, EpochMs>>();
  for (const { at, skus } of baskets) {
    const day = Math.floor(at / DAY_MS);
    for (const sku of skus) {
      const days = bought.get(sku) ?? new Map<number, EpochMs>();
      bought.set(sku, days.set(day, Math.max(at, days.get(day) ?? at)));
    }
  }
  return [...bought]
    .flatMap(
      ([sku, days]) =>
        rhythmOf(
          sku,
          [...days.values()].sort((a, b) => a - b),
        ) ?? [],
    )
    .sort((a, b) => b.times - a.times || b.lastAt - a.lastAt || (a.sku < b.sku ? -1 : 1));
}

function rhythmOf(sku: string, times: readonly EpochMs[]): Rhythm | null {
  if (times.length < FEWEST_DAYS) return null;
  const intervals = times.slice(1).map((at, index) => at - times[index]!);
  const intervalMs = median(intervals);
  const spread = median(intervals.map((interval) => Math.abs(interval - intervalMs)));
  if (intervalMs < SHORTEST_MS || spread > MOST_SPREAD * intervalMs) return null;
  return { sku, times: times.length, lastAt: times.at(-1)!, intervalMs };
}

/** Of at least one. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
