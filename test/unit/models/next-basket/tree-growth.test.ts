import { describe, expect, it } from 'vitest';
import { growTrees } from '../../../../models/next-basket/tree-growth.ts';
import { DEPTH, LEAVES, scoresOf } from '../../../../models/next-basket/trees.ts';
import { randomOf } from '../../../../models/random.ts';

const OPTIONS = { trees: 30, learningRate: 0.2, l2: 1, groupShare: 1, featureShare: 1, seed: 1 };

/** 300 groups of 10 rows of three features, of which the row with the highest product of the first two is bought. */
function examples() {
  const random = randomOf(3);
  const values = Float32Array.from({ length: 300 * 10 * 3 }, random);
  const label = new Uint8Array(3_000);
  for (let group = 0; group < 300; group++) {
    const worth = Array.from({ length: 10 }, (_, at) => values[(group * 10 + at) * 3]! * values[(group * 10 + at) * 3 + 1]!);
    label[group * 10 + worth.indexOf(Math.max(...worth))] = 1;
  }
  return { width: 3, rows: 3_000, values, label, groupStart: Int32Array.from({ length: 301 }, (_, group) => group * 10) };
}

describe('trees', () => {
  it('answer by the leaf that their questions lead to', () => {
    // One tree that asks feature 1 twice and feature 0 twice; answers yes, no, yes, yes are binary 1011.
    const leaf = new Float32Array(LEAVES);
    leaf[0b1011] = 7;
    const trees = { feature: Uint8Array.of(1, 1, 0, 0), threshold: Float32Array.of(0, 5, 1, 2), leaf };
    expect(DEPTH).toBe(4);
    expect([...scoresOf(trees, Float32Array.of(3, 4, 0, 0), 2, 2)]).toEqual([7, 0]);
  });

  it('learn which of a group is bought, from features together', () => {
    const data = examples();
    const scores = scoresOf(growTrees(data, OPTIONS), data.values, 3, data.rows);
    let first = 0;
    for (let group = 0; group < 300; group++) {
      const own = scores.subarray(group * 10, group * 10 + 10);
      if (data.label[group * 10 + own.indexOf(Math.max(...own))]) first++;
    }
    // By chance it would be 30.
    expect(first).toBeGreaterThan(240);
  });

  it('are equal for equal seeds, and take no notice of groups that bought nothing', () => {
    const data = examples();
    const trees = growTrees(data, { ...OPTIONS, groupShare: 0.5, featureShare: 0.7 });
    expect(growTrees(data, { ...OPTIONS, groupShare: 0.5, featureShare: 0.7 })).toEqual(trees);
    const none = growTrees({ ...data, label: new Uint8Array(3_000) }, OPTIONS);
    expect([...none.leaf].every((value) => value === 0)).toBe(true);
  });
});
