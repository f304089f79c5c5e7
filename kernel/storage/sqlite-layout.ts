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
 * a covering index in the order of time answers totals and finds the newest without touching them. `term` is the
 * search index, a row for each term of a document.
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
  const { doc, groups } = tables(layout);
  return `
    CREATE TABLE ${doc} (
      owner TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, version INTEGER NOT NULL, amount INTEGER,
      ${groups.map((column) => `${column} TEXT,`).join(' ')}
      terms TEXT, doc BLOB NOT NULL,
      PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID;
    ${createTerms(layout)}
    ${createIndex(layout)}`;
}

/** Takes a collection's tables away. */
export function dropTables({ name }: Pick<Layout, 'name'>): string {
  const { doc, term } = tables({ name, groups: [] });
  return `DROP TABLE IF EXISTS ${doc}; DROP TABLE IF EXISTS ${term};`;
}

/** Creates the search index, in the place of one that holds terms of another version. */
export function createTerms(layout: Layout): string {
  const { term } = tables(layout);
  return `DROP TABLE IF EXISTS ${term};
    CREATE TABLE ${term} (term TEXT NOT NULL, owner TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (term, owner, id)) STRICT, WITHOUT ROWID;`;
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

/** Terms as a row keeps them, each after a line break, so that one which begins with p is where `\n` and p are; null when there are none. */
export function rowTerms(terms: readonly string[]): string | null {
  return terms.length === 0 ? null : `\n${terms.join('\n')}`;
}

/** The terms that `rowTerms` put together. */
export function termsOfRow(terms: string | null): string[] {
  return terms === null ? [] : terms.slice(1).split('\n');
}
