import { digest } from '../../kernel/ids.ts';
import type { Description } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type {
  CaseRecord,
  Deliveries,
  InteractionRecord,
  ProfileField,
  ProfileRecord,
  ProfileValues,
  Statement,
  Statements,
} from './records.ts';
import type { CaseRow, InteractionRow, ProfileRow } from './source.ts';

/** What became of a delivered row; `record` is null when there is nothing to write. */
export interface Filed<T> {
  readonly record: T | null;
  readonly outcome: 'stored' | 'duplicate';
}

/**
 * Whether the content was delivered before. A row that comes again changes nothing, whatever was said since: so a file can be
 * run again, and a source that goes back to an earlier state says so by `updated_at`.
 */
function delivered<T>(deliveries: Deliveries | undefined, content: string, origin: string): Filed<T> | null {
  const first = deliveries?.[content];
  return first === undefined ? null : { record: null, outcome: first === origin ? 'stored' : 'duplicate' };
}

/** A profile in which the source has stated nothing yet. */
export function emptyProfile(owner: string, source: string, at: EpochMs): ProfileRecord {
  return { owner, id: source, version: 0, updatedAt: at, statements: {}, deliveries: {} };
}

/** The profile with `values` stated at `at`; a field that was stated later stays as it is. */
export function state(profile: ProfileRecord, values: ProfileValues, at: EpochMs): ProfileRecord {
  const statements: Record<string, Statement<unknown>> = { ...profile.statements };
  for (const [field, value] of Object.entries(values)) {
    if (value === undefined || (profile.statements[field as ProfileField]?.at ?? Number.NEGATIVE_INFINITY) > at) continue;
    statements[field] = { value, at };
  }
  return { ...profile, updatedAt: Math.max(profile.updatedAt, at), statements: statements as Statements };
}

export function fileProfile(
  current: ProfileRecord | null,
  owner: string,
  row: ProfileRow,
  origin: string,
  now: EpochMs,
): Filed<ProfileRecord> {
  const content = digest(JSON.stringify([row.updatedAt, row.values]));
  const before = delivered<ProfileRecord>(current?.deliveries, content, origin);
  if (before) return before;
  const at = row.updatedAt ?? now;
  const record = state(current ?? emptyProfile(owner, row.source, at), row.values, at);
  return { record: { ...record, deliveries: { ...record.deliveries, [content]: origin } }, outcome: 'stored' };
}

/** The id of a numbered record of a source, or of one told apart by its content and occurrence. */
export function recordId(source: string, number: string | null, content: string | null, occurrence: number): string {
  return number === null ? digest('content', source, content ?? '', String(occurrence)) : digest('number', source, number);
}

/** Older news: the source itself says that what is stored is newer. */
function stale(current: { readonly updatedAt: EpochMs | null } | null, row: { readonly updatedAt: EpochMs | null }): boolean {
  return current !== null && current.updatedAt !== null && row.updatedAt !== null && row.updatedAt < current.updatedAt;
}

export function fileInteraction(
  current: InteractionRecord | null,
  owner: string,
  id: string,
  row: InteractionRow,
  origin: string,
): Filed<InteractionRecord> {
  const content = digest(JSON.stringify(row));
  const before = delivered<InteractionRecord>(current?.deliveries, content, origin);
  if (before) return before;
  if (stale(current, row)) return { record: null, outcome: 'duplicate' };
  const { caseNumber, ...fields } = row;
  const caseId = caseNumber === null ? null : recordId(row.source, caseNumber, null, 1);
  const deliveries = { ...current?.deliveries, [content]: origin };
  return { record: { owner, id, version: 0, ...fields, caseId, deliveries }, outcome: 'stored' };
}

export function fileCase(current: CaseRecord | null, owner: string, id: string, row: CaseRow, origin: string): Filed<CaseRecord> {
  const content = digest(JSON.stringify(row));
  const before = delivered<CaseRecord>(current?.deliveries, content, origin);
  if (before) return before;
  if (stale(current, row)) return { record: null, outcome: 'duplicate' };
  const deliveries = { ...current?.deliveries, [content]: origin };
  // What was given to make up is recorded here and no source can take it back.
  return { record: { owner, id, version: 0, ...row, goodwill: current?.goodwill ?? [], deliveries }, outcome: 'stored' };
}

/** What the customer can be searched for by, as this source states it. */
export function descriptionOf({ owner, id, statements }: ProfileRecord): Description {
  const name = statements.name?.value;
  const points = statements.contactPoints?.value ?? [];
  const country = statements.country?.value;
  const phones = points.filter(({ type }) => type === 'PHONE').map(({ value }) => value);
  return {
    customer: owner,
    source: `crm/${id}`,
    names: name
      ? [name.given, name.family, name.givenKana, name.familyKana, name.preferred, name.full].filter((part) => part !== null)
      : [],
    emails: points.filter(({ type }) => type === 'EMAIL').map(({ value }) => value),
    phones: phones.map((value) => (value.startsWith('+') || !country ? value : `${country}:${value}`)),
  };
}
