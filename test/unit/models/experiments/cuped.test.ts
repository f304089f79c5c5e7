import { describe, expect, it } from 'vitest';
import { compareAdjustedMeans } from '../../../../models/experiments/cuped.ts';
import { compareMeans } from '../../../../models/experiments/means.ts';
import { mergeSums, type Sums, sumsOf } from '../../../../models/experiments/sums.ts';

const CONTROL = { y: [3, 5, 4, 6, 8, 7], x: [1, 3, 2, 3, 5, 5], w: [2, 1, 4, 3, 6, 5] };
const TREATMENT = { y: [6, 5, 9, 8, 7], x: [2, 1, 5, 4, 2], w: [1, 2, 3, 7, 3] };

function sums(...variables: (readonly number[])[]): Sums {
  return variables[0]!.map((_, unit) => sumsOf(variables.map((values) => values[unit]!))).reduce(mergeSums);
}

// Expected: numpy.linalg.solve of the pooled covariances, then scipy.stats.ttest_ind(equal_var=False) of y - X theta.
describe('CUPED', () => {
  it('with one covariate is the t test of outcomes less what the covariate says', () => {
    const adjusted = compareAdjustedMeans(sums(CONTROL.y, CONTROL.x), sums(TREATMENT.y, TREATMENT.x))!;
    expect(adjusted.coefficients[0]).toBeCloseTo(1.03667137, 8);
    expect(adjusted.difference).toBeCloseTo(1.8801128349788425, 12);
    expect(adjusted.statistic).toBeCloseTo(6.463769514044369, 11);
    expect(adjusted.degreesOfFreedom).toBeCloseTo(8.816940815983498, 10);
    expect(adjusted.p).toBeCloseTo(0.00012741643654556723, 12);
    expect(adjusted.interval.lower).toBeCloseTo(1.2200321335048598, 10);
    expect(adjusted.varianceReduction).toBeCloseTo(0.921903063466003, 12);
  });

  it('takes several covariates together', () => {
    const adjusted = compareAdjustedMeans(sums(CONTROL.y, CONTROL.x, CONTROL.w), sums(TREATMENT.y, TREATMENT.x, TREATMENT.w))!;
    expect(adjusted.coefficients[0]).toBeCloseTo(0.99915987, 8);
    expect(adjusted.coefficients[1]).toBeCloseTo(0.04740759, 8);
    expect(adjusted.statistic).toBeCloseTo(6.539963274056688, 11);
    expect(adjusted.interval.upper).toBeCloseTo(2.533510801056427, 10);
    expect(adjusted.varianceReduction).toBeCloseTo(0.9236742090854629, 12);
  });

  it('leaves out a covariate that is constant, or says what another says', () => {
    const alone = compareAdjustedMeans(sums(CONTROL.y, CONTROL.x), sums(TREATMENT.y, TREATMENT.x))!;
    const twice = (arm: typeof CONTROL) =>
      sums(
        arm.y,
        arm.x,
        arm.x.map((x) => 2 * x + 1),
        arm.x.map(() => 7),
      );
    const adjusted = compareAdjustedMeans(twice(CONTROL), twice(TREATMENT))!;
    expect(adjusted.coefficients.slice(1)).toEqual([0, 0]);
    expect(adjusted.statistic).toBeCloseTo(alone.statistic, 10);
  });

  it('is the plain t test where the covariate says nothing', () => {
    const silent = (arm: typeof CONTROL) =>
      sums(
        arm.y,
        arm.y.map(() => 1),
      );
    const adjusted = compareAdjustedMeans(silent(CONTROL), silent(TREATMENT))!;
    expect(adjusted.statistic).toBeCloseTo(compareMeans(sums(CONTROL.y), sums(TREATMENT.y))!.statistic, 12);
    expect(adjusted.varianceReduction).toBe(0);
  });

  it('is null without a covariate', () => {
    expect(compareAdjustedMeans(sums(CONTROL.y), sums(TREATMENT.y))).toBeNull();
  });
});
