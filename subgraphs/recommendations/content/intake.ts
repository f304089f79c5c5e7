import { type Folded, foldNewest, storeArrivals } from '../../../kernel/fold.ts';
import { digest } from '../../../kernel/ids.ts';
import type { Arrival, Intake, Outcome } from '../../../kernel/intake.ts';
import type { Collection, EpochMs, Key } from '../../../kernel/storage/port.ts';
import { CONTENT, type ContentRecord, type ContentRow } from './records.ts';
import { CONTENT_FIELDS, readContent } from './source.ts';

/** The id of a piece, the same in all its translations. */
export function contentId({ system, number }: Pick<ContentRow, 'system' | 'number'>): string {
  return `con_${digest('content', system, number)}`;
}

/** Where a translation is filed. */
export function contentKey(row: Pick<ContentRow, 'system' | 'number' | 'language'>): Key {
  return { owner: CONTENT, id: digest('content', row.system, row.number, row.language) };
}

/** The translation after rows of its key: the newest holds. */
export function foldContent(
  current: ContentRecord | null,
  key: Key,
  arrivals: readonly Arrival<ContentRow>[],
  now: EpochMs,
): Folded<ContentRecord> {
  return foldNewest(current, arrivals, (row, said, before: ContentRecord | null) => ({
    ...key,
    version: before?.version ?? 0,
    ...row,
    piece: contentId(row),
    storedAt: now,
    since: before?.since ?? now,
    said,
  }));
}

/** Files content. One outcome per arrival in input order. */
export function fileContent(
  content: Collection<ContentRecord>,
  arrivals: readonly Arrival<ContentRow>[],
  now: EpochMs,
): Promise<readonly Outcome[]> {
  return storeArrivals(
    content,
    arrivals,
    ({ record }) => contentKey(record),
    (current, key, group) => foldContent(current, key, group, now),
  );
}

export function contentIntake(content: Collection<ContentRecord>, clock: () => EpochMs): Intake<ContentRow> {
  return {
    kind: 'content',
    description:
      'Advice, an article or an event in a store that customers are pointed to, in one language; a later row of its number and language corrects it.',
    fields: CONTENT_FIELDS,
    ownership: 'none',
    read: readContent,
    store: (arrivals) => fileContent(content, arrivals, clock()),
  };
}
