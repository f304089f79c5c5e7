import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { pos } from '../../subgraphs/pos/module.ts';
import { openCatalogue } from '../../subgraphs/pos/open-catalogue.ts';
import { recommendations } from '../../subgraphs/recommendations/module.ts';
import { rankedProducts, readNextPurchase } from '../../subgraphs/recommendations/scores/next-purchase.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { teaAndCoffee } from '../support/tea-and-coffee.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const asOf = '2026-03-01T11:59:59.000Z';

let domain: Domain;
let till: Domain;
let trained: NextBasketModel;
beforeAll(async () => {
  [domain, till] = await Promise.all([openDomain(recommendations), openDomain(pos)]);
  domain.time.now = NOW;
  trained = teaAndCoffee();
});
afterAll(() => Promise.all([domain.close(), till.close()]));

const ada = {
  id: 'cus_0000000000000000aaaa',
  permissions: ['PERSONALIZATION', 'PROFILING'],
  posBaskets: {
    state: 'OK',
    asOf,
    baskets: [
      { at: '2026-02-20T10:00:00Z', skus: ['tea'] },
      { at: '2026-01-20T10:00:00Z', skus: ['tea', 'unknown to the model'] },
    ],
  },
  digitalSignals: { state: 'OK', asOf, cart: [] },
};
const PRODUCTS = '{ product { sku } rank boughtBefore personalized reason { code times lastAt product { sku } } }';

/** What ada looked at, the last first. */
const lookedAt = (...skus: string[]) => ({ state: 'OK', asOf, cart: [], viewed: skus.map((sku) => ({ sku, at: asOf })) });

type Shown = { product: { sku: string }; personalized: boolean; reason: { code: string } }[] | null;
async function nextPurchase(customer: object): Promise<{ products: Shown; discover: Shown; sourceStatus: { state: string } }> {
  const { data, errors } = await domain.entities(
    'Customer',
    [customer],
    `{ nextPurchase { sourceStatus { state } products(first: 3) ${PRODUCTS} discover(first: 3) ${PRODUCTS} } }`,
  );
  expect(errors).toBeUndefined();
  return (data!._entities as [{ nextPurchase: never }])[0].nextPurchase;
}
const skus = (shown: Shown) => shown?.map(({ product }) => product.sku);

