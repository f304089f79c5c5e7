import { type Folded, foldNewest } from '../../kernel/fold.ts';
import { digest } from '../../kernel/ids.ts';
import type { Arrival } from '../../kernel/intake.ts';
import { statementContent } from '../../kernel/statement.ts';
import type { Key } from '../../kernel/storage/port.ts';
import { listingsOf, nobodysOwner } from './listings.ts';
import type { FeedbackRecord, FeedbackRow } from './records.ts';

/** Where feedback is filed: under who gave it, by its number (per order, where it names one) or else by content and occurrence. */
export function feedbackKey({ record, owner, occurrence }: Pick<Arrival<FeedbackRow>, 'record' | 'owner' | 'occurrence'>): Key {
  const { system, number, orderNumber, sku } = record;
  const id =
    number === null
      ? digest('content', statementContent(record), String(occurrence))
      : digest('number', system, number, ...(orderNumber === null ? [] : [orderNumber]));
  return { owner: owner === '' ? nobodysOwner(sku) : owner, id };
}

/** The feedback after rows of its key: the newest holds, and a follow-up stays. */
export function foldFeedback(current: FeedbackRecord | null, key: Key, arrivals: readonly Arrival<FeedbackRow>[]): Folded<FeedbackRecord> {
  return foldNewest(current, arrivals, (row, said, before: FeedbackRecord | null) => ({
    ...key,
    version: before?.version ?? 0,
    ...row,
    at: row.submittedAt ?? 0,
    followUp: before?.followUp ?? null,
    said,
    listings: [...new Set([...(before?.listings ?? []), ...listingsOf(row)])],
  }));
}
