import type { PurchaseHistories } from './history.ts';

/** Numbers that describe customers, row by row: feature f of customer c is `values[c * names.length + f]`. */
export interface FeatureTable {
  readonly names: readonly string[];
  readonly values: Float64Array;
}

/** Where a base lies, feature by feature. */
export interface Standard {
  readonly names: readonly string[];
  readonly mean: Float64Array;
  /** Standard deviation; 1 for a feature that is the same for all. */
  readonly scale: Float64Array;
}

/** A feature by which somebody stands out. */
export interface Distinction {
  readonly feature: string;
  readonly value: number;
  readonly mean: number;
  /** Distance from the mean in standard deviations, signed. */
  readonly deviations: number;
}

/**
 * Silence since the last purchase, days with a purchase, and mean spend a day in minor units, each as ln(1 + value): a few buy and spend a
 * hundred times what most do, and would be all that a distance sees.
 */
export function rfmFeatures({ repeats, recency, age, totalMinor }: PurchaseHistories): FeatureTable {
  const names = ['silence', 'purchases', 'spend'];
  const values = new Float64Array(repeats.length * names.length);
  for (let place = 0; place < repeats.length; place++) {
    const purchases = repeats[place]! + 1;
    values.set([age[place]! - recency[place]!, purchases, totalMinor[place]! / purchases].map(Math.log1p), place * names.length);
  }
  return { names, values };
}

/** How many customers a table describes. Throws RangeError when its values do not fill whole rows or one is no number. */
export function rowsOf({ names, values }: FeatureTable): number {
  const rows = values.length / names.length;
  if (!Number.isInteger(rows)) throw new RangeError(`${values.length} values are not whole rows of ${names.length} features.`);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const row = Math.floor(broken / names.length);
    throw new RangeError(`${names[broken % names.length]} of the customer at ${row} is ${values[broken]}.`);
  }
  return rows;
}

/** Mean and standard deviation of each feature. */
export function standardOf(table: FeatureTable): Standard {
  const { names, values } = table;
  const rows = rowsOf(table);
  const width = names.length;
  const mean = new Float64Array(width);
  const scale = new Float64Array(width);
  for (let at = 0; at < values.length; at++) mean[at % width]! += values[at]!;
  for (let f = 0; f < width; f++) mean[f]! /= rows;
  for (let at = 0; at < values.length; at++) scale[at % width]! += (values[at]! - mean[at % width]!) ** 2;
  for (let f = 0; f < width; f++) {
    const deviation = Math.sqrt(scale[f]! / rows);
    // What is left of a constant without its mean is rounding, not a scale.
    scale[f] = deviation > 1e-12 * Math.abs(mean[f]!) ? deviation : 1;
  }
  return { names, mean, scale };
}

/** All rows as distances from the mean in standard deviations. */
export function standardised({ names, values }: FeatureTable, { mean, scale }: Standard): Float64Array {
  const width = names.length;
  return values.map((value, at) => (value - mean[at % width]!) / scale[at % width]!);
}

/** The `most` features of a row that are furthest from the mean, furthest first; equal ones in the order of the features. */
export function distinctions(row: ArrayLike<number>, { names, mean, scale }: Standard, most: number): readonly Distinction[] {
  return names
    .map((feature, f) => ({ feature, value: row[f]!, mean: mean[f]!, deviations: (row[f]! - mean[f]!) / scale[f]! }))
    .sort((one, other) => Math.abs(other.deviations) - Math.abs(one.deviations))
    .slice(0, most);
}
