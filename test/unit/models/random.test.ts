import { expect, it } from 'vitest';
import { randomOf } from '../../../models/random.ts';

it('gives the numbers of mulberry32', () => {
  // Computed with a Python implementation of the published algorithm.
  const random = randomOf(42);
  expect([random(), random(), random()]).toEqual([0.6011037519201636, 0.44829055899754167, 0.8524657934904099]);
});
