import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import type { CustomerBaseModel } from '../../models/customer-base/customer-base.ts';
import { recommendations } from '../../subgraphs/recommendations/module.ts';
import { type Domain, openDomain } from '../support/domain.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const TODAY = Math.floor(NOW / 86_400_000);
const asOf = '2026-03-01T11:59:59.000Z';

/** As published of CDNOW: Fader, Hardie & Lee 2005 and Fader & Hardie 2013. */
const CDNOW: CustomerBaseModel = {
  kind: 'customer-base',
  format: 1,
  untilDay: TODAY,
  currencies: {
    USD: {
      bgNbd: {
        kind: 'bg-nbd',
        format: 1,
        daysPerUnit: 7,
        r: 0.243,
        alpha: 4.414,
        a: 0.793,
        b: 2.426,
        standardErrors: null,
        logCovariance: null,
        logLikelihood: -9582.4,
        customers: 2357,
      },
      gammaGamma: {
        kind: 'gamma-gamma',
        format: 1,
        currency: 'USD',
        p: 6.25,
        q: 3.74,
        vMinor: 1544,
        standardErrors: null,
        logCovariance: null,
        logLikelihood: 0,
        customers: 946,
      },
      typical: { repeats: 2, rhythm: 6, silence: 8 },
      clusters: null,
      customers: 2357,
    },
  },
};

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(recommendations);
  domain.time.now = NOW;
});
afterAll(() => domain.close());

/** The customer of the paper's example: 2 repeats, the last 30.43 weeks after the first, first bought 38.86 weeks ago. */
const history = {
  state: 'OK',
  asOf,
  bases: [
    { currency: 'USD', days: 3, firstDay: TODAY - 272, lastDay: TODAY - 272 + 213, spentMinor: 9000, firstSpentMinor: 2000 },
    { currency: 'EUR', days: 1, firstDay: TODAY - 9, lastDay: TODAY - 9, spentMinor: 100, firstSpentMinor: 100 },
  ],
};
const ada = {
  id: 'cus_0000000000000000aaaa',
  permissions: ['PERSONALIZATION', 'PROFILING'],
  posHistory: history,
  posSignals: { state: 'OK', asOf, rank: { recency: 5, frequency: 3, monetary: 4, asOf } },
};
const ALL = `sourceStatus { service state } rfm { score } lifetimeValue(horizonWeeks: 39) { historic { amount currencyCode } predicted { amount }
  low { amount } high { amount } level expectedOrderDays horizonWeeks } churn { probability typicalProbability drivers { code value contribution } }
  lifecycleStage cluster { number } model { version learnedUntil }`;

interface Shown {
  readonly lifetimeValue: Record<string, never> & {
    readonly expectedOrderDays: number;
    readonly predicted: { amount: string };
    readonly low: { amount: string };
    readonly high: { amount: string };
  };
  readonly churn: { probability: number; typicalProbability: number; drivers: readonly { code: string; contribution: number }[] };
}

async function insights(customer: object, selection = ALL): Promise<Shown & Record<string, unknown>> {
  const { data, errors } = await domain.entities('Customer', [customer], `{ insights { ${selection} } }`);
  expect(errors).toBeUndefined();
  return (data!._entities as [{ insights: Shown & Record<string, unknown> }])[0].insights;
}

describe('insights', () => {
  it('say nothing of value while no model is there', async () => {
    expect(await insights(ada)).toMatchObject({
      sourceStatus: { service: 'pos', state: 'OK' },
      rfm: { score: 534 },
      lifetimeValue: null,
      churn: null,
      lifecycleStage: null,
      model: null,
    });
  });

  it('are by the model in use, once the job has looked', async () => {
    const shelf = new ModelShelf(domain.store);
    const about = { trainedAt: NOW, from: NOW - 1e9, to: NOW - 1e6, counts: {}, metrics: {} };
    const { id } = await shelf.add('customer-base', CDNOW, about);
    const look = domain.subgraph.jobs.find(({ name }) => name === 'look-for-models');
    await look?.run(new AbortController().signal);
    expect(await insights(ada, 'model { version }')).toEqual({ model: null });
    await shelf.choose('customer-base', id, NOW);
    await look?.run(new AbortController().signal);
    const shown = await insights(ada);
    expect(shown).toMatchObject({
      lifetimeValue: { historic: { amount: '90.00', currencyCode: 'USD' }, level: 0.9, horizonWeeks: 39 },
      lifecycleStage: 'LOYAL',
      cluster: null,
      model: { version: id, learnedUntil: '2026-03-01T11:43:20.000Z' },
    });
    // The published figure of this customer over 39 weeks.
    expect(shown.lifetimeValue.expectedOrderDays).toBeCloseTo(1.226, 3);
    // By hand: E(M) = (15.44 + 2 * 35) * 6.25 / (6.25 * 2 + 3.74 - 1) = 35.04 a day, times 1.226.
    expect(Number(shown.lifetimeValue.predicted.amount)).toBeCloseTo(42.96, 1);
    expect(Number(shown.lifetimeValue.low.amount)).toBe(0);
    expect(Number(shown.lifetimeValue.high.amount)).toBeGreaterThan(100);
    const { probability, typicalProbability, drivers } = shown.churn;
    expect(drivers.map(({ code }) => code).toSorted()).toEqual(['REPEATS', 'RHYTHM', 'SILENCE']);
    expect(typicalProbability + drivers.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(probability, 10);
  });

  it('are the same whatever else is known of the customer, and read nothing but what came with the customer', async () => {
    domain.calls.clear();
    const [one, other] = await Promise.all([insights(ada), insights({ ...ada, id: 'cus_0000000000000000bbbb' })]);
    expect(one).toEqual(other);
    expect(domain.calls.list).toEqual([]);
  });

  it.each([
    ['without consent', { permissions: ['PROFILING'] }, 'WITHHELD'],
    ['when permissions are unknown', { permissions: null }, 'WITHHELD'],
    ['when pos did not answer', { posHistory: null }, 'UNAVAILABLE'],
    ['when pos withheld it', { posHistory: { state: 'WITHHELD', asOf, bases: history.bases } }, 'UNAVAILABLE'],
  ])('are all null %s', async (_, changed, state) => {
    expect(await insights({ ...ada, ...changed })).toMatchObject({
      sourceStatus: { service: 'pos', state },
      rfm: null,
      lifetimeValue: null,
      churn: null,
      lifecycleStage: null,
      cluster: null,
    });
  });

  it('are null in a currency that no model knows', async () => {
    expect(
      await insights({ ...ada, posHistory: { ...history, bases: history.bases.slice(1) } }, 'lifetimeValue { level } lifecycleStage'),
    ).toEqual({
      lifetimeValue: null,
      lifecycleStage: null,
    });
  });

  it.each([0, -1, 521])('refuse a horizon of %i weeks', async (weeks) => {
    const { data, errors } = await domain.entities(
      'Customer',
      [ada],
      `{ insights { lifetimeValue(horizonWeeks: ${weeks}) { level } rfm { score } } }`,
    );
    expect(data?._entities).toEqual([{ insights: { lifetimeValue: null, rfm: { score: 534 } } }]);
    expect(errors?.[0]?.message).toMatch(/horizonWeeks.*1 to 520/);
  });
});
