import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Catalogue } from '../../kernel/catalogue.ts';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import { HistoryBuilder } from '../../models/next-basket/baskets.ts';
import { trainNextBasket } from '../../models/next-basket/training.ts';
import { pos } from '../../subgraphs/pos/module.ts';
import { openCatalogue } from '../../subgraphs/pos/open-catalogue.ts';
import { productsSpec } from '../../subgraphs/pos/records.ts';
import { recommendations } from '../../subgraphs/recommendations/module.ts';
import { productFacts } from '../../subgraphs/recommendations/offers/product-facts.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { teaAndCoffee } from '../support/tea-and-coffee.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1, 12);
const asOf = '2026-03-01T11:59:59.000Z';
const ago = (days: number) => new Date(NOW - days * DAY).toISOString();

let domain: Domain;
let till: Domain;
let version: string;
beforeAll(async () => {
  till = await openDomain(pos);
  domain = await openDomain(recommendations, { catalogue: openCatalogue(till.store) });
  domain.time.now = NOW;
  await till.ingest('product', '', [
    { source: 'shop', sku: 'tea', name: 'Sencha' },
    { source: 'shop', sku: 'milk', name: 'Oat milk' },
  ]);
  const shelf = new ModelShelf(domain.store);
  ({ id: version } = await shelf.add('next-basket', teaAndCoffee(), { trainedAt: NOW, from: null, to: null, counts: {}, metrics: {} }));
  await shelf.choose('next-basket', version, NOW);
  await look();
});
afterAll(() => Promise.all([domain.close(), till.close()]));

const look = () => domain.subgraph.jobs.find(({ name }) => name === 'look-for-models')?.run(new AbortController().signal);

const quiet = {
  crmSignals: { state: 'OK', asOf, birthDate: null, locale: null, timeZone: null, customerSince: null, openCases: [] },
  posSignals: { state: 'OK', asOf, orderCount: 3, firstOrderAt: ago(61), lastOrderAt: ago(21), latePaymentCount: 0, rank: null },
  loyaltySignals: { state: 'OK', asOf, member: false, nextTierCode: null, pointsToNextTier: null, expiring: [] },
  digitalSignals: { state: 'OK', asOf, cart: [], cartUpdatedAt: null, viewed: [] },
  // Asked lately, so that nothing else is offered.
  feedbackSignals: { state: 'OK', asOf, openDetractor: null, openDetractorAt: null, lastGivenAt: ago(1) },
};
const ada = {
  ...quiet,
  id: 'cus_0000000000000000aaaa',
  permissions: ['PERSONALIZATION', 'PROFILING', 'MARKETING'],
  posBaskets: { state: 'OK', asOf, baskets: [21, 41, 61].map((days) => ({ at: ago(days), skus: ['tea'] })) },
};

const OFFERS = 'offers { template title product { sku } modelVersion reasons { code text evidence { name value } } }';
type Offers = { template: string; product: { sku: string } | null; title: string }[];
async function offers(customer: object, field = 'productRecommendations'): Promise<Offers> {
  const { data, errors } = await domain.entities('Customer', [customer], `{ ${field} { ${OFFERS} } }`);
  expect(errors).toBeUndefined();
  return (data!._entities as [Record<string, { offers: Offers }>])[0][field]!.offers;
}
const templates = (shown: Offers) => shown.map(({ template }) => template);

