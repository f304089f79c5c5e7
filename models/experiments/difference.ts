/** What every comparison of two arms comes to, whatever the metric is. */
import { normalQuantile } from './distributions.ts';

/** In the unit of what it is of. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** A value with how many it was computed from; the interval is null where the data do not give one. */
export interface Figure {
  readonly value: number;
  readonly n: number;
  readonly interval: Interval | null;
}

/** How the treatment differs from the control; all in the unit of the metric, shares in [0, 1]. */
export interface Difference {
  readonly control: number;
  readonly treatment: number;
  /** Units of both arms together. */
  readonly n: number;
  /** Treatment less control. */
  readonly difference: number;
  /** Of the difference, without supposing that the arms are equal. */
  readonly standardError: number;
  /** Of the difference, supposing that units vary alike in both arms: where one arm is small, it knows what the other one does of rare outcomes. */
  readonly pooledStandardError: number;
  readonly interval: Interval;
  readonly test: 'Z' | 'T';
  /** z or t. */
  readonly statistic: number;
  /** Of t; null for z. */
  readonly degreesOfFreedom: number | null;
  /** Two-sided. */
  readonly p: number;
  /** Difference as a share of the control's value; null where that is not above 0. */
  readonly lift: { readonly value: number; readonly standardError: number; readonly interval: Interval } | null;
}

/** One arm's value and the variance of that value (not of the units). */
export interface Estimate {
  readonly value: number;
  readonly variance: number;
  readonly n: number;
}

/** The normal or Student quantile that an interval of this confidence reaches to on either side. */
export function normalCritical(confidence: number): number {
  return normalQuantile(0.5 + confidence / 2);
}

export function intervalAround(value: number, margin: number): Interval {
  return { lower: value - margin, upper: value + margin };
}

/**
 * Treatment / control - 1, by the delta method for two independent estimates: variance (v_t + r^2 v_c) / c^2 with r = t / c. Null where the
 * control is not above 0.
 */
export function liftOf(control: Estimate, treatment: Estimate, confidence: number): Difference['lift'] {
  if (!(control.value > 0)) return null;
  const ratio = treatment.value / control.value;
  const standardError = Math.sqrt(treatment.variance + ratio ** 2 * control.variance) / control.value;
  return { value: ratio - 1, standardError, interval: intervalAround(ratio - 1, normalCritical(confidence) * standardError) };
}

/** Each arm's variance between units, weighted by its degrees of freedom, as it would count for the difference. */
export function pooledStandardErrorOf(control: Estimate, treatment: Estimate): number {
  const scatter = control.variance * control.n * (control.n - 1) + treatment.variance * treatment.n * (treatment.n - 1);
  return Math.sqrt((scatter / (control.n + treatment.n - 2)) * (1 / control.n + 1 / treatment.n));
}

/** The difference of two independent estimates, taken as normal; null where its standard error is 0 or not a number. */
export function normalDifference(
  control: Estimate,
  treatment: Estimate,
  confidence: number,
  twoSidedP: (z: number) => number,
): Difference | null {
  const difference = treatment.value - control.value;
  const standardError = Math.sqrt(control.variance + treatment.variance);
  if (!(standardError > 0)) return null;
  const statistic = difference / standardError;
  return {
    control: control.value,
    treatment: treatment.value,
    n: control.n + treatment.n,
    difference,
    standardError,
    pooledStandardError: pooledStandardErrorOf(control, treatment),
    interval: intervalAround(difference, normalCritical(confidence) * standardError),
    test: 'Z',
    statistic,
    degreesOfFreedom: null,
    p: twoSidedP(statistic),
    lift: liftOf(control, treatment, confidence),
  };
}
