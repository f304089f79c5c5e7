import { expect, it } from 'vitest';
import { calibrated, trainPlatt } from '../../../../models/text/calibration.ts';
import { areaUnderCurve, expectedCalibrationError } from '../../../../models/text/metrics.ts';

it('says the mean of the regularised targets where the margins say nothing', () => {
  // Three positives and one negative: targets 4/5 and 1/3, mean (3 * 4/5 + 1/3) / 4 = 0.683333.
  const scale = trainPlatt(Float64Array.of(0, 0, 0, 0), Uint8Array.of(1, 1, 1, 0));
  expect(calibrated(scale, 0)).toBeCloseTo(0.683333, 6);
});

it("agrees with another implementation of Platt's fit", () => {
  // Newton's method in Python on the same targets, 5/6 and 1/6.
  const scale = trainPlatt(Float64Array.of(-2, -1, -0.5, 0.5, 1, 2, 1.5, -1.5), Uint8Array.of(0, 0, 1, 0, 1, 1, 1, 0));
  expect(scale.slope).toBeCloseTo(0.822279, 5);
  expect(scale.intercept).toBeCloseTo(0, 6);
});

it('stays short of certainty for classes that can be told apart perfectly', () => {
  const scale = trainPlatt(Float64Array.of(-5, -4, 4, 5), Uint8Array.of(0, 0, 1, 1));
  expect(calibrated(scale, 5)).toBeGreaterThan(0.7);
  expect(calibrated(scale, 5)).toBeLessThan(0.8);
});

it('counts the pairs in which the positive scores higher, ties as half', () => {
  // Positives .8 and .4, negatives .4, .3, .1: of 6 pairs 5 are won and 1 is a tie.
  expect(areaUnderCurve(Float64Array.of(0.8, 0.4, 0.4, 0.3, 0.1), Uint8Array.of(1, 1, 0, 0, 0))).toBeCloseTo(5.5 / 6, 12);
});

it('weighs the distance of each bin by what falls into it', () => {
  // Bin .9 to 1: two of .95, one positive: |.5 - .95| = .45. Bin .1 to .2: two of .15, none positive: .15. Half of each.
  const error = expectedCalibrationError(Float64Array.of(0.95, 0.95, 0.15, 0.15), Uint8Array.of(1, 0, 0, 0));
  expect(error).toBeCloseTo(0.3, 12);
});

it('takes a probability of 1 into the last bin', () => {
  expect(expectedCalibrationError(Float64Array.of(1, 1), Uint8Array.of(1, 1))).toBe(0);
});
