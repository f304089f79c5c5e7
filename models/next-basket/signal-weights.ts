import { SIGNAL_NAMES, SIGNALS, type SignalName } from './signals.ts';

export type SignalWeights = Readonly<Record<SignalName, number>>;

/** Candidates of customers whose signals are known, with what they bought then. */
export interface SignalExamples {
  /** By row the values in the order of SIGNAL_NAMES. */
  readonly values: Float32Array;
  /** What the trees say of each row. */
  readonly score: Float32Array;
  readonly label: Uint8Array;
  readonly groupStart: Int32Array;
}

const WIDTH = SIGNAL_NAMES.length;
/** Standard deviation of a true weight about the judged one. */
const SPREAD = 1;
const STEPS = 20;

/** The judged weights. */
export function judgedWeights(): SignalWeights {
  return { ...SIGNALS };
}

/**
 * Weights that make the purchases likeliest beside the trees, drawn to the judged ones by a normal prior: the posterior mode of a conditional
 * logit (McFadden 1974) over each customer's candidates, by Newton's method. A signal that no example has keeps its judged weight.
 */
export function fitSignalWeights(examples: SignalExamples): SignalWeights {
  const judged = SIGNAL_NAMES.map((name) => SIGNALS[name] as number);
  const weights = [...judged];
  for (let step = 0; step < STEPS; step++) {
    const { gradient, curvature } = derivatives(examples, weights);
    for (let i = 0; i < WIDTH; i++) {
      gradient[i]! -= (weights[i]! - judged[i]!) / SPREAD ** 2;
      curvature[i * WIDTH + i]! += 1 / SPREAD ** 2;
    }
    const change = solved(curvature, gradient);
    for (let i = 0; i < WIDTH; i++) weights[i]! += Math.max(-1, Math.min(1, change[i]!));
    if (change.every((value) => Math.abs(value) < 1e-6)) break;
  }
  return Object.fromEntries(SIGNAL_NAMES.map((name, i) => [name, weights[i]!])) as SignalWeights;
}

/** Of the log-likelihood: its gradient, and its curvature with the sign turned, row by row. */
function derivatives({ values, score, label, groupStart }: SignalExamples, weights: readonly number[]) {
  const gradient = new Float64Array(WIDTH);
  const curvature = new Float64Array(WIDTH * WIDTH);
  for (let group = 0; group + 1 < groupStart.length; group++) {
    const from = groupStart[group]!;
    const to = groupStart[group + 1]!;
    let highest = Number.NEGATIVE_INFINITY;
    const utility = new Float64Array(to - from);
    for (let row = from; row < to; row++) {
      let sum = score[row]!;
      for (let i = 0; i < WIDTH; i++) sum += weights[i]! * values[row * WIDTH + i]!;
      utility[row - from] = sum;
      highest = Math.max(highest, sum);
    }
    let all = 0;
    let bought = 0;
    const mean = new Float64Array(WIDTH);
    const square = new Float64Array(WIDTH * WIDTH);
    for (let row = from; row < to; row++) {
      const share = Math.exp(utility[row - from]! - highest);
      all += share;
      bought += label[row]!;
      for (let i = 0; i < WIDTH; i++) {
        const value = values[row * WIDTH + i]!;
        gradient[i]! += label[row]! * value;
        if (value === 0) continue;
        mean[i]! += share * value;
        for (let j = 0; j < WIDTH; j++) square[i * WIDTH + j]! += share * value * values[row * WIDTH + j]!;
      }
    }
    for (let i = 0; i < WIDTH; i++) {
      gradient[i]! -= (bought * mean[i]!) / all;
      for (let j = 0; j < WIDTH; j++)
        curvature[i * WIDTH + j]! += bought * (square[i * WIDTH + j]! / all - (mean[i]! / all) * (mean[j]! / all));
    }
  }
  return { gradient, curvature };
}

/** x of A x = b for a symmetric positive definite A, by elimination. */
function solved(matrix: Float64Array, right: Float64Array): Float64Array {
  const a = matrix.slice();
  const x = right.slice();
  for (let pivot = 0; pivot < WIDTH; pivot++) {
    for (let row = pivot + 1; row < WIDTH; row++) {
      const factor = a[row * WIDTH + pivot]! / a[pivot * WIDTH + pivot]!;
      for (let column = pivot; column < WIDTH; column++) a[row * WIDTH + column]! -= factor * a[pivot * WIDTH + column]!;
      x[row]! -= factor * x[pivot]!;
    }
  }
  for (let row = WIDTH - 1; row >= 0; row--) {
    for (let column = row + 1; column < WIDTH; column++) x[row]! -= a[row * WIDTH + column]! * x[column]!;
    x[row]! /= a[row * WIDTH + row]!;
  }
  return x;
}
