import { expect, it } from 'vitest';
import { margin, trainLogistic } from '../../../../models/text/logistic.ts';

function dense(rows: readonly (readonly number[])[]) {
  const size = rows[0]!.length;
  return {
    offsets: Int32Array.from({ length: rows.length + 1 }, (_, row) => row * size),
    indices: Int32Array.from(rows.flatMap((row) => row.map((_, index) => index))),
    values: Float32Array.from(rows.flat()),
  };
}

it('finds the minimum that can be calculated by hand', () => {
  // One row for each class: by symmetry w = (v, -v) and no bias, with v (1 + e^v) = C = 1, so v = 0.401058.
  const fit = trainLogistic(
    dense([
      [1, 0],
      [0, 1],
    ]),
    Uint8Array.of(1, 0),
    Int32Array.of(0, 1),
    { size: 2, cost: 1, seed: 1, tolerance: 1e-9 },
  );
  expect(fit.weights[0]).toBeCloseTo(0.401058, 5);
  expect(fit.weights[1]).toBeCloseTo(-0.401058, 5);
  expect(fit.bias).toBeCloseTo(0, 6);
});

const FEATURES = dense([
  [1, 0.5, 0],
  [0.25, 1, 0],
  [0, 1, 1],
  [1, 0, 0.5],
  [0, 0, 1],
  [9, 9, 9],
]);
const POSITIVE = Uint8Array.of(1, 1, 0, 1, 0, 0);

it("agrees with Newton's method on the primal problem, leaving out the rows that were not named", () => {
  const fit = trainLogistic(FEATURES, POSITIVE, Int32Array.of(0, 1, 2, 3, 4), {
    size: 3,
    cost: 2,
    seed: 5,
    tolerance: 1e-9,
    maxPasses: 1000,
  });
  // Newton's method in Python, C = 2, the bias as a feature that is 1.
  [1.1226354, 0.1455579, -1.0439977].forEach((expected, index) => {
    expect(fit.weights[index]).toBeCloseTo(expected, 5);
  });
  expect(fit.bias).toBeCloseTo(0.2811068, 5);
});

it('gives the same weights for the same seed', () => {
  const options = { size: 3, cost: 2, seed: 9, maxPasses: 2 };
  const once = trainLogistic(FEATURES, POSITIVE, Int32Array.of(0, 1, 2, 3, 4), options);
  expect(trainLogistic(FEATURES, POSITIVE, Int32Array.of(0, 1, 2, 3, 4), options)).toEqual(once);
});

it('takes a margin of the entries that it is given', () => {
  // 0.5 + 1 * 2 + 0.5 * -1
  expect(margin({ weights: Float32Array.of(2, -1, 7), bias: 0.5 }, FEATURES, 0, 2)).toBe(2);
});
