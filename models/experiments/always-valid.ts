/**
 * A test that may be looked at after every unit and stopped at any time, for any reason: asymptotic confidence sequences by the normal mixture.
 * Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2021, "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2; with
 * the estimated variance in place of a known one it is the mixture sequential probability ratio test of Johari, Koomen, Pekelis & Walsh 2017, "Peeking
 * at A/B tests". It needs the estimate, its standard error and n at the moment of looking, so running sums are all that has to be kept.
 *
 * The price of looking at any time is a wider interval: 1.55 times the fixed one's where it is tuned for, at 95 %.
 */
import type { Difference, Interval } from './difference.ts';

/**
 * Asymptotic: the estimated variance has to be good at every look. It is not in an arm that is small and has seen none of a rare outcome yet: with
 * one unit in ten in the treatment and 1 % conversion, 27 % of simulated A/A tests found something. The larger of both standard errors counts
 * therefore, the arms' own and the pooled one, which never lacks what either arm has seen; then no simulated case is above alpha, and tests with
 * unequal arms are cautious (bench/recommendations/experiments.ts).
 */
export function cautiousStandardError({
  standardError,
  pooledStandardError,
}: Pick<Difference, 'standardError' | 'pooledStandardError'>): number {
  return Math.max(standardError, pooledStandardError);
}

export interface AlwaysValid {
  /** Covers the truth at every look at once, with the confidence asked for. */
  readonly interval: Interval;
  /** Two-sided; below alpha at any look is a find at level alpha. Lower values of earlier looks may be kept: their minimum is valid too. */
  readonly p: number;
}

export interface AlwaysValidOptions {
  readonly confidence?: number;
  /** Units of both arms together at which no other tuning is narrower: about as many as are hoped to suffice. Set before the start. */
  readonly tunedFor: number;
  /** Nothing is said before both arms together have as many units: the theorem needs some for the variance to be known. */
  readonly burnIn?: number;
}

/** Units of both arms before which nothing is said. */
export const BURN_IN = 200;

/** rho^2 that makes the interval narrowest at n: x = n rho^2 minimises (x + 1) / x ln((x + 1) / alpha^2), by Newton's method. */
export function mixtureVariance(n: number, alpha: number): number {
  // The derivative vanishes where x = ln(x + 1) - 2 ln(alpha).
  const reach = -2 * Math.log(alpha);
  let x = reach + Math.log(reach) + 1;
  // Quadratic from within a tenth: four steps reach the last digit.
  for (let step = 0; step < 4; step += 1) x -= (x - Math.log1p(x) - reach) / (1 - 1 / (1 + x));
  return x / n;
}

/** How many standard errors the interval reaches to on either side at n units, for rho^2 as `mixtureVariance` gives it. */
export function alwaysValidCritical(n: number, rho2: number, alpha: number): number {
  const x = n * rho2;
  return Math.sqrt(((2 * (x + 1)) / x) * Math.log(Math.sqrt(x + 1) / alpha));
}

/** p at `statistic` standard errors from 0 and n units: the alpha at which `alwaysValidCritical` is as large. */
export function alwaysValidP(statistic: number, n: number, rho2: number): number {
  const x = n * rho2;
  return Math.min(1, Math.sqrt(x + 1) * Math.exp((-(statistic ** 2) * x) / (2 * (x + 1))));
}

/** Of a difference of proportions, means, ratios or adjusted means, as it stands now. Null before the burn-in. */
export function alwaysValid(
  difference: Pick<Difference, 'difference' | 'standardError' | 'pooledStandardError' | 'n'>,
  { confidence = 0.95, tunedFor, burnIn = BURN_IN }: AlwaysValidOptions,
): AlwaysValid | null {
  const { n, difference: value } = difference;
  const standardError = cautiousStandardError(difference);
  if (n < burnIn || !(standardError > 0)) return null;
  const alpha = 1 - confidence;
  const rho2 = mixtureVariance(tunedFor, alpha);
  const margin = alwaysValidCritical(n, rho2, alpha) * standardError;
  return {
    interval: { lower: value - margin, upper: value + margin },
    p: alwaysValidP(value / standardError, n, rho2),
  };
}
