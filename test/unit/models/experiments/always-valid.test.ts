import { describe, expect, it } from 'vitest';
import { alwaysValid, alwaysValidCritical, alwaysValidP, mixtureVariance } from '../../../../models/experiments/always-valid.ts';
import { compareProportions } from '../../../../models/experiments/proportions.ts';
import { randomOf } from '../../../../models/random.ts';

describe('the always-valid interval', () => {
  it("is as wide as the paper's formula says", () => {
    // sqrt(2 (t r + 1) log(sqrt(t r + 1) / a) / (t^2 r)) times sqrt(t), by Python, for t = 1000, r = 0.1 and t = 100, r = 0.01; a = 0.05.
    expect(alwaysValidCritical(1000, 0.1, 0.05)).toBeCloseTo(3.273018624234933, 12);
    expect(alwaysValidCritical(100, 0.01, 0.05)).toBeCloseTo(3.6563948713638483, 12);
  });

  it('is tuned as a numerical minimiser would tune it', () => {
    // scipy.optimize.minimize_scalar over log(rho^2).
    expect(mixtureVariance(1000, 0.05)).toBeCloseTo(0.008211967622, 9);
    expect(mixtureVariance(10_000, 0.01)).toBeCloseTo(0.001175636999, 9);
    expect(alwaysValidCritical(1000, mixtureVariance(1000, 0.05), 0.05)).toBeCloseTo(3.0351224130285512, 9);
  });

  it('leaves 0 out exactly where p falls to alpha', () => {
    const rho2 = mixtureVariance(5_000, 0.05);
    expect(alwaysValidP(alwaysValidCritical(800, rho2, 0.05), 800, rho2)).toBeCloseTo(0.05, 12);
    expect(alwaysValidP(0, 800, rho2)).toBe(1);
  });

  it('says nothing before its burn-in', () => {
    const difference = { difference: 1, standardError: 0.1, pooledStandardError: 0.1, n: 199 };
    expect(alwaysValid(difference, { tunedFor: 1_000 })).toBeNull();
    expect(alwaysValid({ ...difference, n: 200 }, { tunedFor: 1_000 })).not.toBeNull();
  });

  it('takes the larger of both standard errors, so that a small arm without a rare outcome is not taken for one that has none', () => {
    // By its own count, 0 of 20, the treatment does not vary at all.
    const unlucky = compareProportions({ successes: 10, n: 980 }, { successes: 0, n: 20 }, 0.95, 'WALD')!;
    expect(Math.abs(unlucky.difference / unlucky.standardError)).toBeGreaterThan(3);
    expect(alwaysValid(unlucky, { tunedFor: 1_000 })!.p).toBe(1);
  });
});

describe('looking at an A/A test after every unit', () => {
  /** How many of 300 tests of 2,000 units find something, one unit in `oneIn` treated. */
  function finds(rate: number, oneIn: number): number {
    const random = randomOf(20_260_401);
    let found = 0;
    for (let test = 0; test < 300; test += 1) {
      const control = { successes: 0, n: 0 };
      const treatment = { successes: 0, n: 0 };
      for (let n = 1; n <= 2_000; n += 1) {
        const arm = random() * oneIn < 1 ? treatment : control;
        arm.n += 1;
        if (random() < rate) arm.successes += 1;
        const difference = n < 200 ? null : compareProportions(control, treatment, 0.95, 'WALD');
        if (!difference || alwaysValid(difference, { tunedFor: 2_000 })!.p > 0.05) continue;
        found += 1;
        break;
      }
    }
    return found;
  }

  // Of 300 tests at 5 % fifteen are expected; the bench runs 2,000 and more kinds.
  it('finds nothing in 95 of 100, for equal arms', () => {
    expect(finds(0.2, 2)).toBeLessThanOrEqual(15);
  });

  it('finds nothing in 95 of 100, for a small treatment and a rare outcome', () => {
    expect(finds(0.01, 10)).toBeLessThanOrEqual(15);
  });
});
