import type { AnySpec } from './port.ts';
import { TERMS_VERSION } from './search-terms.ts';

/** How a collection's documents are laid out in its tables. Stored beside them, to see when a spec has changed. */
export interface Layout {
  readonly name: string;
  readonly at: string;
  readonly amount: string | null;
  readonly groups: readonly string[];
  /** The version of the search terms, or null when the collection can't be searched. */
  readonly terms: string | null;
}

/** What the writer has to know of a collection. */
export interface CollectionPlan extends Layout {
  readonly ledger: { readonly balance: string; readonly entries: string } | null;
}

/** The layout's stored text. */
export function layoutText({ name, at, amount, groups, terms }: Layout): string {
  return JSON.stringify({ name, at, amount, groups, terms });
}

/** Throws a TypeError where a spec can't be laid out. */
export function planOf(spec: AnySpec): CollectionPlan {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(spec.name)) throw new TypeError(`"${spec.name}" is not a collection's name.`);
  for (const group of spec.groups ?? [])
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(group)) throw new TypeError(`Collection "${spec.name}" can't be grouped by "${group}".`);
  return {
    name: spec.name,
    at: spec.at,
    amount: spec.amount ?? null,
    groups: [...(spec.groups ?? [])].sort(),
    terms: spec.terms ? `${TERMS_VERSION}.${spec.termsVersion ?? 0}` : null,
    ledger: spec.ledger ?? null,
  };
}

/**
 * A collection's tables and columns. Documents lie clustered by their key, so that one owner's are neighbours on disk;
 * a covering index in the order of time answers totals and finds the newest without touching them. `term` holds the
 * search index: each term as `t…`, and its first 1, 2 and 3 characters as `p…`, under which documents lie in key order.
 */
export function tables(layout: Pick<Layout, 'name' | 'groups'>) {
  const doc = `doc_${layout.name}`;
  return { doc, term: `term_${layout.name}`, byTime: `${doc}_by_time`, groups: layout.groups.map(groupColumn) };
}

export function groupColumn(field: string): string {
  return `"by_${field}"`;
}

/** Creates the tables of a new collection. */
export function createTables(layout: Layout): string {
  const { doc, term, groups } = tables(layout);
  return `
    CREATE TABLE ${doc} (
      owner TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, version INTEGER NOT NULL, amount INTEGER,
      ${groups.map((column) => `${column} TEXT,`).join(' ')}
      terms TEXT, doc BLOB NOT NULL,
      PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE ${term} (term TEXT NOT NULL, owner TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (term, owner, id)) STRICT, WITHOUT ROWID;
    ${createIndex(layout)}`;
}

/** Replaces the index by time, whose columns depend on the layout. */
export function createIndex(layout: Layout): string {
  const { doc, byTime, groups } = tables(layout);
  return `DROP INDEX IF EXISTS ${byTime}; CREATE INDEX ${byTime} ON ${doc} (${['owner', 'at', 'id', 'amount', ...groups].join(', ')});`;
}

/** The values of at, amount and the groups, in the order of the columns. */
export function columnValues(layout: Layout, doc: Readonly<Record<string, unknown>>): (string | number | null)[] {
  const amount = layout.amount === null ? null : (doc[layout.amount] ?? null);
  return [doc[layout.at], amount, ...layout.groups.map((field) => doc[field] ?? null)] as (string | number | null)[];
}

const PREFIX_LENGTHS = [1, 2, 3];

/** The entries of the search index for a document's terms, as they are stored in its row (each preceded by a line break). */
export function indexEntries(terms: string | null): Set<string> {
  const entries = new Set<string>();
  for (const term of terms?.split('\n') ?? []) {
    if (term === '') continue;
    const letters = [...term];
    for (const length of PREFIX_LENGTHS) if (letters.length >= length) entries.add(`p${letters.slice(0, length).join('')}`);
    if (letters.length > 3) entries.add(`t${term}`);
  }
  return entries;
}

/** Terms as a row keeps them: a term that begins with p is a place where `\n` and p stand in it; null when there are none. */
export function rowTerms(terms: readonly string[]): string | null {
  return terms.length === 0 ? null : `\n${terms.join('\n')}`;
}
