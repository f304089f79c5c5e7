/** Means of units: spend, orders, visits per customer. */
import { type Difference, type Estimate, type Figure, intervalAround, liftOf, pooledStandardErrorOf } from './difference.ts';
import { studentCritical, studentTwoSidedP } from './distributions.ts';
import { covarianceOf, meanOf, type Sums } from './sums.ts';

/** The mean of the outcome with Student's interval; null of no units, without an interval below two. */
export function meanFigure(s: Sums, confidence = 0.95): Figure | null {
  if (s.n === 0) return null;
  const value = meanOf(s);
  const interval = s.n < 2 ? null : intervalAround(value, studentCritical(confidence, s.n - 1) * Math.sqrt(covarianceOf(s) / s.n));
  return { value, n: s.n, interval };
}

/**
 * Welch's t of two estimates with unequal variances, degrees of freedom by Satterthwaite: Welch 1947, "The generalization of 'Student's' problem".
 * Null where an arm has fewer than two units, or none of the units differs from another.
 */
export function welchDifference(control: Estimate, treatment: Estimate, confidence = 0.95): Difference | null {
  if (control.n < 2 || treatment.n < 2) return null;
  const variance = control.variance + treatment.variance;
  if (!(variance > 0)) return null;
  const degrees = variance ** 2 / (control.variance ** 2 / (control.n - 1) + treatment.variance ** 2 / (treatment.n - 1));
  const difference = treatment.value - control.value;
  const standardError = Math.sqrt(variance);
  const statistic = difference / standardError;
  return {
    control: control.value,
    treatment: treatment.value,
    n: control.n + treatment.n,
    difference,
    standardError,
    pooledStandardError: pooledStandardErrorOf(control, treatment),
    interval: intervalAround(difference, studentCritical(confidence, degrees) * standardError),
    test: 'T',
    statistic,
    degreesOfFreedom: degrees,
    p: studentTwoSidedP(statistic, degrees),
    lift: liftOf(control, treatment, confidence),
  };
}

/** The mean outcome and its variance; NaN below two units. */
export function meanEstimate(s: Sums): Estimate {
  return { value: meanOf(s), variance: covarianceOf(s) / s.n, n: s.n };
}

/** The difference of the mean outcomes. Null as `welchDifference` says. */
export function compareMeans(control: Sums, treatment: Sums, confidence = 0.95): Difference | null {
  return welchDifference(meanEstimate(control), meanEstimate(treatment), confidence);
}
