import { describe, expect, it } from 'vitest';
import { chiSquareUpper, studentCritical, studentTwoSidedP } from '../../../../models/experiments/distributions.ts';
import { compareMeans, meanFigure } from '../../../../models/experiments/means.ts';
import { compareProportions, newcombeInterval, wilsonInterval } from '../../../../models/experiments/proportions.ts';
import { compareRatios, ratioFigure } from '../../../../models/experiments/ratios.ts';
import { mergeSums, type Sums, sumsOf } from '../../../../models/experiments/sums.ts';

/** Of units given by their values. */
function sums(...units: (readonly number[])[]): Sums {
  return units.map((values) => sumsOf(values)).reduce(mergeSums);
}

describe('distributions', () => {
  it('agree with scipy, also for degrees of freedom that are not whole', () => {
    expect(studentTwoSidedP(2.5, 3)).toBeCloseTo(0.08770664700806556, 14);
    expect(studentTwoSidedP(2.1, 10.5)).toBeCloseTo(0.060778456960822666, 14);
    expect(studentTwoSidedP(5.300140358411669, 36671.15797736051) / 1.163814968225482e-7).toBeCloseTo(1, 9);
    expect(studentCritical(0.95, 1.2)).toBeCloseTo(8.648826510748867, 10);
    expect(studentCritical(0.95, 10.5)).toBeCloseTo(2.2138402929187886, 12);
    expect(studentCritical(0.95, 40064.88440653067)).toBeCloseTo(1.9600231970328694, 9);
    expect(chiSquareUpper(7.2, 2)).toBeCloseTo(0.027323722447292555, 14);
  });
});

describe('the difference of two shares', () => {
  // Hillstrom 2008: visits after no e-mail and after the men's, of all customers; z and interval from scipy.
  const none = { successes: 2262, n: 21_306 };
  const mens = { successes: 3894, n: 21_307 };

  it('of a published experiment is what was published', () => {
    const difference = compareProportions(none, mens)!;
    expect(difference.difference).toBeCloseTo(0.07658956, 8);
    expect(difference.statistic).toBeCloseTo(22.48604082719282, 10);
    expect(difference.p / 5.685165482802317e-112).toBeCloseTo(1, 9);
    expect(difference.interval.lower).toBeCloseTo(0.06995350116576396, 7);
    expect(difference.interval.upper).toBeCloseTo(0.08322562613729852, 7);
    // 3894/21307 against 2262/21306 is 1.7214 times as much.
    expect(difference.lift!.value).toBeCloseTo(0.7214, 4);
  });

  it("has Newcombe's interval where counts are small, as printed in his table II", () => {
    const rows = [
      { b: [56, 70], a: [48, 80], interval: [0.0524, 0.3339] },
      { b: [9, 10], a: [3, 10], interval: [0.1705, 0.809] },
      { b: [5, 56], a: [0, 29], interval: [-0.0381, 0.1926] },
    ] as const;
    for (const { a, b, interval } of rows) {
      const ours = newcombeInterval({ successes: a[0], n: a[1] }, { successes: b[0], n: b[1] })!;
      expect([ours.lower, ours.upper].map((end) => Number(end.toFixed(4)))).toEqual(interval);
    }
    const small = compareProportions({ successes: 3, n: 10 }, { successes: 9, n: 10 })!;
    expect(small.interval.upper).toBeCloseTo(0.809017973535488, 9);
  });

  it('is null of empty arms and of arms in which nobody or everybody succeeded', () => {
    expect(compareProportions({ successes: 0, n: 0 }, mens)).toBeNull();
    expect(compareProportions({ successes: 0, n: 5 }, { successes: 0, n: 9 })).toBeNull();
    expect(compareProportions({ successes: 5, n: 5 }, { successes: 9, n: 9 })).toBeNull();
  });

  it("gives one share Wilson's interval, null of nothing", () => {
    const { lower, upper } = wilsonInterval({ successes: 56, n: 70 })!;
    expect(lower).toBeCloseTo(0.6918335550374695, 12);
    expect(upper).toBeCloseTo(0.8769526075163705, 12);
    expect(wilsonInterval({ successes: 0, n: 0 })).toBeNull();
  });
});

describe('the difference of two means', () => {
  // Student's sleep data; R: t.test(extra ~ group): t = -1.8608, df = 17.776, p-value = 0.07939, -3.3654832 to 0.2054832.
  const first = sums([0.7], [-1.6], [-0.2], [-1.2], [-0.1], [3.4], [3.7], [0.8], [0], [2]);
  const second = sums([1.9], [0.8], [1.1], [0.1], [-0.1], [4.4], [5.5], [1.6], [4.6], [3.4]);

  it("of Student's sleep data is what R prints", () => {
    const difference = compareMeans(second, first)!;
    expect(difference.statistic).toBeCloseTo(-1.8608, 4);
    expect(difference.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(difference.p).toBeCloseTo(0.07939, 5);
    expect(difference.interval.lower).toBeCloseTo(-3.3654832, 7);
    expect(difference.interval.upper).toBeCloseTo(0.2054832, 7);
  });

  it('is null where there is no variance to judge it by', () => {
    expect(compareMeans(sums([1]), second)).toBeNull();
    expect(compareMeans(sums([1], [1]), sums([2], [2]))).toBeNull();
  });

  it('has a mean without an interval for one unit, and none for no unit', () => {
    expect(meanFigure(sums([4]))).toEqual({ value: 4, n: 1, interval: null });
    expect(meanFigure({ n: 0, sums: [0], products: [0] })).toBeNull();
  });
});

describe('the difference of two ratios', () => {
  // Revenue and orders by customer. By numpy from the linearised customers (x - R y) / mean(y).
  const control = sums([10, 1], [25, 2], [0, 0], [30, 2], [12, 1]);
  const treatment = sums([22, 1], [0, 0], [31, 2], [18, 1]);

  it('takes its variance from customers, not orders', () => {
    const difference = compareRatios(control, treatment)!;
    expect(difference.control).toBeCloseTo(77 / 6, 12);
    expect(difference.treatment).toBeCloseTo(71 / 4, 12);
    expect(difference.statistic).toBeCloseTo(2.408218988542979, 12);
    expect(ratioFigure(control)!.interval!.upper).toBeCloseTo(77 / 6 + 1.9306323859657648, 12);
  });

  it('is null where nobody ordered', () => {
    expect(compareRatios(control, sums([0, 0], [0, 0]))).toBeNull();
  });
});
