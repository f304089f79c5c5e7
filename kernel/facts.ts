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
  /** The store that it was placed in; null where it was placed in none, or that is not known. */
  readonly store: string | null;
}

/** A product, as its catalogue describes it; null where the catalogue is silent. Nobody's: it needs no permission. */
export interface ProductFact {
  readonly sku: string;
  readonly category: string | null;
  readonly priceMinor: number | null;
  /** ISO 4217; of the price. */
  readonly currency: string | null;
}

/** That somebody looked at a product. */
export interface ViewFact {
  /** The customer's id that it was filed under. */
  readonly owner: string;
  readonly at: EpochMs;
  readonly sku: string;
}

/** How long ago a product was looked at lately at most: signals tell of these views, and models learn from them. */
export const VIEWED_LATELY_MS = 30 * 86_400_000;

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
  products?(): AsyncIterable<ProductFact>;
  views?(): AsyncIterable<ViewFact>;
  ratedTexts?(): AsyncIterable<RatedTextFact>;
}