describe('offers of products', () => {
  it('name what is due again and what goes with it, in the words of the catalogue', async () => {
    expect(await offers(ada)).toEqual([
      {
        template: 'REPLENISH',
        title: 'Time for more: Sencha',
        product: { sku: 'tea' },
        modelVersion: null,
        reasons: [
          {
            code: 'DUE_AGAIN',
            text: 'tea was bought on 3 days, usually every 20 days, and last on 8 February 2026.',
            evidence: [
              { name: 'sku', value: 'tea' },
              { name: 'times', value: '3' },
              { name: 'days', value: '20' },
              { name: 'lastAt', value: '2026-02-08T12:00:00.000Z' },
            ],
          },
        ],
      },
      {
        template: 'CROSS_SELL',
        title: 'You may like this: Oat milk',
        product: { sku: 'milk' },
        modelVersion: version,
        reasons: [
          {
            code: 'GOES_WITH',
            text: 'milk was never bought; customers who bought tea, as this one did, bought it, too.',
            evidence: [
              { name: 'sku', value: 'milk' },
              { name: 'like', value: 'tea' },
            ],
          },
        ],
      },
    ]);
  });

  it('are in Japanese for who reads Japanese', async () => {
    const titles = (await offers({ ...ada, crmSignals: { ...quiet.crmSignals, locale: 'ja-JP' } })).map(({ title }) => title);
    expect(titles).toEqual(['そろそろSenchaはいかがですか', 'Oat milkはいかがですか']);
  });

  it('are left out of what was asked for without products, whatever else the request brought', async () => {
    expect(templates(await offers(ada, 'recommendations'))).toEqual(['GENERAL']);
  });

  it('reflect the cart, and views of who bought nothing yet', async () => {
    const cart = {
      ...quiet.digitalSignals,
      cart: [
        { sku: 'milk', name: null, quantity: 1 },
        { sku: 'tea', name: null, quantity: 1 },
      ],
    };
    expect((await offers({ ...ada, digitalSignals: cart })).map(({ product }) => product?.sku)).toEqual(['bread']);
    const named = Array.from({ length: 20 }, (_, index) => ({ sku: `other ${index}`, name: null, quantity: 1 }));
    const large = { ...cart, cart: named, cartSkus: ['milk', 'tea', ...named.map(({ sku }) => sku)], cartItems: 22 };
    expect((await offers({ ...ada, digitalSignals: large })).map(({ product }) => product?.sku)).toEqual(['bread']);
    const viewed = { ...quiet.digitalSignals, viewed: [{ sku: 'sugar', at: asOf }] };
    const nothingYet = { ...ada, posBaskets: { ...ada.posBaskets, baskets: [] }, digitalSignals: viewed };
    expect(await offers(nothingYet)).toEqual([
      {
        template: 'CROSS_SELL',
        title: 'You may like this',
        product: { sku: 'sugar' },
        modelVersion: version,
        reasons: [
          {
            code: 'LOOKED_AT',
            text: 'sugar was never bought, and was looked at within 30 days.',
            evidence: [{ name: 'sku', value: 'sugar' }],
          },
        ],
      },
    ]);
  });

  it.each([
    ['without consent', { permissions: ['PERSONALIZATION'] }],
    ['without permissions', { permissions: null }],
  ])('read nothing and are the same for everybody %s', async (_, changed) => {
    till.calls.clear();
    const one = await offers({ ...ada, ...changed });
    expect(till.calls.list).toEqual([]);
    expect(one).toEqual(await offers({ ...ada, ...changed, posBaskets: null, digitalSignals: null }));
    expect(templates(one)).toEqual(['GENERAL']);
  });

  it('are not made where pos or the catalogue did not answer; the rest is', async () => {
    const birthday = { ...ada, crmSignals: { ...quiet.crmSignals, birthDate: '1990-03-04' } };
    expect(templates(await offers({ ...birthday, posBaskets: null }))).toEqual(['BIRTHDAY']);
    const broken: Catalogue = { products: () => Promise.reject(new Error('gone')) };
    const representation = ada as unknown as Parameters<typeof productFacts>[0];
    const log = pino({ enabled: false });
    expect(await productFacts(representation, NOW, { nextBasket: null, catalogue: broken, log })).toBeNull();
    expect(await productFacts(representation, NOW, { nextBasket: null, catalogue: undefined, log })).toEqual({
      model: null,
      news: [],
      known: [],
    });
  });

  it('wait a second for a catalogue that hangs, and are made again when it answers', async () => {
    const birthday = { ...ada, crmSignals: { ...quiet.crmSignals, birthDate: '1990-03-04' } };
    vi.spyOn(till.store.collection(productsSpec), 'getMany').mockImplementationOnce(() => new Promise(() => {}));
    const asked = performance.now();
    expect(templates(await offers(birthday))).toEqual(['BIRTHDAY']);
    const waited = performance.now() - asked;
    expect(waited).toBeGreaterThan(950);
    expect(waited).toBeLessThan(30_000);
    expect(templates(await offers(birthday))).toContain('REPLENISH');
  });

  it('ask the catalogue once for a page of 100 customers', async () => {
    const page = Array.from({ length: 100 }, (_, i) => ({ ...ada, id: `cus_${String(i).padStart(20, '0')}` }));
    till.calls.clear();
    const { data, errors } = await domain.entities('Customer', page, '{ productRecommendations { offers(first: 1) { template } } }');
    expect(errors).toBeUndefined();
    expect(data!._entities).toHaveLength(100);
    expect(till.calls.list).toEqual(['products.getMany']);
  });

  interface Recorded {
    readonly decisionId: string | null;
  }

  /** Offers of a decision that was kept; over a store that takes longer than an answer waits for it, not the first one is. */
  async function recorded(): Promise<readonly Recorded[]> {
    for (let tries = 0; tries < 20; tries++) {
      const { data } = await domain.entities(
        'Customer',
        [ada],
        `{ productRecommendations { recorded: offers(record: true) { decisionId title product { sku } modelVersion } } }`,
      );
      const [{ productRecommendations: answer }] = data!._entities as [{ productRecommendations: { recorded: Recorded[] } }];
      if (answer.recorded[0]?.decisionId) return answer.recorded;
    }
    throw new Error('No decision was kept in time.');
  }

  it('are explained to the letter when the model is another and the product can not be had any more', async () => {
    const given = await recorded();
    expect(given).toHaveLength(2);
    await till.ingest('product', '', [{ source: 'shop', sku: 'milk', name: 'Renamed', availability: 'DISCONTINUED', updated_at: ago(0) }]);
    const shelf = new ModelShelf(domain.store);
    const other = new HistoryBuilder();
    other.add('somebody', [['bread']]);
    const { id } = await shelf.add('next-basket', trainNextBasket(other.history()), {
      trainedAt: NOW,
      from: null,
      to: null,
      counts: {},
      metrics: {},
    });
    await shelf.choose('next-basket', id, NOW);
    await look();
    const EXPLAIN =
      'query ($id: ID!) { decision(id: $id) { reproduced inputs { service name value } offers { decisionId title product { sku } modelVersion } } }';
    const explained = (await domain.ask(EXPLAIN, { id: given[0]?.decisionId })).data?.decision;
    expect(explained).toMatchObject({ reproduced: true, offers: given });
    const inputs = (explained as { inputs: { service: string; name: string; value: string }[] }).inputs;
    expect(JSON.parse(inputs.find(({ name }) => name === 'products')?.value ?? '')).toMatchObject({
      model: version,
      news: expect.arrayContaining([{ sku: 'milk', reason: 'SIMILAR_TO', like: 'tea' }]),
      known: [
        { sku: 'milk', name: 'Oat milk', available: true },
        { sku: 'tea', name: 'Sencha', available: true },
      ],
    });
    expect(templates(await offers(ada))).toEqual(['REPLENISH']);
  });
});
