/**
 * Whether the arms have as many units as they were meant to. Where they do not, units got lost on the way to one of them, and no difference
 * between the arms means anything. Fabijan et al. 2019, "Diagnosing sample ratio mismatch in online controlled experiments".
 */
import { chiSquareUpper } from './distributions.ts';

export interface SampleRatio {
  readonly verdict: 'OK' | 'MISMATCH';
  /** By arm, as given; expected counts follow from the shares of all units. */
  readonly observed: readonly number[];
  readonly expected: readonly number[];
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  readonly p: number;
  readonly threshold: number;
}

/** So small that a sound experiment, looked at every day, hardly ever meets it. Kohavi, Tang & Xu 2020, chapter 21. */
const SAMPLE_RATIO_THRESHOLD = 0.001;

/**
 * Pearson's chi-square of units by arm against their shares, which need not add up to 1. Null where there are no units, or fewer than two arms
 * have a share. An arm without a share that has units is a mismatch with p = 0.
 */
export function checkSampleRatio(
  observed: readonly number[],
  shares: readonly number[],
  threshold: number = SAMPLE_RATIO_THRESHOLD,
): SampleRatio | null {
  const units = observed.reduce((sum, n) => sum + n, 0);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const degreesOfFreedom = shares.filter((share) => share > 0).length - 1;
  if (units === 0 || degreesOfFreedom < 1) return null;
  const expected = shares.map((share) => (units * share) / whole);
  let chiSquare = 0;
  observed.forEach((n, arm) => {
    if (expected[arm]! > 0) chiSquare += (n - expected[arm]!) ** 2 / expected[arm]!;
    else if (n > 0) chiSquare = Number.POSITIVE_INFINITY;
  });
  const p = chiSquare === Number.POSITIVE_INFINITY ? 0 : chiSquareUpper(chiSquare, degreesOfFreedom);
  return { verdict: p < threshold ? 'MISMATCH' : 'OK', observed, expected, chiSquare, degreesOfFreedom, p, threshold };
}
