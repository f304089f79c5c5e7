import type { PurchaseHistories } from './history.ts';

/** What one customer is scored by. */
export interface RfmFigures {
  /** Since the last purchase, in any unit of time, the same for all. */
  readonly silence: number;
  /** Days with a purchase. */
  readonly purchases: number;
  /** All that was spent, in minor units of the base's currency. */
  readonly spentMinor: number;
}

/** Edges of the fifths of a base: all that is needed to score one more customer against it. */
export interface RfmModel {
  readonly kind: 'rfm';
  readonly format: 1;
  readonly currency: string;
  /** Four edges each, the highest value of the four lower fifths; of recency, of the silence with its sign turned. */
  readonly recency: readonly number[];
  readonly frequency: readonly number[];
  readonly monetary: readonly number[];
  readonly customers: number;
}

/** 1 to 5 each, 5 for the most recent, most frequent and highest. */
export interface RfmScore {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
}

/**
 * Edges are the values at ranks n/5, 2n/5, 3n/5 and 4n/5, rounded up (the nearest-rank percentile), and a score is 1 and the number of edges
 * below the value. So equal values have equal scores, whichever fifth they fill: where most buy once, all of those score 1 and nobody may
 * score 2, and a score can be empty at the top where more than a fifth share the highest value. Throws RangeError for an empty base.
 */
export function trainRfm(histories: PurchaseHistories): RfmModel {
  const { repeats, recency, age, totalMinor, currency } = histories;
  const customers = repeats.length;
  if (customers === 0) throw new RangeError('A base without customers has no fifths.');
  return {
    kind: 'rfm',
    format: 1,
    currency,
    recency: fifths(Float64Array.from(age, (T, place) => recency[place]! - T)),
    frequency: fifths(Float64Array.from(repeats, (x) => x + 1)),
    monetary: fifths(Float64Array.from(totalMinor)),
    customers,
  };
}

/** Scores figures against a base, in its unit of time and its currency. */
export function scoreRfm(model: RfmModel, { silence, purchases, spentMinor }: RfmFigures): RfmScore {
  return {
    recency: fifthOf(-silence, model.recency),
    frequency: fifthOf(purchases, model.frequency),
    monetary: fifthOf(spentMinor, model.monetary),
  };
}

/** The figures at one place of a base. Throws RangeError beyond the last. */
export function rfmFiguresAt({ repeats, recency, age, totalMinor }: PurchaseHistories, place: number): RfmFigures {
  if (repeats[place] === undefined) throw new RangeError(`There is no customer at ${place}.`);
  return { silence: age[place]! - recency[place]!, purchases: repeats[place] + 1, spentMinor: totalMinor[place]! };
}

function fifths(values: Float64Array): readonly number[] {
  values.sort();
  return [1, 2, 3, 4].map((fifth) => values[Math.ceil((fifth * values.length) / 5) - 1]!);
}

function fifthOf(value: number, edges: readonly number[]): number {
  return 1 + edges.filter((edge) => value > edge).length;
}
