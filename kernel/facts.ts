import type { EpochMs } from './storage/port.ts';

/** One order that counts, as models learn from it. */
export interface PurchaseFact {
  /** The customer's id that it was filed under. */
  readonly owner: string;
  readonly at: EpochMs;
  /** ISO 4217. */
  readonly currency: string;
  readonly totalMinor: number;
  /** What was bought, each once, in the order of the lines; lines without a sku are left out. */
  readonly skus: readonly string[];
}

/** What somebody wrote, with the stars that they gave beside it. */
export interface RatedTextFact {
  /** A customer's id, or something else where nobody is known to have written it. */
  readonly owner: string;
  /** null: without a date. */
  readonly at: EpochMs | null;
  readonly text: string;
  /** 1 to 5. */
  readonly stars: number;
}

/** What a subgraph offers to learn from: everything that it keeps, in no stated order, read in chunks. */
export interface Facts {
  purchases?(): AsyncIterable<PurchaseFact>;
  ratedTexts?(): AsyncIterable<RatedTextFact>;
}
