import { setImmediate as nextTurn } from 'node:timers/promises';
import { isIndexable } from './documents.ts';
import type { Key } from './port.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import { tables } from './sqlite-layout.ts';
import type { Reader } from './sqlite-reader.ts';

/** A prefix that begins at most this many entries of the index is looked up there, and what it finds is sorted. */
const FEW = 5000;
/** At most so many documents are looked at before other work has its turn. */
const CHUNK = 4000;
const FIRST_CHUNK = 250;
const LAST_CHARACTER = '\u{10ffff}';

/**
 * Searches one collection. The rarest prefix leads: if it is rare, the index gives its documents. If all are common,
 * documents are tested in the order of their keys until the page is full, which is soon, because they are common.
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
      const row = connection.one<[number]>(this.#sql.count, [prefix, prefix + LAST_CHARACTER, FEW + 1]);
      return row?.[0] ?? 0;
    });
    const fewest = Math.min(...counts);
    const rarest = prefixes[counts.indexOf(fewest)];
    return rarest !== undefined && fewest <= FEW ? this.#amongFew(rarest, prefixes, limit, after) : this.#amongMany(prefixes, limit, after);
  }

  #amongFew(rarest: string, prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    const others = prefixes.filter((prefix) => prefix !== rarest).map(inRow);
    return this.#reader.one((connection) =>
      keysOf(connection.all(this.#sql.few(others.length, after), [rarest, rarest + LAST_CHARACTER, ...position(after), ...others, limit])),
    );
  }

  async #amongMany(prefixes: readonly string[], limit: number, after: Key | undefined): Promise<Key[]> {
    const found: Key[] = [];
    let from = after;
    for (let size = FIRST_CHUNK; ; size = Math.min(size * 2, CHUNK)) {
      const start = from;
      const end = await this.#reader.one((connection) => {
        found.push(...keysOf(connection.all(this.#sql.many(prefixes.length, start), [...prefixes.map(inRow), ...position(start), size])));
        return found.length < limit ? keysOf(connection.all(this.#sql.end(start), [...position(start), size - 1]))[0] : undefined;
      });
      if (!end) return found.slice(0, limit);
      from = end;
      await nextTurn();
    }
  }
}

/** How a prefix stands in a row's terms. */
function inRow(prefix: string): string {
  return `\n${prefix}`;
}

function position(after: Key | undefined): string[] {
  return after ? [after.owner, after.id] : [];
}

function keysOf(rows: readonly [string, string][]): Key[] {
  return rows.map(([owner, id]) => ({ owner, id }));
}

function statements(plan: CollectionPlan) {
  const { doc, term } = tables(plan);
  const tested = (count: number) => Array.from({ length: count }, () => 'instr(terms, ?) > 0').join(' AND ');
  const further = (after: Key | undefined, word: string) => (after ? `${word} (owner, id) > (?, ?)` : '');
  return {
    count: `SELECT count(*) FROM (SELECT 1 FROM ${term} WHERE term >= ? AND term <= ? LIMIT ?)`,
    few: (others: number, after: Key | undefined) => {
      const keys = `SELECT DISTINCT owner, id FROM ${term} WHERE term >= ? AND term <= ? ${further(after, 'AND')}`;
      const rows = others === 0 ? keys : `SELECT owner, id FROM (${keys}) CROSS JOIN ${doc} USING (owner, id) WHERE ${tested(others)}`;
      return `${rows} ORDER BY owner, id LIMIT ?`;
    },
    many: (count: number, after: Key | undefined) => `SELECT owner, id FROM
      (SELECT owner, id, ${tested(count)} AS found FROM ${doc} ${further(after, 'WHERE')} ORDER BY owner, id LIMIT ?) WHERE found`,
    end: (after: Key | undefined) => `SELECT owner, id FROM ${doc} ${further(after, 'WHERE')} ORDER BY owner, id LIMIT 1 OFFSET ?`,
  };
}
