import { describe, expect, it } from 'vitest';
import { churnOf, churnProbability, typicalCustomer } from '../../../../models/customer-base/churn.ts';
import { signalledChurn, trainChurnSignals } from '../../../../models/customer-base/churn-signals.ts';
import { purchaseHistories } from '../../../../models/customer-base/history.ts';
import { chanceKept, LIFECYCLE_RULE, lifecycleStage } from '../../../../models/customer-base/lifecycle.ts';
import { randomOf } from '../../../../models/random.ts';

/** Published for CDNOW: Fader, Hardie & Lee 2005, table 2. */
const CDNOW = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const TYPICAL = { repeats: 2, rhythm: 6, silence: 8 };
const LEFT = { of: 'LEFT' } as const;

describe('churn', () => {
  it('is what is missing from the probability of being active', () => {
    // P(alive) is 1/5 by hand, see BG/NBD.
    expect(churnProbability({ r: 1, alpha: 2, a: 1, b: 1 }, { repeats: 1, recency: 0, age: 2 }, LEFT)).toBeCloseTo(0.8, 12);
    // One of two customers who are active buys within 4 weeks.
    expect(
      churnProbability({ r: 1, alpha: 2, a: 1, b: 1 }, { repeats: 0, recency: 0, age: 2 }, { of: 'NO_PURCHASE', horizon: 4 }),
    ).toBeCloseTo(0.5, 12);
  });

  it.each([LEFT, { of: 'NO_PURCHASE', horizon: 13 } as const])('is explained in full by its drivers ($of)', (measure) => {
    for (const history of [
      { repeats: 9, recency: 20, age: 39 },
      { repeats: 1, recency: 30, age: 31 },
      { repeats: 0, recency: 0, age: 25 },
    ]) {
      const { probability, typicalProbability, drivers } = churnOf(CDNOW, TYPICAL, history, measure);
      expect(probability).toBeCloseTo(churnProbability(CDNOW, history, measure), 12);
      expect(drivers.reduce((sum, { contribution }) => sum + contribution, typicalProbability)).toBeCloseTo(probability, 12);
    }
  });

  it('names the silence of one who used to come often, with both figures', () => {
    const { drivers } = churnOf(CDNOW, TYPICAL, { repeats: 2, recency: 12, age: 36 }, LEFT);
    expect(drivers[0]).toMatchObject({ code: 'SILENCE', value: 24, typical: 8 });
    expect(drivers[0]!.contribution).toBeGreaterThan(0);
    // As often and in the same rhythm as the typical customer: neither explains anything.
    expect(drivers.slice(1).map(({ contribution }) => contribution)).toEqual([0, 0]);
  });

  it('has no rhythm for whoever never came back', () => {
    const { probability, drivers } = churnOf(CDNOW, TYPICAL, { repeats: 0, recency: 0, age: 25 }, LEFT);
    expect(probability).toBe(0);
    expect(drivers.find(({ code }) => code === 'RHYTHM')).toMatchObject({ value: null });
  });

  it('measures the typical customer among those who came back', () => {
    const days = { ada: [0, 7], ben: [0, 14, 28], cleo: [0, 7, 14, 21], dora: [0] };
    const purchases = Object.entries(days).flatMap(([customer, own]) => own.map((day) => ({ customer, day, amountMinor: 1 })));
    expect(typicalCustomer(purchaseHistories(purchases, { currency: 'EUR', untilDay: 42 }))).toEqual({ repeats: 2, rhythm: 1, silence: 3 });
    expect(typicalCustomer(purchaseHistories([purchases[0]!], { currency: 'EUR', untilDay: 42 }))).toBeNull();
  });
});

