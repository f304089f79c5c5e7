import { describe, expect, it } from 'vitest';
import { meanInterval, npsInterval, studentT, wilsonInterval } from '../../../subgraphs/feedback/statistics.ts';

describe('wilsonInterval', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives Newcombe’s figures for %i of %i', (successes, n, lower, upper) => {
    const interval = wilsonInterval(successes, n);
    expect(interval?.lower).toBeCloseTo(lower, 4);
    expect(interval?.upper).toBeCloseTo(upper, 4);
  });

  it('says nothing of nothing', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('studentT', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, column .975; 194 degrees from its example in 1.3.5.2.
  it.each([
    [1, 12.706],
    [5, 2.571],
    [30, 2.042],
    [31, 2.04],
    [40, 2.021],
    [60, 2.0],
    [100, 1.984],
    [194, 1.972],
  ])('is tabled for %i degrees of freedom', (degrees, expected) => {
    expect(studentT(degrees)).toBeCloseTo(expected, 3);
  });
});

describe('meanInterval', () => {
  it('gives NIST’s interval for the heat flow meter data (1.3.5.2)', () => {
    const interval = meanInterval(9.26146, 0.022789, 195);
    expect(interval?.lower).toBeCloseTo(9.258242, 5);
    expect(interval?.upper).toBeCloseTo(9.264679, 5);
  });

  it('needs two values', () => {
    expect(meanInterval(5, Number.NaN, 1)).toBeNull();
  });
});

describe('npsInterval', () => {
  // Half promoters, a third passives, a sixth detractors: variance 5/9, so with 324 answers a standard error of
  // 0.745356 / 18 = 4.14087 points (the worked example of W. Huber, Cross Validated question 18603), 1.96 of which are 8.116.
  it('is 33.3 +- 8.1 for 162 promoters and 54 detractors among 324', () => {
    const interval = npsInterval(162, 54, 324);
    expect(interval?.lower).toBeCloseTo(25.217, 2);
    expect(interval?.upper).toBeCloseTo(41.449, 2);
  });

  it('stays within the scale and needs two answers', () => {
    expect(npsInterval(2, 0, 3)?.upper).toBe(100);
    expect(npsInterval(1, 0, 1)).toBeNull();
  });
});
