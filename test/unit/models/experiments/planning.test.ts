import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from '../../../../models/experiments/corrections.ts';
import {
  detectableDifference,
  detectableRise,
  durationOf,
  powerForProportions,
  unitsForMeans,
  unitsForProportions,
} from '../../../../models/experiments/power.ts';
import { checkSampleRatio } from '../../../../models/experiments/sample-ratio.ts';

describe('power for proportions', () => {
  it('is what R documents for power.prop.test', () => {
    // power.prop.test(p1 = .50, p2 = .75, power = .90): n = 76.7; (n = 50, p1 = .50, p2 = .75): power = 0.740.
    expect(unitsForProportions(0.5, 0.75, { power: 0.9 })).toEqual({ control: 77, treatment: 77 });
    expect(powerForProportions(0.5, 0.75, { control: 50, treatment: 50 })).toBeCloseTo(0.74, 3);
  });

  it('is reached by the units it asks for, for arms of any ratio', () => {
    for (const ratio of [0.25, 1, 3]) {
      const units = unitsForProportions(0.1, 0.12, { ratio });
      expect(powerForProportions(0.1, 0.12, units)).toBeGreaterThanOrEqual(0.8);
      expect(powerForProportions(0.1, 0.12, { control: units.control - 5, treatment: units.treatment - 5 })).toBeLessThan(0.8);
    }
  });

  it('gives back the rise that the units were asked for', () => {
    expect(detectableRise(0.1, { control: 3841, treatment: 3841 })).toBeCloseTo(0.02, 5);
    expect(detectableRise(0.9, { control: 3, treatment: 3 })).toBeNull();
  });

  it('asks for more units when more treatments share a control', () => {
    // 2 (z(1 - .05/3/2) + z(.8))^2 = 20.94 instead of 15.70, for small differences: a third more.
    const alone = unitsForProportions(0.1, 0.101).control;
    expect(unitsForProportions(0.1, 0.101, { comparisons: 3 }).control / alone).toBeCloseTo(20.94 / 15.7, 2);
  });
});

describe('power for means', () => {
  it('is within a unit of the exact answer', () => {
    // statsmodels TTestIndPower().solve_power: 22.02, 1570.73, and with ratio 2 1177.97.
    expect(unitsForMeans(1, { deviation: 1 }, { power: 0.9 })).toEqual({ control: 22, treatment: 22 });
    expect(unitsForMeans(0.1, { deviation: 1 })).toEqual({ control: 1571, treatment: 1571 });
    expect(unitsForMeans(0.1, { deviation: 1 }, { ratio: 2 }).control).toBe(1178);
  });

  it('needs half the units where covariates explain half the variance', () => {
    expect(unitsForMeans(0.1, { deviation: 1, varianceReduction: 0.5 }).control).toBe(786);
  });

  it('gives back the difference that the units were asked for', () => {
    expect(detectableDifference({ deviation: 1 }, { control: 1571, treatment: 1571 })).toBeCloseTo(0.1, 4);
  });
});

describe('duration', () => {
  it('waits for the slower arm, and for whole weeks', () => {
    // 1,000 a day, half of them enrolled, a tenth of those treated: 50 a day for 1,000 units.
    const traffic = { newUnitsPerDay: 1_000, enrolled: 0.5, controlShare: 0.9, treatmentShare: 0.1 };
    expect(durationOf({ control: 1_000, treatment: 1_000 }, traffic)).toEqual({ days: 20, weeks: 3 });
  });

  it('is null where an arm gets nobody', () => {
    expect(durationOf({ control: 1, treatment: 1 }, { newUnitsPerDay: 9, enrolled: 1, controlShare: 1, treatmentShare: 0 })).toBeNull();
  });
});

describe('corrections', () => {
  // The fifteen p-values of Benjamini & Hochberg 1995, section 3.2; adjusted by statsmodels multipletests.
  const family = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];

  it('by Benjamini and Hochberg find the four that their paper finds, by Holm three', () => {
    expect(benjaminiHochberg(family).filter((p) => p! <= 0.05)).toHaveLength(4);
    expect(holm(family).filter((p) => p! <= 0.05)).toHaveLength(3);
    expect(benjaminiHochberg(family)[3]).toBeCloseTo(0.035625, 12);
    expect(benjaminiHochberg(family)[5]).toBeCloseTo(0.06385714, 8);
    expect(holm(family)[4]).toBeCloseTo(0.2211, 12);
    expect(holm(family)[7]).toBeCloseTo(0.278, 12);
  });

  it('leave each p-value in its place, and tests that were none out of the family', () => {
    expect(holm([0.04, null, 0.01])).toEqual([0.04, null, 0.02]);
    expect(benjaminiHochberg([0.04, null, 0.01])).toEqual([0.04, null, 0.02]);
  });
});

describe('sample ratio', () => {
  it('mismatches in the example of Kohavi, Tang & Xu 2020, chapter 21', () => {
    const ratio = checkSampleRatio([821_588, 815_482], [1, 1])!;
    expect(ratio.p).toBeCloseTo(1.8217928726191858e-6, 15);
    expect(ratio.verdict).toBe('MISMATCH');
  });

  it("is in order in Hillstrom's e-mail test", () => {
    const ratio = checkSampleRatio([21_387, 21_306, 21_307], [1, 1, 1])!;
    expect(ratio.chiSquare).toBeCloseTo(0.20253125, 10);
    expect(ratio.p).toBeCloseTo(0.9036929575604196, 12);
    expect(ratio.verdict).toBe('OK');
  });

  it('mismatches where units are in an arm that should have none', () => {
    expect(checkSampleRatio([50, 50, 1], [1, 1, 0])).toMatchObject({ verdict: 'MISMATCH', p: 0 });
  });

  it('mismatches where p is too small for a number', () => {
    // Twice 5000^2 / 15000 = 3333.3 with one degree of freedom: p is about 1e-726.
    const ratio = checkSampleRatio([20_000, 10_000], [1, 1])!;
    expect(ratio.chiSquare).toBeCloseTo(3333.33, 2);
    expect(ratio).toMatchObject({ verdict: 'MISMATCH', p: 0 });
  });

  it('is null before the first unit', () => {
    expect(checkSampleRatio([0, 0], [1, 1])).toBeNull();
  });
});
