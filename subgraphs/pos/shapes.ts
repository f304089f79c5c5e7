import type { Members, Range } from '../../kernel/storage/port.ts';
import type { Summary } from './rules.ts';

/** Whose purchases a `Purchases` object shows. */
export interface PurchasesParent {
  readonly members: Members;
}

/** A summary, and what it was summed up over. */
export interface SummaryParent extends Summary, PurchasesParent {
  readonly range: Range;
}

/** A product, whether or not the catalogue has it, with what an order line says of it. */
export interface ProductParent {
  readonly sku: string;
  readonly name?: string | null;
  readonly category?: string | null;
}

export interface StoreParent {
  readonly id: string;
}