describe('churn with signals', () => {
  /** Half of the customers complained; of these 80 of 100 stay away, of the others 50: BG/NBD expected 50 of 100 of all. */
  const rows = Array.from({ length: 400 }, (_, i) => ({
    complaints: i % 2,
    noise: i % 3,
    stayedAway: i % 2 === 1 ? i % 10 < 8 : i % 4 < 2,
  }));
  const table = { names: ['COMPLAINTS', 'NOISE'], values: Float64Array.from(rows.flatMap(({ complaints, noise }) => [complaints, noise])) };
  const returned = Uint8Array.from(rows, ({ stayedAway }) => (stayedAway ? 0 : 1));
  const model = trainChurnSignals(table, new Float64Array(400).fill(0.5), returned);

  it('learns how far a complaint moves the odds', () => {
    const away = rows.filter(({ complaints, stayedAway }) => complaints === 1 && stayedAway).length / 200;
    expect(signalledChurn(model, 0.5, [1, 1]).probability).toBeGreaterThan(away - 0.05);
    expect(signalledChurn(model, 0.5, [1, 1]).probability).toBeGreaterThan(signalledChurn(model, 0.5, [0, 1]).probability);
  });

  it('says what each signal added, in full', () => {
    const { probability, correction, drivers } = signalledChurn(model, 0.3, [1, 2]);
    expect(drivers[0]).toMatchObject({ code: 'COMPLAINTS', value: 1, typical: 0.5 });
    expect(drivers[0]!.contribution).toBeGreaterThan(0);
    expect(drivers.reduce((sum, { contribution }) => sum + contribution, 0.3 + correction)).toBeCloseTo(probability, 12);
  });

  it('leaves odds alone that signals have nothing to add to', () => {
    const random = randomOf(1);
    const noise = { names: ['NOISE'], values: Float64Array.from({ length: 4000 }, random) };
    const churn = Float64Array.from({ length: 4000 }, () => 0.2 + 0.6 * random());
    const outcomes = churn.map((probability) => (random() < probability ? 0 : 1));
    const plain = trainChurnSignals(noise, churn, Uint8Array.from(outcomes));
    expect(signalledChurn(plain, 0.4, [0.9]).probability).toBeCloseTo(0.4, 1);
  });

  it('refuses rows that do not match and outcomes that are all the same', () => {
    expect(() => trainChurnSignals(table, new Float64Array(3), returned)).toThrow(RangeError);
    expect(() => trainChurnSignals(table, new Float64Array(400), new Uint8Array(400))).toThrow('0 of 400 customers returned');
  });
});

describe('lifecycle stage', () => {
  const known = { isIdentified: true, isEvaluating: false };
  const stage = (repeats: number, recency: number, age: number) => lifecycleStage(CDNOW, { ...known, history: { repeats, recency, age } });

  it('asks for a name and a purchase first', () => {
    expect(lifecycleStage(CDNOW, { isIdentified: false, isEvaluating: true, history: null })).toBe('ANONYMOUS');
    expect(lifecycleStage(CDNOW, { ...known, history: null })).toBe('AWARENESS');
    expect(lifecycleStage(CDNOW, { ...known, isEvaluating: true, history: null })).toBe('EVALUATION');
  });

  it.each([
    ['PURCHASE', 0, 0, 0.5],
    ['POST_PURCHASE', 0, 0, 6],
    ['PURCHASE', 1, 20, 20.5],
    ['LOYAL', 6, 36, 38],
    ['AT_RISK', 2, 12, 39],
    ['LAPSED', 12, 12, 39],
  ] as const)('is %s after %d repeats until week %d, seen in week %d', (expected, repeats, recency, age) => {
    expect(stage(repeats, recency, age)).toBe(expected);
  });

  it('lets less be left to the one who used to come often', () => {
    const kept = (repeats: number) => chanceKept(CDNOW, { repeats, recency: 12, age: 24 }, LIFECYCLE_RULE.horizon);
    expect(kept(1)).toBeGreaterThan(kept(4));
    expect(kept(4)).toBeGreaterThan(kept(12));
    expect(chanceKept(CDNOW, { repeats: 3, recency: 12, age: 12 }, 52)).toBe(1);
  });
});
