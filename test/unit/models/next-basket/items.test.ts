import { describe, expect, it } from 'vitest';
import { historyOf } from '../../../../models/next-basket/baskets.ts';
import { BestOf } from '../../../../models/next-basket/best-of.ts';
import { itemSimilarity } from '../../../../models/next-basket/item-similarity.ts';
import { itemStatistics } from '../../../../models/next-basket/item-statistics.ts';

describe('item statistics', () => {
  // milk: ada in baskets 1, 3; ben in 1. tea: ada in 2.
  const history = historyOf([
    ['ada', [['milk'], ['tea'], ['milk']]],
    ['ben', [['milk']]],
  ]);
  const { baskets, lately, repeatRate, meanGap } = itemStatistics(history);

  it('count baskets, and the last ones more than those before', () => {
    expect([...baskets]).toEqual([3, 1]);
    expect([...lately]).toEqual([0.25 + 1 + 1, 0.5]);
  });

  it('draw the share of baskets that repeat an item, and its gap, to those of the base', () => {
    // Chances to repeat: milk 2 of ada and 0 of ben, tea 1; one was taken, so the base repeats at 1/3, and its one gap is of 2 baskets.
    expect(repeatRate[0]).toBeCloseTo((1 + 20 / 3) / 22, 6);
    expect(repeatRate[1]).toBeCloseTo((0 + 20 / 3) / 21, 6);
    expect(meanGap[0]).toBeCloseTo((2 + 2 * 5) / 6, 6);
    expect(meanGap[1]).toBeCloseTo(2, 6);
  });
});

describe('item similarity', () => {
  const history = historyOf([
    ['ada', [['milk', 'bread']]],
    ['ben', [['milk'], ['bread']]],
    ['cem', [['milk', 'tea']]],
  ]);
  const weightsOf = (neighbours: number) => {
    const { start, neighbourOf, weightOf } = itemSimilarity(history, { neighbours, shrinkage: 1 });
    return history.items.map((item, at) => [
      item,
      ...Array.from({ length: start[at + 1]! - start[at]! }, (_, k) => {
        const place = start[at]! + k;
        return [history.items[neighbourOf[place]!], Number(weightOf[place]!.toFixed(4))];
      }),
    ]);
  };

  it('is the cosine over customers, shrunk by how many they have in common', () => {
    // All customers have two items, so their weights cancel: milk and bread 2 / sqrt(3 * 2) * 2/3 = 0.5443, milk and tea 1 / sqrt(3) * 1/2 = 0.2887.
    expect(weightsOf(50)).toEqual([
      ['milk', ['bread', 0.5443], ['tea', 0.2887]],
      ['bread', ['milk', 0.5443]],
      ['tea', ['milk', 0.2887]],
    ]);
  });

  it('keeps as many neighbours as it was told, the nearest', () => {
    expect(weightsOf(1)[0]).toEqual(['milk', ['bread', 0.5443]]);
  });

  it('counts the last items of a long history only', () => {
    const { start } = itemSimilarity(historyOf([['ada', [['milk'], ['bread'], ['tea']]]]), { itemsPerCustomer: 2 });
    expect([...start]).toEqual([0, 0, 1, 2]);
  });
});

describe('the best of many', () => {
  it('are the highest in order, of equals the lower item', () => {
    const best = new BestOf(3);
    for (const [item, score] of [
      [5, 0.2],
      [9, 0.7],
      [2, 0.5],
      [1, 0.5],
      [8, 0.1],
      [7, 0.5],
    ] as const)
      best.offer(item, score);
    const items = new Int32Array(3);
    expect(best.drainInto(items, new Float32Array(3), 0)).toBe(3);
    expect([...items]).toEqual([9, 1, 2]);
  });
});
