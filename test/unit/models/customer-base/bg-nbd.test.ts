import { readFileSync } from 'node:fs';
import { compiled, hyp2f1 } from 'cephes';
import { beforeAll, describe, expect, it } from 'vitest';
import { bgNbdLogLikelihood, trainBgNbd } from '../../../../models/customer-base/bg-nbd.ts';
import {
  expectedPurchases,
  expectedRepeats,
  probabilityAlive,
  probabilityOfPurchase,
} from '../../../../models/customer-base/bg-nbd-forecast.ts';
import { dataFile } from '../../../support/ingest.ts';

/** Published for CDNOW: Fader, Hardie & Lee 2005, table 2. */
const CDNOW = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };

const base = (rows: readonly (readonly [number, number, number])[]) => ({
  repeats: Uint32Array.from(rows, ([x]) => x),
  recency: Float64Array.from(rows, ([, recency]) => recency),
  age: Float64Array.from(rows, ([, , age]) => age),
  daysPerUnit: 7,
});

/** Other figures than those that are summed up one by one, so that a base is not a few equal customers. */
const SOME = base([
  [0, 0, 20],
  [0, 0, 31],
  [0, 0, 31],
  [1, 2, 30],
  [1, 25, 38],
  [3, 12, 39],
  [7, 38, 39],
  [12, 9, 33],
]);

describe('the likelihood of BG/NBD', () => {
  it('is that of the paper for histories of a line', () => {
    const at = [0.5, 4, 0.8, 2.5];
    const of = (...row: [number, number, number]) => bgNbdLogLikelihood(base([row]))(Float64Array.from(at), new Float64Array(4));
    // x = 0: (alpha / (alpha + T))^r = (4 / 16)^0.5 = 1/2.
    expect(of(0, 0, 12)).toBeCloseTo(Math.log(0.5), 12);
    // x = 1: r alpha^r (b / (a + b) (alpha + T)^-1.5 + a / (a + b) (alpha + t_x)^-1.5), and 16^-1.5 = 1/64, 9^-1.5 = 1/27.
    expect(of(1, 5, 12)).toBeCloseTo(Math.log(0.5 * 2 * (2.5 / 3.3 / 64 + 0.8 / 3.3 / 27)), 12);
  });

  it('has the derivatives that its differences show', () => {
    const of = bgNbdLogLikelihood(SOME);
    const at = [0.4, 5, 0.9, 2];
    const gradient = new Float64Array(4);
    of(Float64Array.from(at), gradient);
    for (const [i, derivative] of gradient.entries()) {
      const beside = (shift: number) =>
        of(
          Float64Array.from(at, (value, j) => (i === j ? value + shift : value)),
          new Float64Array(4),
        );
      expect(derivative).toBeCloseTo((beside(1e-5) - beside(-1e-5)) / 2e-5, 6);
    }
  });

  it('is a number for the largest histories', () => {
    const gradient = new Float64Array(4);
    const log = bgNbdLogLikelihood(base([[100_000, 5000, 5200]]))(Float64Array.of(0.5, 4, 0.8, 2.5), gradient);
    expect([log, ...gradient].every(Number.isFinite)).toBe(true);
  });
});

describe('training BG/NBD', () => {
  const summary = dataFile('cdnow/cdnow_customers_summary_with_transactions.csv');

  it.skipIf(!summary)('finds on CDNOW what was published', () => {
    const [, ...lines] = readFileSync(summary!, 'utf8').trim().split('\n');
    const rows = lines.map((line) => line.split(',').map(Number));
    const fit = trainBgNbd(base(rows.map(([, x, recency, age]) => [x!, recency!, age!] as const)));
    if (!fit.ok) throw new Error(fit.message);
    for (const [name, published] of Object.entries(CDNOW))
      expect(Math.abs(fit.model[name as keyof typeof CDNOW] - published)).toBeLessThan(0.001);
    expect(Math.abs(fit.model.logLikelihood - -9582.4)).toBeLessThan(0.05);
    // Standard deviations of 400 fits to customers drawn with replacement; a few percent of them is chance, and the model is not the truth.
    for (const [name, deviation] of Object.entries({ r: 0.014, alpha: 0.449, a: 0.23, b: 0.903 })) {
      const ratio = fit.model.standardErrors![name as keyof typeof CDNOW] / deviation;
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.1);
    }
  });

  it('does not depend on the unit of time', () => {
    const weeks = trainBgNbd(SOME);
    const days = trainBgNbd({ ...SOME, recency: SOME.recency.map((t) => 7 * t), age: SOME.age.map((t) => 7 * t), daysPerUnit: 1 });
    if (!weeks.ok || !days.ok) throw new Error('no fit');
    expect(days.model.alpha / weeks.model.alpha).toBeCloseTo(7, 3);
    expect(days.model.r).toBeCloseTo(weeks.model.r, 4);
  });

  it.each([
    ['TOO_FEW_CUSTOMERS', [[1, 2, 3]]],
    ['NOBODY_REPEATS', [1, 2, 3, 4, 5].map((age) => [0, 0, age])],
    ['NO_TIME_OBSERVED', [1, 1, 1, 1, 1].map((x) => [x, 0, 0])],
  ] as const)('refuses with %s', (code, rows) => {
    expect(trainBgNbd(base(rows as unknown as [number, number, number][]))).toMatchObject({ ok: false, code });
  });

  it('finds that nobody leaves where nobody does, and knows no standard errors then', () => {
    const fit = trainBgNbd(base(Array.from({ length: 50 }, (_, i) => [2 + (i % 5) ** 3, 38, 39])));
    if (!fit.ok) throw new Error(fit.message);
    expect(fit.model.standardErrors).toBeNull();
    const { r, alpha } = fit.model;
    // Then it is the negative binomial: (r + x) / (alpha + T) t.
    const expected = ((r + 12) / (alpha + 39)) * 39;
    expect(expectedPurchases(fit.model, { repeats: 12, recency: 38, age: 39 }, 39) / expected).toBeCloseTo(1, 4);
  });
});

