import { readFileSync } from 'node:fs';
import { compiled, lgam } from 'cephes';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectedMeanSpend, gammaGammaLogLikelihood, trainGammaGamma } from '../../../../models/customer-base/gamma-gamma.ts';
import type { PurchaseHistories } from '../../../../models/customer-base/history.ts';
import { digamma, logGamma } from '../../../../models/customer-base/log-gamma.ts';
import { dataFile } from '../../../support/ingest.ts';

/** Published for CDNOW: Fader & Hardie 2013. */
const CDNOW = { p: 6.25, q: 3.74, vMinor: 1544 };

const base = (rows: readonly (readonly [repeats: number, mean: number])[]): PurchaseHistories => ({
  customers: rows.map((_, place) => `${place}`),
  currency: 'USD',
  daysPerUnit: 7,
  repeats: Uint32Array.from(rows, ([x]) => x),
  recency: new Float64Array(rows.length),
  age: new Float64Array(rows.length),
  meanRepeatMinor: Float64Array.from(rows, ([, mean]) => mean),
  totalMinor: new Float64Array(rows.length),
  holdoutRepeats: null,
});

describe('the gamma function', () => {
  beforeAll(() => compiled);

  it.each([1e-3, 0.243, 0.5, 1, 2, 3.74, 9.99, 10, 11, 171, 1e5])(
    'has at %d the logarithm that Cephes has, and the derivative that its differences show',
    (x) => {
      expect(logGamma(x) - lgam(x)).toBeCloseTo(0, 9);
      const step = 1e-4 * x;
      const slope = (lgam(x - 2 * step) - 8 * lgam(x - step) + 8 * lgam(x + step) - lgam(x + 2 * step)) / (12 * step);
      expect((digamma(x) - slope) / (1 + Math.abs(slope))).toBeCloseTo(0, 7);
    },
  );
});

it('has the derivatives that have names', () => {
  // Minus Euler's constant at 1; that less 2 ln 2 at 1/2.
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 14);
  expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 14);
});

describe('Gamma-Gamma', () => {
  const summary = dataFile('cdnow/cdnow_customers_summary_with_transactions.csv');

  it.skipIf(!summary)('finds on CDNOW what was published', () => {
    const [, ...lines] = readFileSync(summary!, 'utf8').trim().split('\n');
    const rows = lines.map((line) => line.split(',').map(Number));
    const fit = trainGammaGamma(base(rows.map(([, x, , , mean]) => [x!, 100 * mean!] as const)));
    if (!fit.ok) throw new Error(fit.message);
    expect(fit.model.customers).toBe(946);
    expect(fit.model.currency).toBe('USD');
    expect(Math.abs(fit.model.p - 6.25)).toBeLessThan(0.01);
    expect(Math.abs(fit.model.q - 3.74)).toBeLessThan(0.01);
    expect(Math.abs(fit.model.vMinor / 100 - 15.44)).toBeLessThan(0.01);
  });

  it('has the derivatives that its differences show', () => {
    const of = gammaGammaLogLikelihood(Float64Array.of(1, 3, 12), Float64Array.of(0.4, 1.1, 2.2));
    const at = [5, 3, 0.7];
    const gradient = new Float64Array(3);
    of(Float64Array.from(at), gradient);
    for (const [i, derivative] of gradient.entries()) {
      const beside = (shift: number) =>
        of(
          Float64Array.from(at, (value, j) => (i === j ? value + shift : value)),
          new Float64Array(3),
        );
      expect(derivative).toBeCloseTo((beside(1e-5) - beside(-1e-5)) / 2e-5, 6);
    }
  });

  it('expects of one who never came back the mean of the base, and of another something on the way to his own', () => {
    // 6.25 x 15.44 / 2.74 = 35.22 dollars; after one repeat of 11.77 dollars 6.25 (15.44 + 11.77) / 8.99 = 18.92.
    expect(expectedMeanSpend(CDNOW, { repeats: 0, meanRepeatMinor: 0 })).toBeCloseTo(3521.9, 1);
    expect(expectedMeanSpend(CDNOW, { repeats: 1, meanRepeatMinor: 1177 })).toBeCloseTo(1891.69, 1);
  });

  it('does not learn from whoever never came back or paid nothing', () => {
    const paying = [
      [1, 500],
      [2, 900],
      [4, 700],
      [2, 300],
      [9, 2000],
    ] as const;
    const others = [
      [0, 0],
      [2, 0],
    ] as const;
    const fit = trainGammaGamma(base([...paying, ...others]));
    expect(fit).toMatchObject({ ok: true, model: { customers: 5 } });
    expect(fit).toEqual(trainGammaGamma(base(paying)));
  });

  it('refuses too few customers', () => {
    expect(
      trainGammaGamma(
        base([
          [1, 500],
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toMatchObject({ ok: false, code: 'TOO_FEW_CUSTOMERS' });
  });
});
