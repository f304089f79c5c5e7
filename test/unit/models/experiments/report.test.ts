import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Counters, exposure, mergeCounters, NO_COUNTERS, outcome } from '../../../../models/experiments/counters.ts';
import type { Metric } from '../../../../models/experiments/metrics.ts';
import { planProblems, type ReportPlan } from '../../../../models/experiments/plan.ts';
import { reportOf } from '../../../../models/experiments/report.ts';
import { mergeSums, sumsOf } from '../../../../models/experiments/sums.ts';

const VISIT: Metric = { key: 'visit', kind: 'PROPORTION', desired: 'INCREASE', role: 'PRIMARY' };
const COMPLAINT: Metric = { key: 'complaint', kind: 'PROPORTION', desired: 'DECREASE', role: { guardrail: { absolute: 0.01 } } };

const PLAN: ReportPlan = {
  control: 'none',
  arms: ['none', 'mens', 'womens'].map((arm) => ({ arm, share: 1 / 3 })),
  metrics: [VISIT, COMPLAINT],
  looks: 'ONCE',
  plannedUnits: 20_000,
};

/** Successes in each metric, by arm. */
function counted(arms: Record<string, { units: number } & Record<string, number>>): Counters['arms'] {
  return Object.fromEntries(
    Object.entries(arms).map(([arm, { units, ...metrics }]) => [
      arm,
      {
        units,
        metrics: Object.fromEntries(Object.entries(metrics).map(([key, n]) => [key, mergeSums(sumsOf([1], n), sumsOf([0], units - n))])),
      },
    ]),
  );
}

// Customers and visits of Hillstrom's e-mail test, and complaints that are not his.
const HILLSTROM = {
  none: { units: 21_306, visit: 2262, complaint: 0 },
  mens: { units: 21_307, visit: 3894, complaint: 0 },
  womens: { units: 21_387, visit: 3238, complaint: 0 },
};

const codes = (plan: ReportPlan, arms: Counters['arms']) => reportOf(plan, { arms, segments: {} }).decisions.map(({ code }) => code);

