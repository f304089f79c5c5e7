import { describe, expect, it } from 'vitest';
import { alwaysValid } from '../../../../models/experiments/always-valid.ts';
import { daysFor, differenceShown, type PlannedDesign, unitsByArm } from '../../../../models/experiments/planning.ts';
import { criticalValue, unitsForProportions } from '../../../../models/experiments/power.ts';
import { compareProportions } from '../../../../models/experiments/proportions.ts';
import { randomOf } from '../../../../models/random.ts';

const once = (shares: readonly number[] = [0.5, 0.5], more: Partial<PlannedDesign> = {}): PlannedDesign => ({
  alpha: 0.05,
  power: 0.8,
  looks: 'ONCE',
  shares,
  ...more,
});
const share = (control: number) => ({ kind: 'PROPORTION', control }) as const;

describe('units for shares', () => {
  it("are those of Fleiss's table A.3, once its continuity correction is added", () => {
    // Casagrande, Pike & Smith 1978: n / 4 (1 + sqrt(1 + 4 / (n |difference|)))^2. The table rounds after it, we before: a unit of difference.
    const corrected = (n: number, difference: number) => (n / 4) * (1 + Math.sqrt(1 + 4 / (n * difference))) ** 2;
    const table = [
      [0.6, 0.7, 0.01, 0.95, 827],
      [0.05, 0.1, 0.05, 0.8, 474],
      [0.1, 0.2, 0.05, 0.8, 219],
    ] as const;
    for (const [p1, p2, alpha, power, published] of table) {
      const { control } = unitsForProportions(p1, p2, { alpha, power });
      expect(Math.abs(corrected(control, p2 - p1) - published)).toBeLessThan(1.5);
    }
  });

  it('keep the proportion of the arms, and serve the treatment that needs most', () => {
    // Three treatments: Bonferroni's alpha / 3, and the same units for equal shares.
    const [control, ...treatments] = unitsByArm(share(0.1), 0.02, once([0.25, 0.25, 0.25, 0.25]));
    expect(treatments).toEqual([control, control, control]);
    expect(control).toBe(unitsForProportions(0.1, 0.12, { comparisons: 3 }).control);
    const [most, small, large] = unitsByArm(share(0.1), 0.02, once([0.5, 0.1, 0.4]));
    expect(small).toBe(Math.ceil(most! / 5));
    expect(large).toBe(Math.ceil((most! * 4) / 5));
    expect(most).toBe(unitsForProportions(0.1, 0.12, { comparisons: 2, ratio: 0.2 }).control);
  });

  it('show the difference that they were asked for, whichever way it goes', () => {
    const up = unitsByArm(share(0.1), 0.02, once());
    expect(differenceShown(share(0.1), up, 'INCREASE', once())).toBeCloseTo(0.02, 4);
    const down = unitsByArm(share(0.1), -0.02, once());
    expect(differenceShown(share(0.1), down, 'DECREASE', once())).toBeCloseTo(0.02, 4);
    expect(differenceShown(share(0.1), [10, 10], 'DECREASE', once())).toBeNull();
  });

  it('come in over days, of which the slowest arm has most', () => {
    // 100 a day: 90 for the control, 10 for the treatment, which needs 100.
    expect(daysFor([100, 100], [0.9, 0.1], 100)).toBe(10);
    expect(daysFor([100, 100], [1, 0], 100)).toBeNull();
  });
});

describe('units for continuous looks', () => {
  it('take 3.035 standard errors in place of 1.960', () => {
    // x = ln(x + 1) - 2 ln .05 has the solution 8.2120; sqrt(2 (x + 1) / x ln(sqrt(x + 1) / .05)) is 3.0351.
    expect(criticalValue({ looks: 'CONTINUOUS' })).toBeCloseTo(3.0351, 4);
    expect(criticalValue({})).toBeCloseTo(1.96, 3);
    // ((3.0351 + .8416) / (1.9600 + .8416))^2 = 1.915 for small differences.
    const ratio = unitsForProportions(0.1, 0.101, { looks: 'CONTINUOUS' }).control / unitsForProportions(0.1, 0.101).control;
    expect(ratio).toBeCloseTo(1.915, 2);
  });

  it('are enough for the always-valid test to find the difference in four of five', () => {
    const { control } = unitsForProportions(0.1, 0.16, { looks: 'CONTINUOUS' });
    const random = randomOf(11);
    const successes = (rate: number) => Array.from({ length: control }, random).filter((one) => one < rate).length;
    const runs = 600;
    let found = 0;
    for (let run = 0; run < runs; run += 1) {
      const difference = compareProportions({ successes: successes(0.1), n: control }, { successes: successes(0.16), n: control });
      if (difference && alwaysValid(difference, { tunedFor: 2 * control })!.p <= 0.05) found += 1;
    }
    // Four standard deviations of 600 runs are .065.
    expect(Math.abs(found / runs - 0.8)).toBeLessThan(0.065);
  });

  it('are never fewer than those before which it says nothing', () => {
    expect(unitsForProportions(0.1, 0.9, { looks: 'CONTINUOUS' })).toEqual({ control: 100, treatment: 100 });
    const continuous = once([0.5, 0.5], { looks: 'CONTINUOUS' });
    expect(differenceShown(share(0.1), [99, 100], 'INCREASE', continuous)).toBeNull();
    expect(differenceShown(share(0.1), [100, 100], 'INCREASE', continuous)).not.toBeNull();
  });
});
