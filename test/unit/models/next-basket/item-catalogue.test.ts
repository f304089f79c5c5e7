import { describe, expect, it } from 'vitest';
import { catalogueOf, ItemCatalogueBuilder } from '../../../../models/next-basket/item-catalogue.ts';
import { tasteOf } from '../../../../models/next-basket/taste.ts';

const nothing = () => undefined;
/** One of each month, so that every month of the year was seen. */
function aYear(builder: ItemCatalogueBuilder, item: string, times: (month: number) => number): void {
  for (let month = 1; month <= 12; month++) for (let n = 0; n < times(month); n++) builder.add(item, month, null);
}

describe('an item catalogue', () => {
  it('keeps the category, and the price in the currency of most prices', () => {
    const products: Record<string, { category: string | null; priceMinor: number | null; currency: string | null }> = {
      tea: { category: 'drinks', priceMinor: 950, currency: 'EUR' },
      milk: { category: 'drinks', priceMinor: 129, currency: 'EUR' },
      yen: { category: null, priceMinor: 400, currency: 'JPY' },
    };
    const items = ['tea', 'milk', 'yen', 'unknown'];
    const kept = new ItemCatalogueBuilder().catalogue(items, (item) => products[item]);
    expect(kept.currency).toBe('EUR');
    expect(items.map(catalogueOf(items, kept))).toEqual([
      { category: 'drinks', priceMinor: 950 },
      { category: 'drinks', priceMinor: 129 },
      {},
      {},
    ]);
    expect(catalogueOf(items, kept)('of another shop')).toBeUndefined();
  });

  it('says in which months an item is bought: those with a quarter or more of what an even course would bring', () => {
    const builder = new ItemCatalogueBuilder();
    // 1,200 pieces of bread, 100 a month; 60 of ice cream, of which the two in October are 60 * (102 / 1260) * 0.25 = 1.2 or more, the one in January is less.
    aYear(builder, 'bread', () => 100);
    aYear(builder, 'ice cream', (month) => ({ 1: 1, 6: 19, 7: 19, 8: 19, 10: 2 })[month] ?? 0);
    aYear(builder, 'seldom', (month) => (month === 7 ? 59 : 0));
    const items = ['bread', 'ice cream', 'seldom'];
    const ask = catalogueOf(items, builder.catalogue(items, nothing));
    expect(ask('bread')?.months).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(ask('ice cream')?.months).toEqual([6, 7, 8, 10]);
    expect(ask('seldom')?.months).toBeUndefined();
  });

  it('says nothing of seasons where a month was never seen', () => {
    const builder = new ItemCatalogueBuilder();
    aYear(builder, 'bread', (month) => (month === 12 ? 0 : 100));
    expect(catalogueOf(['bread'], builder.catalogue(['bread'], nothing))('bread')).toEqual({});
  });

  it('leaves out a store that never sold an item though three were to be expected, and says nothing of fewer', () => {
    const builder = new ItemCatalogueBuilder();
    for (let n = 0; n < 30; n++) builder.add('bread', 1, n < 20 ? 'north' : 'south');
    // All of these in the north.
    for (let n = 0; n < 6; n++) builder.add('six', 1, 'north');
    for (let n = 0; n < 20; n++) builder.add('twenty', 1, 'north');
    const items = ['bread', 'six', 'twenty'];
    const ask = catalogueOf(items, builder.catalogue(items, nothing));
    // 10 of all 56 are in the south: of six 1.07, of twenty 3.57.
    expect([ask('six')?.stores, ask('twenty')?.stores]).toEqual([undefined, ['north']]);
    expect(ask('bread')?.stores).toBeUndefined();
  });
});

describe('taste', () => {
  const prices: Record<string, number> = { a: 100, b: 200, c: 300, d: 400, e: 500 };
  const catalogue = (item: string) =>
    prices[item] === undefined ? undefined : { category: item < 'c' ? 'low' : 'high', priceMinor: prices[item] };

  it('is the share of baskets with something of a category, and the middle half of prices', () => {
    expect(tasteOf([['a', 'b'], ['c', 'd', 'e'], ['a', 'e'], ['unknown']], catalogue)).toEqual({
      categories: { low: 0.5, high: 0.5 },
      // 100 100 200 300 400 500 500: the quartiles are the values at 1.5 and 4.5, rounded to 2 and 5.
      priceBand: { lowMinor: 200, highMinor: 500 },
    });
  });

  it('is nothing where nothing is known, and no band of three prices', () => {
    expect(tasteOf([], catalogue)).toEqual({});
    expect(tasteOf([['unknown']], catalogue)).toEqual({});
    expect(tasteOf([['a', 'b', 'c']], catalogue)).toEqual({ categories: { low: 1, high: 1 } });
  });
});