describe('the report', () => {
  const report = reportOf(PLAN, { arms: counted(HILLSTROM), segments: {} });

  it('gives the published differences, z and intervals', () => {
    const [mens, womens] = report.comparisons;
    expect(mens).toMatchObject({ arm: 'mens', metric: 'visit', role: 'PRIMARY', units: 42_613, improved: true });
    expect((100 * mens!.difference!.difference).toFixed(3)).toBe('7.659');
    expect(mens!.difference!.statistic.toFixed(2)).toBe('22.49');
    expect((100 * womens!.difference!.difference).toFixed(3)).toBe('4.523');
    expect(womens!.difference!.statistic.toFixed(2)).toBe('13.95');
    expect((100 * womens!.difference!.interval.lower).toFixed(3)).toBe('3.889');
    expect((100 * womens!.difference!.interval.upper).toFixed(3)).toBe('5.157');
  });

  it('gives each arm its figure, with n and interval', () => {
    expect(report.arms.map(({ arm, units }) => [arm, units])).toEqual([
      ['none', 21_306],
      ['mens', 21_307],
      ['womens', 21_387],
    ]);
    expect(report.arms[0]!.figures.visit).toMatchObject({ value: 2262 / 21_306, n: 21_306 });
  });

  it('has an always-valid interval that is wider than the fixed one', () => {
    const { alwaysValid, difference } = report.comparisons[0]!;
    expect(alwaysValid!.interval.lower).toBeLessThan(difference!.interval.lower);
    expect(alwaysValid!.interval.lower).toBeGreaterThan(0);
  });

  it('passes a guardrail on complaints of which there are none', () => {
    expect(report.comparisons[2]!.guardrail).toMatchObject({ verdict: 'PASSED', margin: 0.01 });
  });

  it('corrects over the arms by Holm', () => {
    const arms = counted({ none: { units: 1000, visit: 100 }, mens: { units: 1000, visit: 128 }, womens: { units: 1000, visit: 110 } });
    const [mens, womens] = reportOf({ ...PLAN, metrics: [VISIT] }, { arms, segments: {} }).comparisons;
    expect(mens!.adjustedP).toBeCloseTo(2 * mens!.difference!.p, 12);
    expect(womens!.adjustedP).toBeCloseTo(womens!.difference!.p, 12);
  });

  it('corrects each metric over all segments and arms', () => {
    const arms = counted(HILLSTROM);
    const flat = counted({ none: { units: 900, visit: 90 }, mens: { units: 900, visit: 91 }, womens: { units: 900, visit: 99 } });
    const { segments } = reportOf({ ...PLAN, metrics: [VISIT] }, { arms, segments: { 'channel=Web': arms, 'channel=Phone': flat } });
    expect(segments.map(({ segment }) => segment)).toEqual(['channel=Phone', 'channel=Web']);
    const [phoneMens, phoneWomens] = segments[0]!.comparisons;
    // Four tests; the third and fourth smallest count 4/3 and 4/4 times.
    expect(phoneWomens!.adjustedP).toBeCloseTo((4 / 3) * phoneWomens!.difference!.p, 12);
    expect(phoneMens!.adjustedP).toBeCloseTo(phoneMens!.difference!.p, 12);
  });

  it('is empty, not broken, before the first unit', () => {
    const empty = reportOf(PLAN, NO_COUNTERS);
    expect(empty.sampleRatio).toBeNull();
    expect(empty.comparisons.every(({ difference, alwaysValid }) => difference === null && alwaysValid === null)).toBe(true);
    expect(empty.decisions.map(({ code }) => code)).toEqual(['KEEP_RUNNING', 'KEEP_RUNNING']);
  });

  it('survives being stored as JSON', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('the decision', () => {
  const with_ = (mens: { units: number } & Record<string, number>) => counted({ ...HILLSTROM, mens });

  it('is for an arm that is better and harms nothing', () => {
    expect(codes(PLAN, counted(HILLSTROM))).toEqual(['BETTER', 'BETTER']);
  });

  it('trusts nothing where units were lost', () => {
    expect(codes(PLAN, with_({ units: 20_000, visit: 3894, complaint: 0 }))).toEqual(['SAMPLE_RATIO_MISMATCH', 'SAMPLE_RATIO_MISMATCH']);
  });

  it('stops for harm beyond the margin, also before the planned units', () => {
    const harmed = with_({ units: 21_307, visit: 3894, complaint: 400 });
    expect(codes(PLAN, harmed)).toEqual(['GUARDRAIL_FAILED', 'BETTER']);
    expect(codes({ ...PLAN, plannedUnits: 100_000 }, harmed)).toEqual(['GUARDRAIL_FAILED', 'KEEP_RUNNING']);
  });

  it('waits where harm is neither shown nor ruled out', () => {
    // 213 of 21,307 is one point, which is the margin.
    expect(codes(PLAN, with_({ units: 21_307, visit: 3894, complaint: 213 }))[0]).toBe('GUARDRAIL_INCONCLUSIVE');
  });

  it('does not look before the planned units, unless looks are continuous', () => {
    const early = { ...PLAN, plannedUnits: 100_000 };
    expect(codes(early, counted(HILLSTROM))).toEqual(['KEEP_RUNNING', 'KEEP_RUNNING']);
    expect(codes({ ...early, looks: 'CONTINUOUS' }, counted(HILLSTROM))).toEqual(['BETTER', 'BETTER']);
  });

  it('stops what is worse, and ends what shows nothing', () => {
    const arms = counted({
      none: { units: 21_306, visit: 2262, complaint: 0 },
      mens: { units: 21_307, visit: 1800, complaint: 0 },
      womens: { units: 21_387, visit: 2270, complaint: 0 },
    });
    expect(codes(PLAN, arms)).toEqual(['WORSE', 'NO_DIFFERENCE_SHOWN']);
    expect(codes({ ...PLAN, looks: 'CONTINUOUS', plannedUnits: 100_000 }, arms)).toEqual(['WORSE', 'KEEP_RUNNING']);
  });

  it('counts a relative margin as a share of the control', () => {
    const orders: Metric = { key: 'order', kind: 'PROPORTION', desired: 'INCREASE', role: { guardrail: { relative: 0.05 } } };
    const plan = { ...PLAN, metrics: [VISIT, orders] };
    const arms = (mens: number) =>
      counted({
        none: { units: 100_000, visit: 10_000, order: 50_000 },
        mens: { units: 100_000, visit: 12_000, order: mens },
        womens: { units: 100_000, visit: 12_000, order: 50_000 },
      });
    // 2 % and 10 % fewer than the control.
    expect(codes(plan, arms(49_000))).toEqual(['BETTER', 'BETTER']);
    expect(codes(plan, arms(45_000))).toEqual(['GUARDRAIL_FAILED', 'BETTER']);
  });
});

describe('counters', () => {
  const unit = fc.record({
    arm: fc.constantFrom('none', 'mens'),
    segments: fc.subarray(['channel=Web', 'newbie=1']),
    history: fc.integer({ min: 0, max: 100_000 }),
    spend: fc.integer({ min: 0, max: 1_000_000 }),
  });

  it('are the same however units, exposures and outcomes are split and merged', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), fc.nat(), (units, at) => {
        const start = (one: { history: number }) => ({ spend: [0, one.history] });
        const end = (one: { history: number; spend: number }) => ({ spend: [one.spend, one.history] });
        const atOnce = units.map((one) => exposure(one, end(one))).reduce(mergeCounters, NO_COUNTERS);
        const cut = units.length === 0 ? 0 : at % units.length;
        const shards = [units.slice(0, cut), units.slice(cut)].map((shard) =>
          [...shard.map((one) => exposure(one, start(one))), ...shard.map((one) => outcome(one, start(one), end(one)))].reduce(
            mergeCounters,
            NO_COUNTERS,
          ),
        );
        expect(shards.reduceRight(mergeCounters)).toEqual(atOnce);
      }),
    );
  });

  it('do not merge when a metric counts other variables', () => {
    const of = (values: number[]) => exposure({ arm: 'none', segments: [] }, { spend: values });
    expect(() => mergeCounters(of([0]), of([0, 1]))).toThrow('sums of 1 and of 2 variables do not merge');
  });
});

describe('a plan', () => {
  it('is refused with what is wrong with it', () => {
    expect(planProblems(PLAN)).toEqual([]);
    expect(planProblems({ ...PLAN, control: 'nobody' })).toEqual(['CONTROL_IS_NO_ARM']);
    expect(planProblems({ ...PLAN, arms: [{ arm: 'none', share: 1 }] })).toEqual(['NO_TREATMENT']);
    expect(planProblems({ ...PLAN, metrics: [COMPLAINT, COMPLAINT] })).toEqual(['DUPLICATE_METRIC', 'NO_PRIMARY_METRIC']);
    expect(planProblems({ ...PLAN, plannedUnits: 0, metrics: [VISIT, { ...COMPLAINT, role: { guardrail: { relative: -1 } } }] })).toEqual([
      'INVALID_MARGIN',
      'INVALID_PLANNED_UNITS',
    ]);
  });
});
