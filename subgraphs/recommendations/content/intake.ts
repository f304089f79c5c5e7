import { type Folded, foldNewest, storeArrivals } from '../../../kernel/fold.ts';
import { digest } from '../../../kernel/ids.ts';
import type { Arrival, Intake, Outcome } from '../../../kernel/intake.ts';
import type { Collection, EpochMs, Key } from '../../../kernel/storage/port.ts';
import { CONTENT, type ContentRecord, type ContentRow, type FiledTranslation } from './records.ts';
import { CONTENT_FIELDS, readContent } from './source.ts';

/** A piece is one document, so its languages are bounded. */
const MOST_LANGUAGES = 100;
const TOO_MANY_LANGUAGES: Outcome<'LANGUAGES_TOO_MANY'> = {
  code: 'LANGUAGES_TOO_MANY',
  message: `A piece has at most ${MOST_LANGUAGES} languages, withdrawn ones included.`,
};

/** The id of a piece, the same in all its translations. */
export function contentId({ system, number }: Pick<ContentRow, 'system' | 'number'>): string {
  return `con_${digest('content', system, number)}`;
}

/** Where a piece is filed. */
export function contentKey(row: Pick<ContentRow, 'system' | 'number'>): Key {
  return { owner: CONTENT, id: contentId(row) };
}

/** The piece after rows of it: of each language the newest holds. A time in the future counts as now, or such a row could never be corrected. */
export function foldContent(
  current: ContentRecord | null,
  key: Key,
  arrivals: readonly Arrival<ContentRow>[],
  now: EpochMs,
): Folded<ContentRecord, 'LANGUAGES_TOO_MANY'> {
  const changedAt = ({ updatedAt }: ContentRow) => Math.min(updatedAt ?? now, now);
  let translations = current?.translations ?? [];
  const outcomes = arrivals.map((arrival): Outcome<'LANGUAGES_TOO_MANY'> => {
    const place = translations.findIndex(({ language }) => language === arrival.record.language);
    const before = translations[place] ?? null;
    if (before === null && translations.length === MOST_LANGUAGES) return TOO_MANY_LANGUAGES;
    const filed = 1 + Math.max(0, ...translations.map((each) => each.filed));
    const build = (row: ContentRow, said: FiledTranslation['said']) => ({ ...row, updatedAt: changedAt(row), filed, said });
    const { doc, outcomes } = foldNewest(before, [arrival], build, { changedAt });
    if (doc) translations = before ? translations.with(place, doc) : [...translations, doc];
    return outcomes[0]!;
  });
  const changed = translations !== current?.translations && translations.length > 0;
  return { doc: changed ? { ...key, version: current?.version ?? 0, translations, storedAt: now } : null, outcomes };
}

/** Files content. One outcome per arrival in input order. */
export function fileContent(
  content: Collection<ContentRecord>,
  arrivals: readonly Arrival<ContentRow>[],
  now: EpochMs,
): Promise<readonly Outcome<'LANGUAGES_TOO_MANY' | 'CUSTOMER_ERASED'>[]> {
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
