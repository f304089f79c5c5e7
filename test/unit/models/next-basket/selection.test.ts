import { describe, expect, it } from 'vitest';
import { select } from '../../../../models/next-basket/selection.ts';

// Items 0 and 1 are much alike.
const SIMILARITY = { start: Int32Array.of(0, 1, 2, 2, 2, 2), neighbourOf: Int32Array.of(1, 0), weightOf: Float32Array.of(0.9, 0.9) };
const RANKED = [
  { item: 0, score: 1, isNew: false, category: 'tea' },
  { item: 1, score: 0.9, isNew: false, category: 'tea' },
  { item: 2, score: 0.8, isNew: false, category: 'jam' },
  { item: 3, score: 0.2, isNew: true, category: 'jam' },
  { item: 4, score: 0.1, isNew: true, category: undefined },
];
const chosen = (rules: Parameters<typeof select>[1]) => select(RANKED, rules, SIMILARITY).map(({ item }) => item);

describe('a selection', () => {
  it('is the best without rules', () => {
    expect(chosen({ first: 3 })).toEqual([0, 1, 2]);
  });

  it('keeps room for what is new, and no more than it may', () => {
    expect(chosen({ first: 4, newShare: { least: 0.5 } })).toEqual([0, 1, 3, 4]);
    expect(chosen({ first: 5, newShare: { most: 0.2 } })).toEqual([0, 1, 2, 3]);
  });

  it('fills up with what is not new where too little is', () => {
    expect(chosen({ first: 5, newShare: { least: 1 } })).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes a category as often as it may', () => {
    expect(chosen({ first: 5, mostPerCategory: 1 })).toEqual([0, 2, 4]);
  });

  it('puts what is unlike before what is alike: 0.5 * 0.8 beats 0.5 * 0.9 - 0.5 * 0.9', () => {
    expect(chosen({ first: 3, diversity: 0.5 })).toEqual([0, 2, 3]);
  });
});
