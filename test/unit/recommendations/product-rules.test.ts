import { describe, expect, it } from 'vitest';
import { disclosure } from '../../../subgraphs/recommendations/offers/disclosure.ts';
import { nextBestActions } from '../../../subgraphs/recommendations/offers/next-best-actions.ts';
import { offerId, rankedOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import { crossSell, replenish } from '../../../subgraphs/recommendations/offers/product-rules.ts';
import { rhythmsOf } from '../../../subgraphs/recommendations/offers/rhythm.ts';
import type { PastBasket, ProductFacts } from '../../../subgraphs/recommendations/records.ts';
import { DAY, NOW, subject } from './subjects.ts';

/** Orders of that product, so many days ago. */
const bought = (sku: string, ...daysAgo: readonly number[]): readonly PastBasket[] =>
  daysAgo.map((days) => ({ at: NOW - days * DAY, skus: [sku] }));
const oldestFirst = (...baskets: readonly (readonly PastBasket[])[]) => baskets.flat().sort((a, b) => a.at - b.at);

describe('a rhythm', () => {
  const rhythm = (...daysAgo: readonly number[]) => rhythmsOf(bought('tea', ...daysAgo));

  it('is the median of the days between two purchases, so that one holiday changes nothing', () => {
    // 30, 90, 30 and 32 days: the median is 31.
    expect(rhythm(200, 170, 80, 50, 18)).toEqual([{ sku: 'tea', times: 5, lastAt: NOW - 18 * DAY, intervalMs: 31 * DAY }]);
  });

  it('takes three days with a purchase; two orders of a day are one', () => {
    expect(rhythm(60, 30)).toEqual([]);
    expect(rhythm(60, 60, 30, 30)).toEqual([]);
    expect(rhythm(60, 60, 30, 0)[0]?.times).toBe(3);
  });

  it('is none where intervals are not alike, and none of less than a week', () => {
    // 10 and 50: the median is 30, and each is 20 away, more than 15. 20 and 40 are 10 away.
    expect(rhythm(60, 50, 0)).toEqual([]);
    expect(rhythm(60, 40, 0)).toHaveLength(1);
    expect(rhythm(12, 6, 0)).toEqual([]);
    expect(rhythm(14, 7, 0)).toHaveLength(1);
  });

  it('lists what was bought most often first', () => {
    const baskets = oldestFirst(bought('tea', 60, 40, 20), bought('milk', 80, 60, 40, 20), bought('once', 5));
    expect(rhythmsOf(baskets).map(({ sku }) => sku)).toEqual(['milk', 'tea']);
    expect(rhythmsOf([])).toEqual([]);
  });
});

const KNOWN: ProductFacts = { model: null, news: [], known: [{ sku: 'tea', name: 'Sencha', available: true }] };
/** Tea every 20 days, the last of them so many days ago. */
const tea = (daysAgo: number, more: Parameters<typeof subject>[0] = {}) =>
  subject({ products: KNOWN, ...more, pos: { orderCount: 3, baskets: bought('tea', daysAgo + 40, daysAgo + 20, daysAgo), ...more.pos } });

describe('REPLENISH', () => {
  it('names what is bought again and again from 0.8 to 1.5 of its intervals after the last time', () => {
    expect([15.9, 16, 20, 30, 30.1].map((days) => replenish(tea(days)) !== null)).toEqual([false, true, true, true, false]);
    expect(replenish(tea(20))).toEqual({
      template: 'REPLENISH',
      variant: null,
      values: { product: 'Sencha' },
      reasons: [{ code: 'DUE_AGAIN', evidence: { sku: 'tea', times: 3, days: 20, lastAt: { at: NOW - 20 * DAY } } }],
      urgency: 1,
      validUntil: NOW + 10 * DAY,
      occasion: `tea ${NOW - 20 * DAY}`,
      product: { sku: 'tea', model: null },
    });
  });

  it('is for the moment that is decided for', () => {
    expect(replenish(tea(10))).toBeNull();
    expect(replenish({ ...tea(10), now: NOW + 10 * DAY })).not.toBeNull();
  });

  it('is not made of what lies in the cart or can not be had; the next best takes its place', () => {
    const cart = { digital: { cart: [{ sku: 'tea', name: null, quantity: 1 }] } };
    expect(replenish(tea(20, cart))).toBeNull();
    const gone = { ...KNOWN, known: [{ sku: 'tea', name: 'Sencha', available: false }] };
    expect(replenish(tea(20, { products: gone }))).toBeNull();
    const baskets = oldestFirst(bought('tea', 80, 60, 40, 20), bought('milk', 60, 40, 20));
    const milk = replenish(subject({ products: gone, pos: { baskets } }));
    expect(milk).toMatchObject({ template: 'REPLENISH', variant: 'REPLENISH_UNNAMED', values: {}, product: { sku: 'milk' } });
  });

  it('is not made where products were not asked for, or pos was lost', () => {
    expect(replenish(tea(20, { products: null }))).toBeNull();
    expect(replenish(tea(20, { lost: ['pos'] }))).toBeNull();
  });
});

describe('CROSS_SELL', () => {
  const facts = (...news: ProductFacts['news']): ProductFacts => ({
    model: 'v1',
    news,
    known: [
      { sku: 'milk', name: 'Oat milk', available: true },
      { sku: 'gone', name: 'Gone', available: false },
    ],
  });
  const LIKE = (sku: string) => ({ sku, reason: 'SIMILAR_TO', like: 'tea' }) as const;

  it('names the first that can be had, with the reason and the version of the model', () => {
    expect(crossSell(subject({ products: facts(LIKE('gone'), LIKE('milk')) }))).toEqual({
      template: 'CROSS_SELL',
      variant: null,
      values: { product: 'Oat milk' },
      reasons: [{ code: 'GOES_WITH', evidence: { sku: 'milk', like: 'tea' } }],
      urgency: 0,
      validUntil: null,
      occasion: 'milk',
      product: { sku: 'milk', model: 'v1' },
    });
  });

  it('says where it was looked at, and names none whose name is not known', () => {
    expect(crossSell(subject({ products: facts({ sku: 'mug', reason: 'VIEWED', like: null }) }))).toMatchObject({
      variant: 'CROSS_SELL_UNNAMED',
      values: {},
      reasons: [{ code: 'LOOKED_AT', evidence: { sku: 'mug' } }],
    });
  });

  it('is not made without a model, of nothing new, or of what lies in the cart', () => {
    expect(crossSell(subject({ products: { ...facts(LIKE('milk')), model: null } }))).toBeNull();
    expect(crossSell(subject({ products: facts() }))).toBeNull();
    const digital = { cart: [{ sku: 'milk', name: null, quantity: 1 }] };
    expect(crossSell(subject({ products: facts(LIKE('milk')), digital }))).toBeNull();
  });
});

describe('offers of products', () => {
  const both: ProductFacts = { ...KNOWN, model: 'v1', news: [{ sku: 'mug', reason: 'VIEWED', like: null }] };
  const offers = (of: ReturnType<typeof subject>) => rankedOffers(of).map(({ template }) => template);

  it('stand among the others, and sell: not during a complaint, where others read along, or to who needs help', () => {
    const named = tea(20, { products: both });
    expect(offers(named)).toEqual(['REPLENISH', 'CROSS_SELL']);
    const complaint = { crm: { openCases: [{ id: 'cas_1', type: 'COMPLAINT', openedAt: NOW - DAY }] } };
    const [recovery] = rankedOffers(tea(20, { products: both, ...complaint }));
    expect(recovery).toMatchObject({
      template: 'SERVICE_RECOVERY',
      reasons: [{ code: 'OPEN_CASE' }, { code: 'SELLING_SUPPRESSED', evidence: { templates: 'REPLENISH CROSS_SELL' } }],
    });
    expect(offers(tea(20, { products: both, context: { attributes: [{ name: 'screen', value: 'SHARED' }] } }))).toEqual(['GENERAL']);
    expect(offers(tea(20, { products: both, context: { occasion: 'SERVICE_CONTACT' } }))).toEqual([]);
    expect(offers(tea(20, { products: both, context: { occasion: 'CHECKOUT' } }))).toEqual(['REPLENISH', 'CROSS_SELL']);
  });

  it('go out only with consent to MARKETING', () => {
    for (const { channels } of rankedOffers(tea(20, { products: both, marketing: false })))
      expect(channels).toEqual(['STORE', 'WEB', 'APP', 'CHAT']);
  });

  it('are one offer until the product is bought again, and another then', () => {
    const idOf = (days: number) => offerId(tea(days), rankedOffers(tea(days))[0]!);
    expect(idOf(20)).toBe(offerId({ ...tea(20), now: NOW + DAY }, rankedOffers({ ...tea(20), now: NOW + DAY })[0]!));
    expect(idOf(20)).not.toBe(idOf(21));
  });

  it('are next best actions, too', () => {
    expect(nextBestActions(tea(20)).map(({ kind, offer }) => [kind, offer?.template])).toEqual([['OFFER', 'REPLENISH']]);
  });

  it('are told of with the data that they rest on', () => {
    const told = disclosure(tea(20, { products: both, digital: { viewed: [{ sku: 'mug', at: NOW }] } }), 'en');
    expect(told.offers).toEqual(['REPLENISH', 'CROSS_SELL']);
    const facts = told.sources.flatMap(({ service, facts }) => facts.map(({ name, text }) => [service, name, text]));
    expect(facts).toEqual([
      ['pos', 'orderCount', 'How many orders you placed'],
      ['pos', 'baskets', 'What you bought and when, beside what other customers bought'],
      ['digital', 'viewed', 'What you looked at on our site or in our app'],
    ]);
  });
});
