import type { ConsentClaim, Identifier } from '../kernel/intake.ts';
import { formatDecimal, minorDigits } from '../kernel/money.ts';
import type { SourceRow } from '../kernel/record.ts';
import type { EpochMs } from '../kernel/storage/port.ts';

/** One row of a source of the demo company, with who it names. */
export interface DemoRecord {
  /** The intake's kind: `order`. */
  readonly kind: string;
  /** Whose it is; empty for what belongs to nobody. */
  readonly identifiers: readonly Identifier[];
  /** Under which the data came; absent for none. */
  readonly consents?: readonly ConsentClaim[];
  /** When it was seen by its source; null when that is unknown. */
  readonly seenAt: EpochMs | null;
  readonly row: SourceRow;
}

/** The name under which everything of the demo company is filed. */
export const DEMO_SOURCE = 'demo';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A row of fields: what is absent is left out, lists are joined as rows have them. */
export function row(fields: Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>): SourceRow {
  const entries: [string, string][] = [];
  for (const [field, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    const text = Array.isArray(value) ? value.join('|') : String(value);
    if (text !== '') entries.push([field, text]);
  }
  return Object.fromEntries(entries);
}

/** Whole seconds, as tills and sites log them. */
export function instant(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function dateOf(at: EpochMs): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Plain decimal text of minor units: 1234 of EUR is 12.34. */
export function decimal(amountMinor: number, currency: string): string {
  return formatDecimal({ unscaled: BigInt(amountMinor), scale: minorDigits(currency) });
}
