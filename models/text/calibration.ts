/**
 * Platt scaling: from a classifier's margin to a probability by a sigmoid. Platt 1999, with the regularised targets and the Newton method of
 * Lin, Lin & Weng 2007, "A note on Platt's probabilistic outputs for support vector machines", algorithm 1. A sigmoid and not isotonic
 * steps, for it keeps the order of texts and needs few of them.
 */

/** probability = 1 / (1 + exp(-(slope * margin + intercept))). */
export interface PlattScale {
  readonly slope: number;
  readonly intercept: number;
}

const MAX_ITERATIONS = 100;
const RIDGE = 1e-12;
const GRADIENT_TOLERANCE = 1e-9;
const SHORTEST_STEP = 1e-10;

/** Fits margins of rows that the classifier did not learn from. `positive` holds 1 and 0; both have to occur. */
export function trainPlatt(margins: Float64Array, positive: Uint8Array): PlattScale {
  const total = margins.length;
  let positives = 0;
  for (const label of positive) positives += label;
  const negatives = total - positives;
  // Targets short of 1 and 0, so that a set that can be told apart perfectly does not end in certainty.
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);

  let slope = 0;
  let intercept = Math.log((positives + 1) / (negatives + 1));
  const lossAt = (a: number, b: number): number => {
    let loss = 0;
    for (let row = 0; row < total; row++) {
      const z = a * margins[row]! + b;
      const target = positive[row] === 1 ? high : low;
      // -[t ln p + (1 - t) ln(1 - p)], without ever taking the exponential of a large number.
      loss += z >= 0 ? (1 - target) * z + Math.log1p(Math.exp(-z)) : -target * z + Math.log1p(Math.exp(z));
    }
    return loss;
  };

  let loss = lossAt(slope, intercept);
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    let h11 = RIDGE;
    let h22 = RIDGE;
    let h21 = 0;
    let g1 = 0;
    let g2 = 0;
    for (let row = 0; row < total; row++) {
      const m = margins[row]!;
      const p = sigmoid(slope * m + intercept);
      const curvature = p * (1 - p);
      const difference = p - (positive[row] === 1 ? high : low);
      h11 += m * m * curvature;
      h22 += curvature;
      h21 += m * curvature;
      g1 += m * difference;
      g2 += difference;
    }
    if (Math.abs(g1) < GRADIENT_TOLERANCE && Math.abs(g2) < GRADIENT_TOLERANCE) break;
    const determinant = h11 * h22 - h21 * h21;
    const da = -(h22 * g1 - h21 * g2) / determinant;
    const db = -(h11 * g2 - h21 * g1) / determinant;
    const descent = g1 * da + g2 * db;
    let step = 1;
    let next = lossAt(slope + da, intercept + db);
    while (next >= loss + 1e-4 * step * descent && step >= SHORTEST_STEP) {
      step /= 2;
      next = lossAt(slope + step * da, intercept + step * db);
    }
    if (step < SHORTEST_STEP) break;
    slope += step * da;
    intercept += step * db;
    loss = next;
  }
  return { slope, intercept };
}

/** The probability for a margin. */
export function calibrated({ slope, intercept }: PlattScale, margin: number): number {
  return sigmoid(slope * margin + intercept);
}

function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : 1 - 1 / (1 + Math.exp(z));
}
