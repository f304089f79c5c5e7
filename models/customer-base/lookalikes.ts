/**
 * Customers like given ones. A ridge logistic regression tells the seeds from the base; it also takes the squares of the standardised
 * features, so that seeds in the middle of the base can be told apart as well as those at an end of it.
 */
import { type FeatureTable, rowsOf, type Standard, standardised, standardOf } from './features.ts';
import { type Coefficients, logistic, ridgeLogistic } from './ridge-logistic.ts';

export interface LookalikesModel {
  readonly kind: 'lookalikes';
  readonly format: 1;
  readonly standard: Standard;
  /** Intercept, then a coefficient a feature, then one a square. */
  readonly coefficients: Coefficients;
  readonly seeds: number;
  readonly customers: number;
}

export interface Likeness {
  /** In (0, 1); 0.5 for somebody who could as well be any customer as a seed. */
  readonly score: number;
  /** What each feature adds to the log-odds of being a seed, compared with the mean customer; the strongest first. */
  readonly contributions: readonly { readonly feature: string; readonly value: number; readonly logOdds: number }[];
}

export interface Lookalike extends Likeness {
  /** Row of the table. */
  readonly row: number;
}

/** In rows: as if so many customers said that a feature makes no difference. */
const RIDGE = 1;
/** Beyond this a customer is as far out as can be: squares of outliers would be all that is seen. */
const FURTHEST = 4;

/**
 * `seeds` are rows of the table. Seeds and others weigh the same in sum, so that the score does not sink with the share of seeds. Throws
 * RangeError when there are no seeds, or nobody else, or a seed is not in the table.
 */
export function trainLookalikes(table: FeatureTable, seeds: ReadonlySet<number>): LookalikesModel {
  const customers = rowsOf(table);
  const outside = [...seeds].find((row) => !(Number.isInteger(row) && row >= 0 && row < customers));
  if (outside !== undefined) throw new RangeError(`There is no customer at ${outside}.`);
  if (seeds.size === 0 || seeds.size === customers) throw new RangeError(`${seeds.size} seeds of ${customers} customers are like nobody.`);
  const standard = standardOf(table);
  const positive = Uint8Array.from({ length: customers }, (_, row) => (seeds.has(row) ? 1 : 0));
  // As many as the smaller side has are what there is to learn from.
  const each = Math.min(seeds.size, customers - seeds.size);
  const weight = Float64Array.from(positive, (is) => each / (is === 1 ? seeds.size : customers - seeds.size));
  const width = 2 * table.names.length;
  const coefficients = ridgeLogistic(
    { values: withSquares(standardised(table, standard), table.names.length), width, positive, weight },
    RIDGE,
  );
  return { kind: 'lookalikes', format: 1, standard, coefficients, seeds: seeds.size, customers };
}

/** How much like the seeds a customer with these features is. */
export function likeness({ standard, coefficients }: LookalikesModel, row: ArrayLike<number>): Likeness {
  const { names, mean, scale } = standard;
  const terms = names.map((feature, f) => {
    const z = bounded((row[f]! - mean[f]!) / scale[f]!);
    return { feature, value: row[f]!, logOdds: coefficients[1 + f]! * z + coefficients[1 + names.length + f]! * z * z };
  });
  const logOdds = terms.reduce((sum, term) => sum + term.logOdds, coefficients[0]!);
  const contributions = terms.sort((one, other) => Math.abs(other.logOdds) - Math.abs(one.logOdds));
  return { score: logistic(logOdds), contributions };
}

/** All rows but `except` (the seeds), the most alike first, `first` at most; equal ones in the order of the table. */
export function rankLookalikes(
  model: LookalikesModel,
  { names, values }: FeatureTable,
  except: ReadonlySet<number>,
  first: number,
): readonly Lookalike[] {
  const width = names.length;
  const rowAt = (row: number) => values.subarray(row * width, (row + 1) * width);
  const scores = Float64Array.from({ length: values.length / width }, (_, row) => likeness(model, rowAt(row)).score);
  return Array.from(scores.keys())
    .filter((row) => !except.has(row))
    .sort((one, other) => scores[other]! - scores[one]! || one - other)
    .slice(0, first)
    .map((row) => ({ row, ...likeness(model, rowAt(row)) }));
}

function withSquares(points: Float64Array, width: number): Float64Array {
  const wide = new Float64Array(2 * points.length);
  for (let at = 0; at < points.length; at++) {
    const row = Math.floor(at / width);
    const z = bounded(points[at]!);
    wide[row * 2 * width + (at % width)] = z;
    wide[row * 2 * width + width + (at % width)] = z * z;
  }
  return wide;
}

function bounded(z: number): number {
  return Math.max(-FURTHEST, Math.min(FURTHEST, z));
}
