import { randomOf } from '../random.ts';

/** Share in [0, 1] of the target that is among the first `k` ranked. The target is not empty. */
export function recallAt<T>(k: number, ranked: readonly T[], target: ReadonlySet<T>): number {
  let hits = 0;
  for (const item of ranked.slice(0, k)) if (target.has(item)) hits++;
  return hits / target.size;
}

/**
 * Normalised discounted cumulative gain in [0, 1] of the first `k` ranked (Järvelin and Kekäläinen 2002): gain 1 for what is in the target,
 * discount log2(place + 1), over the best that `k` places could give, which is min(k, size of the target) hits in front.
 */
export function ndcgAt<T>(k: number, ranked: readonly T[], target: ReadonlySet<T>): number {
  let gained = 0;
  let ideal = 0;
  for (const [index, item] of ranked.slice(0, k).entries()) if (target.has(item)) gained += 1 / Math.log2(index + 2);
  for (let index = 0; index < Math.min(k, target.size); index++) ideal += 1 / Math.log2(index + 2);
  return gained / ideal;
}

/** A mean with the bounds of its 95 % interval. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of `ours` less `theirs`, pair by pair, with the 2.5th and the 97.5th percentile of it over samples drawn with replacement
 * (percentile bootstrap, Efron and Tibshirani 1993, chapter 13). Both lists are as long, one value a customer, and not empty.
 */
export function pairedBootstrap(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  { resamples = 2_000, seed = 1 }: { readonly resamples?: number; readonly seed?: number } = {},
): Interval {
  const n = ours.length;
  const difference = Float64Array.from({ length: n }, (_, at) => ours[at]! - theirs[at]!);
  const random = randomOf(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let drawn = 0; drawn < n; drawn++) sum += difference[Math.floor(random() * n)]!;
    means[resample] = sum / n;
  }
  means.sort();
  const at = (share: number) => means[Math.min(resamples - 1, Math.floor(share * resamples))]!;
  return { mean: difference.reduce((sum, value) => sum + value, 0) / n, low: at(0.025), high: at(0.975) };
}
