/**
 * CUPED: what was known of a unit before it was exposed explains part of its outcome, and the part explained is noise to an experiment. Deng,
 * Xu, Kohavi & Walker 2013, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", section 3.2, with
 * one coefficient per covariate. Covariates must have been measured before exposure: one that the treatment moves takes effect away with it.
 */
import type { Difference, Estimate } from './difference.ts';
import { solveSymmetric } from './linear-system.ts';
import { welchDifference } from './means.ts';
import { covarianceOf, meanOf, type Sums, scatterOf } from './sums.ts';

export interface CupedDifference extends Difference {
  /** By covariate: how much of it is taken off the outcome. 0 for one that says nothing the others do not. */
  readonly coefficients: readonly number[];
  /** Share of the variance of the difference that is gone, against the plain difference of means; may be slightly below 0 in few units. */
  readonly varianceReduction: number;
}

/**
 * The difference of mean outcomes after adjusting for the covariates, which are the variables after the first. Coefficients are the within-arm
 * regression of both arms together, so they are the same for both and do not see the effect. Null as for plain means, or without a covariate.
 */
export function compareAdjustedMeans(control: Sums, treatment: Sums, confidence = 0.95): CupedDifference | null {
  const covariates = control.sums.length - 1;
  if (covariates < 1 || control.n < 2 || treatment.n < 2) return null;
  const within = (i: number, j: number) => scatterOf(control, i, j) + scatterOf(treatment, i, j);
  const indices = Array.from({ length: covariates }, (_, k) => k + 1);
  const coefficients = solveSymmetric(
    indices.map((i) => indices.map((j) => within(i, j))),
    indices.map((i) => within(i, 0)),
  );
  const centre = indices.map((i) => (control.sums[i]! + treatment.sums[i]!) / (control.n + treatment.n));
  const [c, t] = [control, treatment].map((arm) => adjusted(arm, coefficients, centre)) as [Estimate, Estimate];
  const difference = welchDifference(c, t, confidence);
  if (!difference) return null;
  const plain = covarianceOf(control) / control.n + covarianceOf(treatment) / treatment.n;
  return { ...difference, coefficients, varianceReduction: 1 - (c.variance + t.variance) / plain };
}

/** One arm's mean outcome moved to where the covariates are as in both arms together, and its variance. */
function adjusted(arm: Sums, coefficients: readonly number[], centre: readonly number[]): Estimate {
  let value = meanOf(arm);
  let variance = covarianceOf(arm);
  coefficients.forEach((coefficient, k) => {
    value -= coefficient * (meanOf(arm, k + 1) - centre[k]!);
    variance -= 2 * coefficient * covarianceOf(arm, 0, k + 1);
    coefficients.forEach((other, l) => {
      variance += coefficient * other * covarianceOf(arm, k + 1, l + 1);
    });
  });
  return { value, variance: Math.max(0, variance) / arm.n, n: arm.n };
}
