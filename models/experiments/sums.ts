/**
 * Sums over the units of one arm, enough for every test here: how many units, the sum of each variable, and the sum of the products of each
 * two. They are plain numbers that add up: counters of two servers, two days or two segments merge into what counting once would have given,
 * and a unit whose outcome changes is taken out and put back. Whole numbers stay exact up to 2^53 in each sum.
 */
export interface Sums {
  readonly n: number;
  /** By variable: the outcome first, then what a metric asks for beside it (a ratio's denominator, covariates). */
  readonly sums: readonly number[];
  /** Of variables i >= j, at i (i + 1) / 2 + j: the lower triangle of X'X, row by row. */
  readonly products: readonly number[];
}

const at = (i: number, j: number): number => (i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i);

/** Of no units and so many variables. */
export function emptySums(variables: number): Sums {
  return { n: 0, sums: new Array<number>(variables).fill(0), products: new Array<number>((variables * (variables + 1)) / 2).fill(0) };
}

/** Of one unit, or of `units` units with the same values (negative takes them out). */
export function sumsOf(values: readonly number[], units = 1): Sums {
  const products: number[] = [];
  for (let i = 0; i < values.length; i += 1) for (let j = 0; j <= i; j += 1) products.push(values[i]! * values[j]! * units);
  return { n: units, sums: values.map((value) => value * units), products };
}

/** As if both had been counted together. Throws when they count different variables. */
export function mergeSums(a: Sums, b: Sums): Sums {
  if (a.sums.length !== b.sums.length) throw new Error(`sums of ${a.sums.length} and of ${b.sums.length} variables do not merge`);
  return {
    n: a.n + b.n,
    sums: a.sums.map((sum, i) => sum + b.sums[i]!),
    products: a.products.map((product, i) => product + b.products[i]!),
  };
}

/** What to merge when a unit that counted with `before` now has `after`. */
export function changeOfUnit(before: readonly number[], after: readonly number[]): Sums {
  return mergeSums(sumsOf(before, -1), sumsOf(after));
}

/** Mean of variable i; NaN of no units. */
export function meanOf(s: Sums, i = 0): number {
  return s.sums[i]! / s.n;
}

/** Sum over units of (x_i - mean) (x_j - mean). */
export function scatterOf(s: Sums, i = 0, j = i): number {
  const scatter = s.products[at(i, j)]! - (s.sums[i]! * s.sums[j]!) / s.n;
  // What rounding leaves of equal values may be below 0.
  return i === j ? Math.max(0, scatter) : scatter;
}

/** Sample covariance of variables i and j (variance for i = j), with n - 1; NaN below two units. */
export function covarianceOf(s: Sums, i = 0, j = i): number {
  return s.n < 2 ? Number.NaN : scatterOf(s, i, j) / (s.n - 1);
}
