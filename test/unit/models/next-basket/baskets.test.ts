import { describe, expect, it } from 'vitest';
import { historyOf, withoutLastBaskets } from '../../../../models/next-basket/baskets.ts';

const history = historyOf([
  ['ada', [['milk', 'bread', 'milk'], ['milk']]],
  ['ben', [[]]],
  ['cem', [['tea'], [], ['bread', 'tea']]],
]);

describe('a history', () => {
  it('has each item once a basket, baskets in order, and no empty baskets or customers', () => {
    expect(history.customers).toEqual(['ada', 'cem']);
    expect(history.items).toEqual(['milk', 'bread', 'tea']);
    expect([...history.customerStart]).toEqual([0, 2, 4]);
    expect([...history.basketStart]).toEqual([0, 2, 3, 4, 6]);
    expect([...history.itemOf]).toEqual([0, 1, 0, 2, 1, 2]);
  });

  it('without last baskets keeps customers and items, so that indices stay what they are', () => {
    const before = withoutLastBaskets(history);
    expect(before.customers).toEqual(['ada', 'cem']);
    expect(before.items).toEqual(['milk', 'bread', 'tea']);
    expect([...before.customerStart]).toEqual([0, 1, 2]);
    expect([...before.itemOf]).toEqual([0, 1, 2]);
    expect([...withoutLastBaskets(before).customerStart]).toEqual([0, 0, 0]);
  });
});
