import { describe, expect, it } from 'vitest';
import { cholesky, inverse, solve } from '../../../../models/customer-base/cholesky.ts';
import { maximise } from '../../../../models/customer-base/maximum-likelihood.ts';

describe('maximum likelihood', () => {
  it('finds the rate of exponential times and its standard error', () => {
    // 4 times of 1, 2, 3 and 4: the rate is 4 / 10, its standard error 0.4 / sqrt(4), that of its logarithm 1 / sqrt(4).
    const exponential = ([rate]: Float64Array, gradient: Float64Array) => {
      gradient[0] = 4 / rate! - 10;
      return 4 * Math.log(rate!) - 10 * rate!;
    };
    const found = maximise(exponential, 4, [[7]]);
    expect(found?.parameters[0]).toBeCloseTo(0.4, 7);
    expect(found?.logLikelihood).toBeCloseTo(4 * Math.log(0.4) - 4, 10);
    expect(found?.standardErrors?.[0]).toBeCloseTo(0.2, 5);
    expect(found?.logCovariance?.[0]).toBeCloseTo(0.25, 5);
  });

  it('keeps the better of two maxima', () => {
    // -(u - 1)^2 (u + 1)^2 + u/4 of the logarithm u has a maximum on each side of 0; the right one is higher.
    const of = ([x]: Float64Array, gradient: Float64Array) => {
      const u = Math.log(x!);
      gradient[0] = (-4 * u * (u * u - 1) + 0.25) / x!;
      return -((u * u - 1) ** 2) + u / 4;
    };
    expect(Math.log(maximise(of, 1, [[0.38], [3]])!.parameters[0]!)).toBeGreaterThan(0.9);
    expect(Math.log(maximise(of, 1, [[0.38]])!.parameters[0]!)).toBeLessThan(-0.9);
  });

  it('finds none where the likelihood only rises', () => {
    const rising = ([x]: Float64Array, gradient: Float64Array) => {
      gradient[0] = 1;
      return x!;
    };
    expect(maximise(rising, 1, [[1]])).toBeNull();
  });
});

describe('Cholesky', () => {
  it('takes a matrix apart, solves by it and turns it round', () => {
    // [[4, 2], [2, 5]] = [[2, 0], [1, 2]] [[2, 1], [0, 2]]; its determinant is 16.
    const matrix = Float64Array.of(4, 2, 2, 5);
    expect(cholesky(matrix, 2)).toEqual(Float64Array.of(2, 0, 1, 2));
    expect(solve(cholesky(matrix, 2)!, Float64Array.of(8, 12))).toEqual(Float64Array.of(1, 2));
    expect(Array.from(inverse(matrix, 2)!, (value) => value * 16)).toEqual([5, -2, -2, 4]);
  });

  it('refuses a matrix that is not positive definite', () => {
    expect(inverse(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
    expect(inverse(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  });
});