describe('what BG/NBD says of a customer', () => {
  // In the form of the paper, with the hypergeometric function of the Cephes library.
  beforeAll(() => compiled);
  const paper = ({ r, alpha, a, b }: typeof CDNOW, x: number, age: number, t: number) =>
    ((a + b + x - 1) / (a - 1)) *
    (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + age + t)));

  it('expects 1.226 purchases of the customer of the paper', () => {
    expect(expectedPurchases(CDNOW, { repeats: 2, recency: 30.43, age: 38.86 }, 39)).toBeCloseTo(1.226, 3);
  });

  it.each([1, 10, 39, 78, 520])('expects of a new customer in %d weeks what the paper does', (t) => {
    expect(expectedRepeats(CDNOW, t)).toBeCloseTo(paper(CDNOW, 0, 0, t), 9);
  });

  it.each([0, 1, 5, 26])('expects after %d repeats what the paper does', (x) => {
    const history = { repeats: x, recency: x === 0 ? 0 : 30, age: 35 };
    const alive = probabilityAlive(CDNOW, history);
    expect(expectedPurchases(CDNOW, history, 52)).toBeCloseTo(alive * paper(CDNOW, x, 35, 52), 8);
  });

  it('believes in a customer by his own rhythm', () => {
    // 1 / (1 + a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)) with a = b = r = 1, alpha = 2: 1 / (1 + 1/1 (4/2)^2) = 1/5.
    expect(probabilityAlive({ r: 1, alpha: 2, a: 1, b: 1 }, { repeats: 1, recency: 0, age: 2 })).toBeCloseTo(0.2, 12);
    expect(probabilityAlive(CDNOW, { repeats: 0, recency: 0, age: 500 })).toBe(1);
    expect(probabilityAlive(CDNOW, { repeats: 5000, recency: 10, age: 500 })).toBe(0);
  });

  it('gives a purchase the probability that a gamma rate gives it', () => {
    // Nobody left (x = 0), rate gamma (1, 2 + 2): none within 4 with probability 4 / 8.
    expect(probabilityOfPurchase({ r: 1, alpha: 2, a: 1, b: 1 }, { repeats: 0, recency: 0, age: 2 }, 4)).toBeCloseTo(0.5, 12);
  });

  it.each([
    ['a is 1', { ...CDNOW, a: 1 }, { ...CDNOW, a: 1.0001 }],
    ['a and b are 1 together', { ...CDNOW, a: 0.4, b: 0.6 }, { ...CDNOW, a: 0.4, b: 0.6001 }],
  ])('has no hole where %s', (_, at, beside) => {
    expect(expectedRepeats(at, 39)).toBeCloseTo(expectedRepeats(beside, 39), 3);
  });

  it('expects of one who never leaves what the negative binomial does', () => {
    // (r + x) / (alpha + T) t = (1 + 3) / (2 + 6) 10 = 5.
    expect(expectedPurchases({ r: 1, alpha: 2, a: 1e-9, b: 1 }, { repeats: 3, recency: 6, age: 6 }, 10)).toBeCloseTo(5, 6);
  });

  it.each([0.3, 5, 2000.5])('expects of customers who all leave with the same probability what follows from that, x + r = %d', (rPlusX) => {
    // Active at T, rate gamma (r + x, alpha + T), leaving with p = 1/4 after each purchase: (1 - E[e^(-p rate t)]) / p = 4 (1 - (1 + t/4 / 10)^-(r + x)).
    const x = Math.floor(rPlusX);
    const parameters = { r: rPlusX - x, alpha: 10 - (x > 0 ? 9 : 0), a: 1e7, b: 3e7 };
    const history = { repeats: x, recency: x > 0 ? 9 : 0, age: x > 0 ? 9 : 0 };
    const byHand = 4 * (1 - (1 + 1) ** -rPlusX) * probabilityAlive(parameters, history);
    expect(expectedPurchases(parameters, history, 40) / byHand).toBeCloseTo(1, 3);
  });

  it('stays a number for thousands of purchases and years to come', () => {
    const expected = expectedPurchases(CDNOW, { repeats: 5000, recency: 500, age: 500.1 }, 5200);
    expect(expected).toBeGreaterThan(1000);
    expect(expected).toBeLessThan(10 * 5200);
  });
});
