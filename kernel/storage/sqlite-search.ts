import { isIndexable } from './documents.ts';
import { compareText } from './order.ts';
import type { Key } from './port.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import { tables } from './sqlite-layout.ts';
import type { Reader } from './sqlite-reader.ts';

/** A prefix with at most this many entries in the index is looked through whole; any page of a commoner one fills soon. */
const FEW = 1000;
/** At most so many candidates are looked at before other work has its turn. */
const CHUNK = 500;
const LAST_CHARACTER = '\u{10ffff}';

type Candidate = [owner: string, id: string, terms: string];

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
  readonly #collection: string;
  readonly #searchable: boolean;
  readonly #sql: ReturnType<typeof statements>;

  constructor(reader: Reader, plan: CollectionPlan) {
    this.#reader = reader;
    this.#sql = statements(plan);
    this.#collection = plan.name;
    this.#searchable = plan.terms !== null;
  }

  /** The keys of one page, and the last of them where more follow. */
  async keys(
    given: readonly string[],
    { first, after }: { readonly first: number; readonly after?: Key | undefined },
  ): Promise<{ keys: readonly Key[]; next: Key | null }> {
    if (!this.#searchable) throw new TypeError(`Collection "${this.#collection}" has no search terms.`);
    const prefixes = [...new Set(given)].filter((prefix) => prefix !== '');
    if (prefixes.length === 0 || !prefixes.every((prefix) => isIndexable(prefix) && !prefix.includes('\n')))
      return { keys: [], next: null };
    const found = await this.#find(prefixes, first + 1, after);
    return { keys: found.slice(0, first), next: found.length > first ? (found[first - 1] ?? null) : null };
  }

  async #find(prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    const counts = await this.#reader.each(prefixes, (connection, prefix) => {
      const { low, high } = entriesOf(prefix);
      return connection.one<[number]>(this.#sql.count, [low, high, FEW + 1])?.[0] ?? 0;
    });
    const fewest = Math.min(...counts);
    const rarest = prefixes[counts.indexOf(fewest)];
    if (rarest !== undefined && fewest <= FEW) return this.#amongFew(entriesOf(rarest), prefixes, limit, after);
    const longest = prefixes.reduce((a, b) => (b.length > a.length ? b : a));
    return this.#amongMany(`p${[...longest].slice(0, 3).join('')}`, prefixes, limit, after);
  }

  #amongFew({ low, high }: Entries, prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    return this.#reader.one((connection) => {
      const rows = connection.all<Candidate>(this.#sql.few, [low, high]);
      return rows
        .filter(([owner, id, terms]) => holdsAll(terms, prefixes) && (!after || follows(owner, id, after)))
        .slice(0, limit)
        .map(([owner, id]) => ({ owner, id }));
    });
  }

  async #amongMany(entry: string, prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    const found: Key[] = [];
    let from = after;
    for (let size = limit; ; size = Math.min(size * 2, CHUNK)) {
      const start = from;
      const rows = await this.#reader.one((connection) =>
        start
          ? connection.all<Candidate>(this.#sql.manyAfter, [entry, start.owner, start.id, size])
          : connection.all<Candidate>(this.#sql.many, [entry, size]),
      );
      for (const [owner, id, terms] of rows) {
        if (!holdsAll(terms, prefixes)) continue;
        found.push({ owner, id });
        if (found.length === limit) return found;
      }
      const last = rows.at(-1);
      if (!last || rows.length < size) return found;
      from = { owner: last[0], id: last[1] };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function follows(owner: string, id: string, after: Key): boolean {
  return (compareText(owner, after.owner) || compareText(id, after.id)) > 0;
}

function holdsAll(terms: string, prefixes: readonly string[]): boolean {
  return prefixes.every((prefix) => terms.includes(`\n${prefix}`));
}

function entriesOf(prefix: string): Entries {
  return [...prefix].length <= 3 ? { low: `p${prefix}`, high: `p${prefix}` } : { low: `t${prefix}`, high: `t${prefix}${LAST_CHARACTER}` };
}

function statements(plan: CollectionPlan) {
  const { doc, term } = tables(plan);
  const candidates = `SELECT t.owner, t.id, d.terms FROM ${term} AS t CROSS JOIN ${doc} AS d ON d.owner = t.owner AND d.id = t.id`;
  return {
    count: `SELECT count(*) FROM (SELECT 1 FROM ${term} WHERE term >= ?1 AND term <= ?2 LIMIT ?3)`,
    few: `SELECT d.owner, d.id, d.terms
      FROM (SELECT DISTINCT owner, id FROM ${term} WHERE term >= ? AND term <= ?) AS t CROSS JOIN ${doc} AS d ON d.owner = t.owner AND d.id = t.id
      ORDER BY d.owner, d.id`,
    many: `${candidates} WHERE t.term = ? ORDER BY t.owner, t.id LIMIT ?`,
    manyAfter: `${candidates} WHERE t.term = ? AND (t.owner, t.id) > (?, ?) ORDER BY t.owner, t.id LIMIT ?`,
  };
}
