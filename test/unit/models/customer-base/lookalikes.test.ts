import { describe, expect, it } from 'vitest';
import { likeness, rankLookalikes, trainLookalikes } from '../../../../models/customer-base/lookalikes.ts';
import { ridgeLogistic } from '../../../../models/customer-base/ridge-logistic.ts';
import { randomOf } from '../../../../models/random.ts';

const random = randomOf(11);
/** 1,000 customers, visits and spend from 0 to 100 without regard to one another. */
const TABLE = { names: ['visits', 'spend'], values: Float64Array.from({ length: 2000 }, () => 100 * random()) };
const rowsWhere = (holds: (visits: number, spend: number) => boolean) =>
  new Set(Array.from({ length: 1000 }, (_, row) => row).filter((row) => holds(TABLE.values[2 * row]!, TABLE.values[2 * row + 1]!)));

describe('lookalikes', () => {
  it('ranks those first who are like the seeds in what sets them apart', () => {
    const frequent = rowsWhere((visits) => visits > 80);
    const seeds = new Set([...frequent].slice(0, 40));
    const model = trainLookalikes(TABLE, seeds);
    const found = rankLookalikes(model, TABLE, seeds, 50);
    expect(found).toHaveLength(50);
    expect(found.every(({ row }) => TABLE.values[2 * row]! > 80)).toBe(true);
    expect(found.every(({ row }) => !seeds.has(row))).toBe(true);
    expect(found[0]!.contributions[0]).toMatchObject({ feature: 'visits', value: TABLE.values[2 * found[0]!.row] });
    expect(found[0]!.score).toBeGreaterThan(0.9);
  });

  it('finds those in the middle when the seeds are there', () => {
    const seeds = new Set([...rowsWhere((_, spend) => spend > 45 && spend < 55)].slice(0, 40));
    const found = rankLookalikes(trainLookalikes(TABLE, seeds), TABLE, seeds, 100);
    expect(found.every(({ row }) => TABLE.values[2 * row + 1]! > 30 && TABLE.values[2 * row + 1]! < 70)).toBe(true);
  });

  it('explains its score by the contributions', () => {
    const model = trainLookalikes(
      TABLE,
      rowsWhere((visits, spend) => visits + spend > 150),
    );
    const { score, contributions } = likeness(model, [90, 70]);
    const logOdds = contributions.reduce((sum, one) => sum + one.logOdds, model.coefficients[0]!);
    expect(score).toBeCloseTo(1 / (1 + Math.exp(-logOdds)), 12);
  });

  it('has an answer where seeds and others part cleanly, and of a single seed', () => {
    const { score } = likeness(
      trainLookalikes(
        TABLE,
        rowsWhere((visits) => visits > 50),
      ),
      [99, 50],
    );
    expect(score).toBeGreaterThan(0.95);
    expect(score).toBeLessThan(1);
    expect(Number.isFinite(likeness(trainLookalikes(TABLE, new Set([0])), [50, 50]).score)).toBe(true);
  });

  it('refuses seeds that tell nothing', () => {
    expect(() => trainLookalikes(TABLE, new Set())).toThrow(RangeError);
    expect(() =>
      trainLookalikes(
        TABLE,
        rowsWhere(() => true),
      ),
    ).toThrow(RangeError);
    expect(() => trainLookalikes(TABLE, new Set([1000]))).toThrow('There is no customer at 1000.');
  });
});

describe('ridge logistic regression', () => {
  it('finds the odds ratio of a table of four fields', () => {
    // Of 100 with the feature 80, of 100 without it 50: intercept ln(50/50) = 0, coefficient ln(80/20) = ln 4.
    const values = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 0));
    const positive = Uint8Array.from({ length: 200 }, (_, i) => (i < 80 || (i >= 100 && i < 150) ? 1 : 0));
    const [intercept, coefficient] = ridgeLogistic({ values, width: 1, positive }, 1e-9);
    expect(intercept).toBeCloseTo(0, 5);
    expect(coefficient).toBeCloseTo(Math.log(4), 5);
  });

  it('counts rows by their weight and starts from their offset', () => {
    // 3 of 4 by weight: the intercept is ln 3, less the offset of 1 that all have.
    const rows = { values: Float64Array.of(0, 0), width: 1, positive: Uint8Array.of(1, 0) };
    expect(ridgeLogistic({ ...rows, weight: Float64Array.of(3, 1) }, 1)[0]).toBeCloseTo(Math.log(3), 6);
    expect(ridgeLogistic({ ...rows, weight: Float64Array.of(3, 1), offset: Float64Array.of(1, 1) }, 1)[0]).toBeCloseTo(Math.log(3) - 1, 6);
  });
});
