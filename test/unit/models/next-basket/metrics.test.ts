import { describe, expect, it } from 'vitest';
import { ndcgAt, pairedBootstrap, recallAt } from '../../../../models/next-basket/metrics.ts';

describe('recall and NDCG', () => {
  const target = new Set(['a', 'b', 'c']);

  it('count hits at the first and third place of three as 2/3 and 1.5 / 2.1309', () => {
    // DCG 1 + 1/log2(4) = 1.5; ideal 1 + 1/log2(3) + 1/2 = 2.1309.
    expect(recallAt(10, ['a', 'x', 'c'], target)).toBeCloseTo(2 / 3, 10);
    expect(ndcgAt(10, ['a', 'x', 'c'], target)).toBeCloseTo(0.7039, 4);
  });

  it('ask no more of a list than its places can hold', () => {
    expect(ndcgAt(2, ['a', 'b', 'c'], target)).toBe(1);
    expect(recallAt(2, ['a', 'b', 'c'], target)).toBeCloseTo(2 / 3, 10);
  });

  it('do not see what stands behind place k', () => {
    expect(recallAt(1, ['x', 'a'], target)).toBe(0);
    expect(ndcgAt(1, ['x', 'a'], target)).toBe(0);
  });
});

describe('the paired bootstrap', () => {
  it('gives an interval without width where every customer differs by the same', () => {
    expect(pairedBootstrap([3, 4, 5], [1, 2, 3])).toEqual({ mean: 2, low: 2, high: 2 });
  });

  it('agrees with the normal interval on 400 differences of -1 and +1: 0 -+ 1.96 / 20', () => {
    const ours = Array.from({ length: 400 }, (_, at) => (at % 2 === 0 ? 1 : -1));
    const { mean, low, high } = pairedBootstrap(ours, new Float64Array(400), { resamples: 4_000 });
    expect(mean).toBe(0);
    expect(low).toBeGreaterThan(-0.108);
    expect(low).toBeLessThan(-0.088);
    expect(high).toBeGreaterThan(0.088);
    expect(high).toBeLessThan(0.108);
  });

  it('gives equal intervals for equal seeds', () => {
    const ours = [0.1, 0.5, 0.2, 0.9];
    expect(pairedBootstrap(ours, [0, 0, 0, 0], { seed: 7 })).toEqual(pairedBootstrap(ours, [0, 0, 0, 0], { seed: 7 }));
  });
});