describe('the next purchase', () => {
  it('is unknown while no model was trained', async () => {
    expect(await nextPurchase(ada)).toEqual({ sourceStatus: { state: 'OK' }, products: null, discover: null });
  });

  it('is what was bought before, then what is like it; and new things apart', async () => {
    const shelf = new ModelShelf(domain.store);
    const { id } = await shelf.add('next-basket', trained, { trainedAt: NOW, from: null, to: null, counts: {}, metrics: {} });
    await shelf.choose('next-basket', id, NOW);
    await domain.subgraph.jobs.find(({ name }) => name === 'look-for-models')?.run(new AbortController().signal);
    const { products, discover } = await nextPurchase(ada);
    expect(products?.[0]).toEqual({
      product: { sku: 'tea' },
      rank: 1,
      boughtBefore: true,
      personalized: true,
      reason: { code: 'REPEAT', times: 2, lastAt: '2026-02-20T10:00:00.000Z', product: null },
    });
    expect(discover?.[0]).toEqual({
      product: { sku: 'milk' },
      rank: 1,
      boughtBefore: false,
      personalized: true,
      reason: { code: 'SIMILAR_TO', times: null, lastAt: null, product: { sku: 'tea' } },
    });
    expect(skus(discover)).not.toContain('tea');
  });

  it.each([
    ['without consent', { permissions: ['PERSONALIZATION'] }, 'WITHHELD'],
    ['without permissions', { permissions: null }, 'WITHHELD'],
    ['without pos', { posBaskets: null }, 'UNAVAILABLE'],
  ])('is what is popular %s, the same for everybody', async (_, changed, state) => {
    const [one, other] = await Promise.all([
      nextPurchase({ ...ada, ...changed }),
      nextPurchase({ ...ada, id: 'cus_0000000000000000bbbb', posBaskets: null, ...changed }),
    ]);
    expect(one).toEqual({ ...other, sourceStatus: { state } });
    expect(one.products?.map(({ product, personalized, reason }) => [product.sku, personalized, reason.code])[0]).toEqual([
      'bread',
      false,
      'POPULAR',
    ]);
  });

  it('leaves out what is in the cart', async () => {
    const cart = { state: 'OK', asOf, cart: [{ sku: 'tea', name: null, quantity: 1 }] };
    expect(skus((await nextPurchase({ ...ada, digitalSignals: cart })).products)).not.toContain('tea');
  });

  it('leaves out all that is in a large cart, not only the lines that are told with their names', async () => {
    const named = Array.from({ length: 20 }, (_, index) => ({ sku: `other ${index}`, name: null, quantity: 1 }));
    const digitalSignals = { state: 'OK', asOf, cart: named, cartSkus: ['tea', 'milk', ...named.map(({ sku }) => sku)] };
    const { products, discover } = await nextPurchase({ ...ada, digitalSignals });
    expect(skus(products)).not.toContain('tea');
    expect(skus(discover)).not.toContain('milk');
    expect(discover).not.toEqual([]);
  });

  it('lifts what was looked at lately, and says that it was', async () => {
    const ranks = async (digitalSignals: object) => {
      const { discover } = await nextPurchase({ ...ada, digitalSignals });
      return new Map((discover ?? []).map((shown) => [shown.product.sku, shown]));
    };
    const [without, sugar, both] = [await ranks(lookedAt()), await ranks(lookedAt('sugar')), await ranks(lookedAt('coffee', 'sugar'))];
    expect(without.get('sugar')).toBeUndefined();
    expect(sugar.get('sugar')).toEqual({
      product: { sku: 'sugar' },
      rank: expect.any(Number),
      boughtBefore: false,
      personalized: true,
      reason: { code: 'VIEWED', times: null, lastAt: null, product: null },
    });
    // Of two that go together, the one looked at last comes first.
    expect([...both.keys()].filter((sku) => sku === 'coffee' || sku === 'sugar')[0]).toBe('coffee');
    expect(both.get('milk')?.reason.code).toBe('SIMILAR_TO');
  });

  it('uses views of somebody who never bought anything', async () => {
    const posBaskets = { ...ada.posBaskets, baskets: [] };
    const shown = async (digitalSignals: object) => (await nextPurchase({ ...ada, posBaskets, digitalSignals })).discover;
    expect((await shown(lookedAt()))?.map(({ personalized, reason }) => [personalized, reason.code])).toEqual(
      Array(3).fill([false, 'POPULAR']),
    );
    expect(await shown(lookedAt('sugar'))).toContainEqual(
      expect.objectContaining({ product: { sku: 'sugar' }, personalized: true, reason: expect.objectContaining({ code: 'VIEWED' }) }),
    );
  });

  it('says which domains it rests on, and does without digital', async () => {
    const { data } = await domain.entities(
      'Customer',
      [ada, { ...ada, digitalSignals: null }],
      '{ nextPurchase { sources { service state } } }',
    );
    const pos = { service: 'pos', state: 'OK' };
    expect(data!._entities).toEqual([
      { nextPurchase: { sources: [pos, { service: 'digital', state: 'OK' }] } },
      { nextPurchase: { sources: [pos, { service: 'digital', state: 'UNAVAILABLE' }] } },
    ]);
    expect(skus((await nextPurchase({ ...ada, digitalSignals: null })).products)?.[0]).toBe('tea');
  });

  it('is not moved by views without consent', async () => {
    const withheld = { ...ada, permissions: ['PROFILING'] };
    expect(await nextPurchase({ ...withheld, digitalSignals: lookedAt('sugar') })).toEqual(await nextPurchase(withheld));
  });

  it('leaves out what the catalogue says can not be had, in one read, and takes the next best', async () => {
    await till.ingest('product', '', [
      { source: 'shop', sku: 'milk', availability: 'OUT_OF_STOCK', availability_at: '2026-02-28T00:00:00Z' },
      { source: 'shop', sku: 'bread', availability: 'LOW_STOCK', availability_at: '2026-02-28T00:00:00Z' },
    ]);
    const catalogue = openCatalogue(till.store);
    const version = { id: 'one' } as never;
    const customer = readNextPurchase(ada as never, NOW, { version, model: trained });
    till.calls.clear();
    const products = await rankedProducts(customer, { first: 2, newOnly: true }, catalogue);
    expect(till.calls.list).toEqual(['products.getMany']);
    expect(products?.map(({ product, rank }) => [product.sku, rank])).toEqual([
      ['bread', 1],
      [expect.stringMatching(/coffee|sugar/), 2],
    ]);
  });
});
