import { describe, expect, it } from 'vitest';
import type { BgNbdModel } from '../../../../models/customer-base/bg-nbd.ts';
import type { GammaGammaModel } from '../../../../models/customer-base/gamma-gamma.ts';
import { LifetimeValues } from '../../../../models/customer-base/lifetime-value.ts';
import { randomOf } from '../../../../models/random.ts';
import { beta, gamma, geometric, poisson } from '../../../../models/random-variates.ts';

const bgNbd = (parameters: Partial<BgNbdModel> = {}): BgNbdModel => ({
  kind: 'bg-nbd',
  format: 1,
  daysPerUnit: 7,
  ...{ r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 },
  standardErrors: null,
  logCovariance: null,
  logLikelihood: -9582.4,
  customers: 2357,
  ...parameters,
});
const gammaGamma = (parameters: Partial<GammaGammaModel> = {}): GammaGammaModel => ({
  kind: 'gamma-gamma',
  format: 1,
  currency: 'USD',
  ...{ p: 6.25, q: 3.74, vMinor: 1544 },
  standardErrors: null,
  logCovariance: null,
  logLikelihood: 0,
  customers: 946,
  ...parameters,
});
const CUSTOMER = { repeats: 2, recency: 30.43, age: 38.86, meanRepeatMinor: 2235 };

describe('lifetime value', () => {
  it('is purchases times spend', () => {
    // 1.226 purchases (Fader, Hardie & Lee 2005) of 6.25 (1544 + 2 x 2235) / (6.25 x 2 + 2.74) = 2466 cents.
    const value = new LifetimeValues(bgNbd(), gammaGamma(), { horizon: 39, seed: 1 }).of(CUSTOMER, 'USD');
    expect(value.expectedPurchases).toBeCloseTo(1.226, 3);
    expect(Math.abs(value.expectedMinor - 1.226 * 2466)).toBeLessThan(3);
    expect(value).toMatchObject({ currency: 'USD', horizon: 39, level: 0.9 });
  });

  it('takes a discount from each purchase by its week', () => {
    // One who never leaves and buys once a week, for 2 weeks at 21 %: 1 / 1.21^0.5 + 1 / 1.21^1.5 = 1 / 1.1 + 1 / 1.331 purchases.
    const steady = bgNbd({ r: 1e6, alpha: 1e6, a: 1e-9, b: 1 });
    const history = { ...CUSTOMER, repeats: 0, recency: 0, age: 0, meanRepeatMinor: 0 };
    const of = (discountRate: number) =>
      new LifetimeValues(steady, gammaGamma(), { horizon: 2, discountRate, seed: 1 }).expectedMinor(history, 'USD');
    expect(of(0.21) / of(0)).toBeCloseTo((1 / 1.1 + 1 / 1.331) / 2, 6);
  });

  it('has the interval of a Poisson number where rate and amounts are certain', () => {
    // Rate 1 a week for 10 weeks, each purchase 1,000: Poisson (10) has 5 % and 95 % quantiles of 5 and 15 (any table).
    const steady = bgNbd({ r: 1e8, alpha: 1e8, a: 1e-9, b: 1 });
    const flat = gammaGamma({ p: 1e8, q: 1e8, vMinor: 1000 });
    const history = { repeats: 0, recency: 0, age: 0, meanRepeatMinor: 0 };
    const { lowMinor, highMinor } = new LifetimeValues(steady, flat, { horizon: 10, draws: 20_000, seed: 1 }).of(history, 'USD');
    expect([Math.round(lowMinor / 1000), Math.round(highMinor / 1000)]).toEqual([5, 15]);
  });

  it('simulates the purchases that the closed form expects', () => {
    // A share 0.5 of all draws is at or below the median; the mean is seen by an interval of next to nothing about many quantiles.
    const levels = Array.from({ length: 19 }, (_, i) => (2 * i + 1) / 38);
    const history = { repeats: 10, recency: 36, age: 38, meanRepeatMinor: 3000 };
    const ends = levels.map((level) =>
      new LifetimeValues(bgNbd(), gammaGamma(), { horizon: 39, level, draws: 5000, seed: 2 }).of(history, 'USD'),
    );
    const mean = ends.reduce((sum, { lowMinor, highMinor }) => sum + lowMinor + highMinor, 0) / (2 * ends.length);
    expect(mean / ends[0]!.expectedMinor).toBeGreaterThan(0.93);
    expect(mean / ends[0]!.expectedMinor).toBeLessThan(1.03);
  });

  it('is wider when the parameters are uncertain', () => {
    const logCovariance = Float64Array.of(0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.3, 0, 0, 0, 0, 0.3);
    const width = (model: BgNbdModel) => {
      const { lowMinor, highMinor } = new LifetimeValues(model, gammaGamma(), { horizon: 39, seed: 3 }).of(
        { ...CUSTOMER, repeats: 20 },
        'USD',
      );
      return highMinor - lowMinor;
    };
    expect(width(bgNbd({ logCovariance }))).toBeGreaterThan(width(bgNbd()));
  });

  it('says the same to the same question, whatever was asked between', () => {
    const values = new LifetimeValues(bgNbd(), gammaGamma(), { horizon: 39, seed: 1 });
    const first = values.of(CUSTOMER, 'USD');
    values.of({ ...CUSTOMER, repeats: 9 }, 'USD');
    expect(values.of(CUSTOMER, 'USD')).toEqual(first);
  });

  it('refuses spend in another currency than the one it was trained on', () => {
    const values = new LifetimeValues(bgNbd(), gammaGamma(), { horizon: 39, seed: 1 });
    expect(() => values.of(CUSTOMER, 'EUR')).toThrow('Spend in EUR has no value by a model of spend in USD.');
    expect(() => values.expectedMinor(CUSTOMER, 'EUR')).toThrow(RangeError);
  });

  it.each([{ horizon: 0 }, { horizon: 1.5 }, { horizon: 4, discountRate: -1 }, { horizon: 4, level: 1 }])('refuses %o', (options) => {
    expect(() => new LifetimeValues(bgNbd(), gammaGamma(), { ...options, seed: 1 })).toThrow(RangeError);
  });
});

describe('random variates', () => {
  const mean = (draw: (random: () => number) => number) => {
    const random = randomOf(7);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += draw(random) / 20_000;
    return sum;
  };

  it('have the means of their distributions', () => {
    expect(mean((random) => gamma(0.25, random))).toBeCloseTo(0.25, 1);
    expect(mean((random) => gamma(7, random))).toBeCloseTo(7, 1);
    expect(mean((random) => beta(2, 6, random))).toBeCloseTo(0.25, 2);
    expect(mean((random) => poisson(3.5, Number.POSITIVE_INFINITY, random))).toBeCloseTo(3.5, 1);
    expect(mean((random) => poisson(1200, Number.POSITIVE_INFINITY, random)) / 1200).toBeCloseTo(1, 2);
    expect(mean((random) => geometric(0.25, random)) / 4).toBeCloseTo(1, 1);
  });

  it('have the variances of their distributions', () => {
    expect(mean((random) => (gamma(7, random) - 7) ** 2) / 7).toBeCloseTo(1, 1);
    expect(mean((random) => (poisson(3.5, Number.POSITIVE_INFINITY, random) - 3.5) ** 2) / 3.5).toBeCloseTo(1, 1);
  });

  it('end at the limit', () => {
    expect(poisson(1e6, 3, randomOf(1))).toBe(3);
    expect(geometric(1, randomOf(1))).toBe(1);
    expect(geometric(0, randomOf(1))).toBe(Number.POSITIVE_INFINITY);
  });
});
