import { describe, expect, it } from 'vitest';
import { clusterOf, trainClusters } from '../../../../models/customer-base/clusters.ts';
import { rfmFeatures, rowsOf } from '../../../../models/customer-base/features.ts';
import { purchaseHistories } from '../../../../models/customer-base/history.ts';
import { randomOf } from '../../../../models/random.ts';

const random = randomOf(5);
/** 60 customers about (0, 0), 30 about (10, 0) and 10 about (0, 500). */
const GROUPS = [...Array(60).fill([0, 0]), ...Array(30).fill([10, 0]), ...Array(10).fill([0, 500])] as [number, number][];
const TABLE = {
  names: ['visits', 'spend'],
  values: Float64Array.from(GROUPS.flatMap(([visits, spend]) => [visits + random(), spend + 20 * random()])),
};

describe('clusters', () => {
  it('finds groups that lie apart, the largest first, with their middles', () => {
    const { clusters, customers } = trainClusters(TABLE, { count: 3, seed: 1 });
    expect(customers).toBe(100);
    expect(clusters.map(({ size }) => size)).toEqual([60, 30, 10]);
    expect(clusters.map(({ centre }) => centre.length)).toEqual([2, 2, 2]);
    expect(clusters[1]!.centre[0]).toBeCloseTo(10.5, 0);
    expect(clusters[2]!.centre[1]).toBeGreaterThan(500);
  });

  it.each([1, 2, 3, 4, 5])('finds them from seed %d as well', (seed) => {
    expect(trainClusters(TABLE, { count: 3, seed }).clusters.map(({ size }) => size)).toEqual([60, 30, 10]);
  });

  it('is the same for the same seed', () => {
    expect(trainClusters(TABLE, { count: 4, seed: 9 })).toEqual(trainClusters(TABLE, { count: 4, seed: 9 }));
  });

  it('says of a member by what he stands out from all', () => {
    const model = trainClusters(TABLE, { count: 3, seed: 1 });
    const { cluster, reasons } = clusterOf(model, [0.5, 510], 1);
    expect(cluster).toBe(2);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatchObject({ feature: 'spend', value: 510 });
    expect(reasons[0]!.mean).toBeGreaterThan(50);
    expect(reasons[0]!.mean).toBeLessThan(70);
    // (510 - 60) / 150, the standard deviation of one tenth at 500 and the rest at 0.
    expect(reasons[0]!.deviations).toBeCloseTo(3, 0);
  });

  it('makes fewer clusters of fewer different customers, also where a feature is the same for all', () => {
    const { clusters } = trainClusters(
      { names: ['a', 'b'], values: Float64Array.of(1, 0.1, 1, 0.1, 2, 0.1, 2, 0.1) },
      { count: 4, seed: 1 },
    );
    expect(clusters.map(({ size, centre }) => [size, centre[0]])).toEqual(
      expect.arrayContaining([
        [2, 1],
        [2, 2],
      ]),
    );
    expect(clusters).toHaveLength(2);
  });

  it('refuses more clusters than customers, and what is no number', () => {
    expect(() => trainClusters({ names: ['a'], values: Float64Array.of(1) }, { count: 2, seed: 1 })).toThrow(RangeError);
    expect(() => rowsOf({ names: ['a', 'b'], values: Float64Array.of(1, 2, 3) })).toThrow('3 values are not whole rows of 2 features.');
    expect(() => rowsOf({ names: ['a', 'b'], values: Float64Array.of(1, 2, 3, Number.NaN) })).toThrow('b of the customer at 1 is NaN.');
  });
});

describe('features of a base', () => {
  it('are logarithms of silence, purchases and spend a day', () => {
    const purchases = [0, 7].map((day) => ({ customer: 'ada', day, amountMinor: 500 + 100 * day }));
    const { names, values } = rfmFeatures(purchaseHistories(purchases, { currency: 'EUR', untilDay: 28 }));
    expect(names).toEqual(['silence', 'purchases', 'spend']);
    expect(Array.from(values, Math.expm1).map((value) => Math.round(1e6 * value) / 1e6)).toEqual([3, 2, 850]);
  });
});
