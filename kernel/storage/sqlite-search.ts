import { isIndexable } from './documents.ts';
import type { Key } from './port.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import { tables } from './sqlite-layout.ts';
import type { Reader } from './sqlite-reader.ts';

/** A prefix with at most this many entries in the index is looked through whole; any page of a commoner one fills soon. */
const FEW = 1000;
const CHUNK = 500;
const LAST_CHARACTER = '\u{10ffff}';

/** Entries of the search index that hold every document with a prefix (and, for a long prefix cut short, others). */
interface Entries {
  readonly low: string;
  readonly high: string;
}

/**
 * Searches one collection. The rarest prefix leads: when it is rare, its documents are all looked at and sorted; when
 * every prefix is common, documents are taken in the order of their keys from the entries of a prefix's first
 * characters, until the page is full. Either way each document is tested against all prefixes.
 */
export class Search {
  readonly #reader: Reader;
  readonly #sql: ReturnType<typeof statements>;
  readonly #decode: (bytes: Buffer) => unknown;

  constructor(reader: Reader, plan: CollectionPlan, decode: (bytes: Buffer) => unknown) {
    this.#reader = reader;
    this.#sql = statements(plan);
    this.#decode = decode;
  }

  async page<T extends Key>(
    given: readonly string[],
    { first, after }: { readonly first: number; readonly after?: Key | undefined },
  ): Promise<{ items: readonly T[]; next: Key | null }> {
    const prefixes = [...new Set(given)].filter((prefix) => prefix !== '');
    if (prefixes.length === 0 || !prefixes.every((prefix) => isIndexable(prefix) && !prefix.includes('\n')))
      return { items: [], next: null };
    const keys = await this.#keys(prefixes, first + 1, after);
    const items = await this.#reader.each(keys.slice(0, first), (connection, { owner, id }) => {
      const row = connection.one<[Buffer]>(this.#sql.doc, [owner, id]);
      return row ? (this.#decode(row[0]) as T) : null;
    });
    const last = keys[first - 1];
    return { items: items.filter((item) => item !== null), next: keys.length > first && last ? last : null };
  }

  async #keys(prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    for (const prefix of prefixes) {
      const { low, high } = entriesOf(prefix);
      const count = await this.#reader.one((connection) => connection.one<[number]>(this.#sql.count, [low, high, FEW + 1])?.[0] ?? 0);
      if (count <= FEW) return this.#amongFew({ low, high }, prefixes, limit, after);
    }
    const longest = prefixes.reduce((a, b) => ([...b].length > [...a].length ? b : a));
    return this.#amongMany(`p${[...longest].slice(0, 3).join('')}`, prefixes, limit, after);
  }

  #amongFew({ low, high }: Entries, prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    return this.#reader.one((connection) => {
      const rows = connection.all<[string, string, string]>(this.#sql.few, [low, high, after?.owner ?? '', after?.id ?? '', after ? 1 : 0]);
      return rows
        .filter(([, , terms]) => holdsAll(terms, prefixes))
        .slice(0, limit)
        .map(([owner, id]) => ({ owner, id }));
    });
  }

  async #amongMany(entry: string, prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    const found: Key[] = [];
    let from = after;
    for (;;) {
      const [rows] = await this.#reader.each([from], (connection, key) =>
        connection.all<[string, string, string]>(this.#sql.many, [entry, key?.owner ?? '', key?.id ?? '', key ? 1 : 0, CHUNK]),
      );
      for (const [owner, id, terms] of rows ?? []) {
        if (!holdsAll(terms, prefixes)) continue;
        found.push({ owner, id });
        if (found.length === limit) return found;
      }
      const last = rows?.at(-1);
      if (!last || (rows?.length ?? 0) < CHUNK) return found;
      from = { owner: last[0], id: last[1] };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function holdsAll(terms: string, prefixes: readonly string[]): boolean {
  return prefixes.every((prefix) => terms.includes(`\n${prefix}`));
}

function entriesOf(prefix: string): Entries {
  return [...prefix].length <= 3 ? { low: `p${prefix}`, high: `p${prefix}` } : { low: `t${prefix}`, high: `t${prefix}${LAST_CHARACTER}` };
}

function statements(plan: CollectionPlan) {
  const { doc, term } = tables(plan);
  return {
    doc: `SELECT doc FROM ${doc} WHERE owner = ? AND id = ?`,
    count: `SELECT count(*) FROM (SELECT 1 FROM ${term} WHERE term >= ?1 AND term <= ?2 LIMIT ?3)`,
    few: `SELECT d.owner, d.id, d.terms
      FROM (SELECT DISTINCT owner, id FROM ${term} WHERE term >= ?1 AND term <= ?2) AS t CROSS JOIN ${doc} AS d ON d.owner = t.owner AND d.id = t.id
      WHERE ?5 = 0 OR (d.owner, d.id) > (?3, ?4) ORDER BY d.owner, d.id`,
    many: `SELECT t.owner, t.id, d.terms
      FROM ${term} AS t CROSS JOIN ${doc} AS d ON d.owner = t.owner AND d.id = t.id
      WHERE t.term = ?1 AND (t.owner, t.id) >= (?2, ?3) AND (?4 = 0 OR (t.owner, t.id) > (?2, ?3)) ORDER BY t.owner, t.id LIMIT ?5`,
  };
}
