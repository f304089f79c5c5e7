import { cholesky, solve } from './cholesky.ts';

export interface LogisticRows {
  /** Standardised features, row by row; a 1 for the intercept is not among them. */
  readonly values: Float64Array;
  readonly width: number;
  /** 1 or 0 a row. */
  readonly positive: Uint8Array;
  /** What a row counts for; 1 each when absent. */
  readonly weight?: Float64Array;
  /** Log-odds that a row has before its features are asked; 0 when absent. */
  readonly offset?: Float64Array;
}

/** Intercept first, then a coefficient a feature. */
export type Coefficients = Float64Array;

const MAX_STEPS = 100;

/**
 * Logistic regression of few features with a ridge: the minimum of -sum w ln P(y) + ridge / 2 sum coefficient^2, the intercept free, by
 * Newton's method (le Cessie & van Houwelingen 1992). The ridge, above 0, gives it a minimum also where the classes part cleanly; the
 * intercept has one only if both classes are there.
 */
export function ridgeLogistic({ values, width, positive, weight, offset }: LogisticRows, ridge: number): Coefficients {
  const size = width + 1;
  const row = new Float64Array(size);
  row[0] = 1;
  let at = new Float64Array(size);
  /** Cost at `where`, and its first and second derivatives when asked for. */
  const cost = (where: Float64Array, first?: Float64Array, second?: Float64Array): number => {
    let sum = 0;
    for (let f = 1; f < size; f++) {
      sum += (ridge / 2) * where[f]! ** 2;
      if (first) first[f] = ridge * where[f]!;
      if (second) second[f * size + f] = ridge;
    }
    for (let index = 0; index < positive.length; index++) {
      row.set(values.subarray(index * width, (index + 1) * width), 1);
      let logOdds = offset?.[index] ?? 0;
      for (let f = 0; f < size; f++) logOdds += where[f]! * row[f]!;
      const counts = weight?.[index] ?? 1;
      const missed = positive[index] === 1 ? -logOdds : logOdds;
      sum += counts * (missed > 0 ? missed + Math.log1p(Math.exp(-missed)) : Math.log1p(Math.exp(missed)));
      if (!first || !second) continue;
      const probability = logistic(logOdds);
      for (let f = 0; f < size; f++) {
        first[f]! += counts * (probability - positive[index]!) * row[f]!;
        const curvature = counts * probability * (1 - probability) * row[f]!;
        for (let g = 0; g <= f; g++) second[f * size + g]! += curvature * row[g]!;
      }
    }
    return sum;
  };
  for (let step = 0; step < MAX_STEPS; step++) {
    const first = new Float64Array(size);
    const second = new Float64Array(size * size);
    const value = cost(at, first, second);
    const lower = cholesky(second, size);
    if (!lower) break;
    const move = solve(lower, first);
    const gain = move.reduce((sum, m, f) => sum + m * first[f]!, 0);
    // So near the minimum a whole step squares the distance, and what it gains is lost in the sum.
    if (gain < 1e-8 * (1 + value)) return at.map((coefficient, f) => coefficient - move[f]!);
    let length = 1;
    let next = at;
    do {
      next = at.map((coefficient, f) => coefficient - length * move[f]!);
      length /= 2;
    } while (cost(next) > value - 0.25 * length * gain && length > 1e-6);
    at = next;
  }
  return at;
}

/** The probability of these log-odds. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
