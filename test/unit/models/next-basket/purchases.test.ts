import { describe, expect, it } from 'vitest';
import { historyOf } from '../../../../models/next-basket/baskets.ts';
import { personalTop, popularityRanks } from '../../../../models/next-basket/personal-top.ts';
import { MOST_ITEMS, Purchases } from '../../../../models/next-basket/purchases.ts';

function read(baskets: string[][]) {
  const history = historyOf([['ada', baskets]]);
  const purchases = new Purchases(history.items.length);
  purchases.read(history.basketStart, history.itemOf, 0, baskets.length);
  return { purchases, items: history.items };
}

describe('purchases', () => {
  it('say how often an item was bought, when first and last, and how much of it lately', () => {
    const { purchases } = read([['milk', 'tea'], ['tea'], ['milk', 'bread']]);
    const place = purchases.placeOf(0);
    expect(purchases).toMatchObject({ baskets: 3, bought: 5, size: 3, lastBasketSize: 2 });
    expect([purchases.count[place], purchases.firstAge[place], purchases.lastAge[place]]).toEqual([2, 2, 0]);
    expect(purchases.fast[place]).toBeCloseTo(0.6 ** 2 + 1, 6);
    expect(purchases.slow[place]).toBeCloseTo(0.9 ** 2 + 1, 6);
  });

  it('forget the customer before', () => {
    const history = historyOf([
      ['ada', [['milk']]],
      ['ben', [['tea']]],
    ]);
    const purchases = new Purchases(2);
    purchases.read(history.basketStart, history.itemOf, 0, 1);
    purchases.read(history.basketStart, history.itemOf, 1, 2);
    expect([purchases.size, purchases.placeOf(0), purchases.placeOf(1)]).toEqual([1, -1, 0]);
  });

  it('keep the 200 items bought most often, of equals the last bought', () => {
    const once = Array.from({ length: 300 }, (_, at) => [`once-${at}`]);
    const { purchases, items } = read([['often'], ...once, ['often']]);
    expect(purchases.size).toBe(MOST_ITEMS);
    expect(purchases.placeOf(items.indexOf('often'))).toBeGreaterThanOrEqual(0);
    expect(purchases.placeOf(items.indexOf('once-299'))).toBeGreaterThanOrEqual(0);
    expect(purchases.placeOf(items.indexOf('once-0'))).toBe(-1);
  });
});

describe('personal top', () => {
  it('is by the own baskets first, then by everybody`s, then by the last purchase', () => {
    const { purchases, items } = read([['milk', 'tea', 'rare'], ['tea', 'jam'], ['salt']]);
    const popularity = new Float32Array(items.length);
    for (const [item, baskets] of [
      ['milk', 50],
      ['tea', 2],
      ['rare', 1],
      ['jam', 9],
      ['salt', 9],
    ] as const)
      popularity[items.indexOf(item)] = baskets;
    const places = personalTop(purchases, popularityRanks(popularity));
    expect(Array.from(places, (place) => items[purchases.item[place]!])).toEqual(['tea', 'milk', 'salt', 'jam', 'rare']);
  });
});
