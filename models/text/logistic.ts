/**
 * L2-regularised logistic regression on sparse rows, by dual coordinate descent: Yu, Huang & Lin 2011, "Dual coordinate descent methods for
 * logistic regression and maximum entropy models", Machine Learning 85, algorithm 5 (the method of LIBLINEAR's solver 7). It minimises
 *
 *   1/2 |w|^2 + sum_i C ln(1 + exp(-y_i w.x_i)),   y_i in {-1, +1}
 *
 * which has one minimum: seed and order of the rows move the answer only within the tolerance.
 */
import { randomOf } from '../random.ts';
import type { FeatureMatrix } from './features.ts';

export interface LogisticOptions {
  /** How many features there may be; indices are below it. */
  readonly size: number;
  /** What a row's loss weighs against the penalty: C. */
  readonly cost: number;
  readonly seed: number;
  /** Ends when no coordinate's gradient was larger than this in a pass. */
  readonly tolerance?: number;
  readonly maxPasses?: number;
}

export interface LogisticWeights {
  readonly weights: Float32Array;
  /** The weight of a feature that is 1 in every row; penalised like the others. */
  readonly bias: number;
  readonly passes: number;
}

/** Newton steps within one coordinate; a coordinate needs two or three. */
const MAX_NEWTON_STEPS = 100;
/** What is left of a coordinate's value when a Newton step would leave the open interval (0, C). */
const SHRINK = 0.1;
const MIN_INNER_TOLERANCE = 1e-8;

/** Fits the rows named in `rows`; `positive[row]` is 1 or 0. */
export function trainLogistic(features: FeatureMatrix, positive: Uint8Array, rows: Int32Array, options: LogisticOptions): LogisticWeights {
  const { size, cost, seed, tolerance = 0.1, maxPasses = 100 } = options;
  const { offsets, values } = features;
  const random = randomOf(seed);
  const order = Int32Array.from(rows);
  const weights = new Float64Array(size);
  let bias = 0;
  // Alpha and C - alpha, side by side: near either end the difference would lose its digits.
  const alpha = new Float64Array(2 * positive.length);
  const squares = new Float64Array(positive.length);
  const smallest = Math.min(0.001 * cost, 1e-8);
  for (const row of order) {
    alpha[2 * row] = smallest;
    alpha[2 * row + 1] = cost - smallest;
    let square = 1;
    for (let entry = offsets[row]!, end = offsets[row + 1]!; entry < end; entry++) square += values[entry]! * values[entry]!;
    squares[row] = square;
    const step = positive[row] === 1 ? smallest : -smallest;
    addRow(weights, features, row, step);
    bias += step;
  }

  let innerTolerance = 0.01;
  let passes = 0;
  while (passes < maxPasses) {
    passes++;
    shuffle(order, random);
    let largestGradient = 0;
    let steps = 0;
    for (const row of order) {
      const sign = positive[row] === 1 ? 1 : -1;
      const a = squares[row]!;
      const b = sign * (bias + rowDot(weights, features, row));
      // The end of the interval to which the minimum is nearer is the one to measure from.
      const upper = 0.5 * a * (alpha[2 * row + 1]! - alpha[2 * row]!) + b < 0;
      const first = upper ? 2 * row + 1 : 2 * row;
      const direction = upper ? -1 : 1;
      const old = alpha[first]!;
      let z = cost - old < 0.5 * cost ? 0.1 * old : old;
      let gradient = a * (z - old) + direction * b + Math.log(z / (cost - z));
      largestGradient = Math.max(largestGradient, Math.abs(gradient));
      let taken = 0;
      while (taken < MAX_NEWTON_STEPS && Math.abs(gradient) >= innerTolerance) {
        const next = z - gradient / (a + cost / (cost - z) / z);
        z = next <= 0 ? z * SHRINK : next;
        gradient = a * (z - old) + direction * b + Math.log(z / (cost - z));
        taken++;
      }
      if (taken === 0) continue;
      steps += taken;
      alpha[first] = z;
      alpha[first ^ 1] = cost - z;
      const step = direction * (z - old) * sign;
      addRow(weights, features, row, step);
      bias += step;
    }
    if (largestGradient < tolerance) break;
    if (steps <= order.length / 10) innerTolerance = Math.max(MIN_INNER_TOLERANCE, 0.1 * innerTolerance);
  }
  return { weights: Float32Array.from(weights), bias, passes };
}

/** w.x + bias of one row: the logarithm of the odds before calibration. */
export function margin(
  { weights, bias }: Pick<LogisticWeights, 'weights' | 'bias'>,
  { indices, values }: Pick<FeatureMatrix, 'indices' | 'values'>,
  start: number,
  end: number,
): number {
  let sum = bias;
  for (let entry = start; entry < end; entry++) sum += weights[indices[entry]!]! * values[entry]!;
  return sum;
}

// Functions of their own, for the compiler makes loops of these a sixth as costly as inside the long function above.

function rowDot(weights: Float64Array, { offsets, indices, values }: FeatureMatrix, row: number): number {
  const end = offsets[row + 1]!;
  let sum = 0;
  for (let entry = offsets[row]!; entry < end; entry++) sum += weights[indices[entry]!]! * values[entry]!;
  return sum;
}

function addRow(weights: Float64Array, { offsets, indices, values }: FeatureMatrix, row: number, step: number): void {
  const end = offsets[row + 1]!;
  for (let entry = offsets[row]!; entry < end; entry++) weights[indices[entry]!]! += step * values[entry]!;
}

/** Fisher-Yates. */
function shuffle(order: Int32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const held = order[last]!;
    order[last] = order[other]!;
    order[other] = held;
  }
}
