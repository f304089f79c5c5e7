import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../../../models/next-basket/baskets.ts';
import type { NextBasketModel } from '../../../../models/next-basket/next-basket-model.ts';
import { NextBasketRanker } from '../../../../models/next-basket/ranker.ts';
import type { Signals } from '../../../../models/next-basket/signals.ts';
import { trainNextBasket } from '../../../../models/next-basket/training.ts';
import { randomOf } from '../../../../models/random.ts';

/** Six customers: too few to learn a blend from. */
const FEW = historyOf([
  [
    'ada',
    [
      ['tea', 'milk'],
      ['tea', 'kettle'],
    ],
  ],
  ['ben', [['tea', 'kettle']]],
  ['cem', [['milk', 'bread']]],
  ['dot', [['milk', 'bread']]],
  ['eva', [['milk']]],
  ['fay', [['salt']]],
]);

/** Customers who alternate between two of their own items, so that what they bought most often is not what they buy next. */
function alternating() {
  const random = randomOf(5);
  return historyOf(
    Array.from({ length: 250 }, (_, customer) => {
      const [one, other] = [`item-${Math.floor(random() * 40)}`, `other-${Math.floor(random() * 40)}`];
      const length = 4 + Math.floor(random() * 5);
      return [`customer-${customer}`, Array.from({ length }, (_, at) => [at % 2 === 0 ? one : other])] as const;
    }),
  );
}

/** As models are stored. */
const packr = new Packr({ moreTypes: true, useRecords: false });

const baskets = [
  { items: ['tea', 'milk'], atMs: 1_000 },
  { items: ['tea'], atMs: 2_000 },
];
const items = (ranked: readonly { readonly item: string }[]) => ranked.map(({ item }) => item);

describe('a ranker of few customers', () => {
  const model = trainNextBasket(FEW);
  const ranker = new NextBasketRanker(model);

  it('keeps to the floor: what was bought most often, then what is popular', () => {
    expect(model).toMatchObject({ kind: 'next-basket', format: 1, method: 'FLOOR', trees: null, validation: null });
    expect(items(ranker.rank({ baskets }))).toEqual(['tea', 'milk', 'kettle', 'bread', 'salt']);
    expect(ranker.rank({ baskets })).toEqual(ranker.fallback({ baskets }));
  });

  it('says how often and when last, and what is only popular', () => {
    const [tea, , kettle] = ranker.rank({ baskets });
    expect(tea).toMatchObject({ isNew: false, reason: { code: 'REPEAT', times: 2, lastAtMs: 2_000 } });
    expect(kettle).toMatchObject({ isNew: true, reason: { code: 'POPULAR' } });
  });

  it('discovers what was never bought, by what the customer bought that is like it', () => {
    const [kettle, bread] = ranker.discover({ baskets: [{ items: ['tea'] }] });
    expect(kettle).toMatchObject({ item: 'kettle', isNew: true, reason: { code: 'SIMILAR_TO', item: 'tea' } });
    expect(items(ranker.discover({ baskets }))).not.toContain('milk');
    expect(bread).toBeDefined();
  });

  it('ranks what is popular for someone of whom nothing is known', () => {
    expect(items(ranker.rank({ baskets: [], first: 2 }))).toEqual(['milk', 'tea']);
    expect(items(ranker.rank({ baskets: [{ items: ['of another shop'] }], first: 2 }))).toEqual(['milk', 'tea']);
  });

  it('ranks nothing that is excluded, in the cart, out of stock, or durable and bought', () => {
    const excluded = ranker.rank({ baskets, isExcluded: (item) => item === 'milk', signals: { cart: ['bread'] } });
    expect(items(excluded)).not.toContain('milk');
    expect(items(excluded)).not.toContain('bread');
    const stocked = new NextBasketRanker(model, (item) => ({ available: item !== 'salt', durable: item === 'tea' || item === 'kettle' }));
    expect(items(stocked.rank({ baskets }))).toEqual(['milk', 'kettle', 'bread']);
    expect(items(stocked.discover({ baskets }))).not.toContain('salt');
  });

  it('lifts what was viewed, and says so', () => {
    const place = (signals: Signals) => items(ranker.rank({ baskets, signals })).indexOf('salt');
    expect(place({ viewed: ['salt'] })).toBeLessThan(place({}));
    const salt = ranker.discover({ baskets, signals: { viewed: ['salt'] } }).find(({ item }) => item === 'salt');
    expect(salt).toMatchObject({ isNew: true, reason: { code: 'VIEWED' } });
  });
});

describe('a ranker of many customers', () => {
  const history = alternating();
  const model = trainNextBasket(history);
  const ranker = new NextBasketRanker(model);
  const thrice = [['item-1'], ['other-2'], ['item-1']].map((basket) => ({ items: basket }));

  it('learns more than frequency where there is more to learn', () => {
    expect(model.method).toBe('BLEND');
    expect(model.validation!.blend.ndcgAt10).toBeGreaterThan(model.validation!.floor.ndcgAt10);
    expect(items(ranker.fallback({ baskets: thrice, first: 1 }))).toEqual(['item-1']);
    expect(items(ranker.rank({ baskets: thrice, first: 1 }))).toEqual(['other-2']);
  });

  it('gives scores that are shares of the next basket, highest first', () => {
    const scores = ranker.rank({ baskets: thrice, first: 50 }).map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(scores.reduce((sum, score) => sum + score, 0)).toBeLessThanOrEqual(1.000_001);
    expect(scores[0]).toBeGreaterThan(0.5);
  });

  it('ranks the same after other customers were ranked, and by a model that was stored', () => {
    const before = ranker.rank({ baskets: thrice });
    ranker.rank({ baskets: [{ items: ['item-7', 'other-7'] }], signals: { viewed: ['item-3'] } });
    ranker.fallback({ baskets });
    expect(ranker.rank({ baskets: thrice })).toEqual(before);
    const stored = packr.unpack(packr.pack(model)) as NextBasketModel;
    expect(new NextBasketRanker(stored).rank({ baskets: thrice })).toEqual(before);
  });

  it('is trained the same from the same history and seed', () => {
    expect(packr.pack(trainNextBasket(history)).equals(packr.pack(model))).toBe(true);
  });

  it('learns how much a signal is worth from what customers bought after it', () => {
    // Nobody has habits, and everybody viewed what they bought last.
    const random = randomOf(9);
    const byChance = historyOf(
      Array.from(
        { length: 300 },
        (_, at) => [`customer-${at}`, Array.from({ length: 4 }, () => [`item-${Math.floor(random() * 30)}`])] as const,
      ),
    );
    const lastOf = (customer: string) => {
      const basket = byChance.customerStart[byChance.customers.indexOf(customer) + 1]! - 1;
      return byChance.items[byChance.itemOf[byChance.basketStart[basket]!]!]!;
    };
    const signals = { catalogue: () => undefined, of: (customer: string) => ({ viewed: [lastOf(customer)] }) };
    const { signalWeights } = trainNextBasket(byChance, { signals });
    expect(signalWeights.viewed).toBeGreaterThan(3);
    expect(signalWeights.nearCart).toBeCloseTo(1.5, 6);
  });
});
