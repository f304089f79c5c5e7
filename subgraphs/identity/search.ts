import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Description, Identifier } from '../../kernel/intake.ts';
import type { Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';
import { termsOf } from '../../kernel/storage/search-terms.ts';
import { identifierKey, normalisePhone } from './normalise.ts';

/** What one source says a member can be found by. */
export interface SearchEntry {
  readonly member: string;
  readonly source: string;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  /** The row that delivered it; '' when it came otherwise. */
  readonly origin: string;
}

/** What a customer (owner) is found by: one document, so that words from different sources match together. Id as owner. */
export interface SearchRecord extends Doc {
  readonly at: EpochMs;
  readonly entries: readonly SearchEntry[];
  readonly identifiers: readonly Identifier[];
}

export const searchSpec: Spec<SearchRecord> = { name: 'search', at: 'at', terms: searchTerms };

/** An empty document for `customer`. */
function empty(customer: string, at: EpochMs): SearchRecord {
  return { owner: customer, id: customer, version: 0, at, entries: [], identifiers: [] };
}

/** All terms of a customer: names, e-mail addresses, telephone numbers in their usual forms, identifiers. */
function searchTerms({ entries, identifiers }: SearchRecord): readonly string[] {
  return termsOf([
    ...entries.flatMap(({ names, emails, phones }) => [...names, ...emails, ...phones.flatMap(phoneForms)]),
    ...identifiers.flatMap(({ namespace, value }) => (namespace === 'PHONE' ? phoneForms(value) : [value])),
  ]);
}

/** How people write a number: E.164, international and national. An unreadable one stays as it is. */
function phoneForms(text: string): readonly string[] {
  const number = normalisePhone(text);
  const parsed = number === null ? undefined : parsePhoneNumberFromString(number);
  return parsed ? [parsed.number, parsed.formatInternational(), parsed.formatNational()] : [text];
}

/** With what `description` says in place of what the same source said of the same member before; null when that changes nothing. */
export function described(
  current: SearchRecord | null,
  survivor: string,
  { customer, source, names, emails, phones }: Description,
  origin: string,
  at: EpochMs,
): SearchRecord | null {
  const record = current ?? empty(survivor, at);
  const entry: SearchEntry = { member: customer, source, names, emails, phones, origin };
  const before = record.entries.find((other) => other.member === customer && other.source === source);
  if (before && sameContent(before, entry)) return null;
  return { ...record, at, entries: [...record.entries.filter((other) => other !== before), entry] };
}

/** With identifiers added; null when all are there. */
export function identified(current: SearchRecord | null, customer: string, added: readonly Identifier[], at: EpochMs): SearchRecord | null {
  const record = current ?? empty(customer, at);
  const known = new Set(record.identifiers.map(identifierKey));
  const missing = added.filter((identifier) => !known.has(identifierKey(identifier)));
  if (missing.length === 0) return null;
  return { ...record, at, identifiers: [...record.identifiers, ...missing.map(({ namespace, value }) => ({ namespace, value }))] };
}

/** With all that another customer was found by; null when that changes nothing. */
export function joinedSearch(current: SearchRecord | null, customer: string, other: SearchRecord, at: EpochMs): SearchRecord | null {
  const record = current ?? empty(customer, at);
  const known = new Set(record.entries.map((entry) => `${entry.member}\n${entry.source}`));
  const entries = other.entries.filter((entry) => !known.has(`${entry.member}\n${entry.source}`));
  const identifiers = identified(record, customer, other.identifiers, at)?.identifiers;
  if (entries.length === 0 && !identifiers) return null;
  return { ...record, at, entries: [...record.entries, ...entries], identifiers: identifiers ?? record.identifiers };
}

/** Whether two entries are found by the same words. */
function sameContent(a: SearchEntry, b: SearchEntry): boolean {
  const content = ({ names, emails, phones }: SearchEntry) => JSON.stringify([names, emails, phones]);
  return content(a) === content(b);
}
