import { setImmediate as nextTurn } from 'node:timers/promises';
import { isIndexable, isKey } from './documents.ts';
import { DocumentDecoder } from './encoding.ts';
import { compareText } from './order.ts';
import { type Place, pageEnd } from './page-end.ts';
import type { Cursor, Doc, GroupTotal, Key, Members, Page, Range } from './port.ts';
import type { Connection } from './sqlite-driver.ts';
import { type CollectionPlan, groupColumn, tables } from './sqlite-layout.ts';
import type { Reader } from './sqlite-reader.ts';

/** What one statement is asked for at most, so that the event loop is free again soon. */
const CHUNK = 100;
const SCAN_CHUNK = 500;
const MAX_FIRST = 1000;
/** Beyond every safe integer. */
const UNBOUNDED = 2 ** 53;

type PageOptions = Range & { readonly first: number; readonly after?: Cursor | undefined };
type TotalRow = [owner: string, group: string, count: number, sum: number, first: number, last: number];

/**
 * The reads of one collection. A call of the driver costs more than a row does, so many keys, or many owners' totals,
 * go into one statement as a JSON list.
 */
export class CollectionReads<T extends Doc> {
  readonly #reader: Reader;
  readonly #plan: CollectionPlan;
  readonly #sql: ReturnType<typeof statements>;
  readonly #decoder: DocumentDecoder;

  constructor(reader: Reader, plan: CollectionPlan) {
    this.#reader = reader;
    this.#plan = plan;
    this.#sql = statements(plan);
    this.#decoder = new DocumentDecoder(
      () => reader.connection.one<[Buffer | null]>('SELECT shapes FROM collection WHERE name = ?', [plan.name])?.[0] ?? null,
    );
  }

  #decode(bytes: Buffer): T {
    return this.#decoder.decode(bytes) as T;
  }

  async getMany(keys: readonly Key[]): Promise<(T | null)[]> {
    return (await this.#reader.each(chunks(keys), (connection, chunk) => this.#get(connection, chunk))).flat();
  }

  #get(connection: Connection, keys: readonly Key[]): (T | null)[] {
    const found = keys.map((): T | null => null);
    const pairs = JSON.stringify(keys.map((key) => (isKey(key) ? [key.owner, key.id] : null)));
    for (const [index, bytes] of connection.all<[number, Buffer]>(this.#sql.get, [pairs])) found[index] = this.#decode(bytes);
    return found;
  }

  async latest(persons: readonly Members[], options: PageOptions): Promise<Page<T>[]> {
    const { first } = options;
    if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) throw new RangeError(`"first" is 1 to ${MAX_FIRST}.`);
    return this.#reader.each(persons, (connection, members) => {
      const [owner, ...others] = distinct(members);
      if (owner === undefined) return { items: [], next: null };
      return others.length === 0 ? this.#ownPage(connection, owner, options) : this.#mergedPage(connection, [owner, ...others], options);
    });
  }

  #ownPage(connection: Connection, owner: string, options: PageOptions): Page<T> {
    const rows = this.#newest<[number, string, Buffer]>(connection, 'at, id, doc', owner, options);
    const items = rows.slice(0, options.first).map(([, , bytes]) => this.#decode(bytes));
    const last = rows[options.first - 1];
    return { items, next: last && rows.length > options.first ? { at: last[0], id: last[1] } : null };
  }

  /** Finds the places of all members first, in the index, and then gets the documents that are on the page. */
  #mergedPage(connection: Connection, members: readonly string[], options: PageOptions): Page<T> {
    const places: Place[] = [];
    for (const owner of members)
      for (const [at, id] of this.#newest<[number, string]>(connection, 'at, id', owner, options)) places.push({ owner, at, id });
    places.sort((a, b) => b.at - a.at || compareText(b.id, a.id) || compareText(a.owner, b.owner));
    const page = places.slice(0, pageEnd(places, options.first));
    const last = page.at(-1);
    return {
      items: this.#get(connection, page).filter((doc) => doc !== null),
      next: last && page.length < places.length ? { at: last.at, id: last.id } : null,
    };
  }

  /** The newest of one owner, one more than a page takes. */
  #newest<R extends [number, string, ...Buffer[]]>(connection: Connection, columns: string, owner: string, options: PageOptions): R[] {
    const { first, after, from = -UNBOUNDED, to = UNBOUNDED } = options;
    if (!after) return connection.all<R>(this.#sql.newest(columns), [owner, from, to, first + 1]);
    // the bound on the time is what the index can use to begin at the cursor
    return connection.all<R>(this.#sql.newestAfter(columns), [owner, from, Math.min(to, after.at + 1), after.at, after.id, first + 1]);
  }

  async totals(persons: readonly Members[], options: Range & { readonly by?: string } = {}): Promise<GroupTotal[][]> {
    const { by, from = -UNBOUNDED, to = UNBOUNDED } = options;
    if (by !== undefined && !this.#plan.groups.includes(by)) throw new TypeError(`Collection "${this.#plan.name}" has no group "${by}".`);
    const sql = this.#sql.totals(by);
    const rows = await this.#reader.each(chunks(distinct(persons.flat())), (connection, owners) =>
      connection.all<TotalRow>(sql, [JSON.stringify(owners), from, to]),
    );
    const byOwner = new Map<string, TotalRow[]>();
    for (const row of rows.flat()) byOwner.set(row[0], [...(byOwner.get(row[0]) ?? []), row]);
    return persons.map((members) => this.#merged(distinct(members).flatMap((owner) => byOwner.get(owner) ?? [])));
  }

  #merged(rows: readonly TotalRow[]): GroupTotal[] {
    const groups = new Map<string, GroupTotal>();
    for (const [, group, count, sum, first, last] of rows) {
      const other = groups.get(group) ?? { group, count: 0, sum: 0, first, last };
      groups.set(group, {
        group,
        count: other.count + count,
        sum: other.sum + sum,
        first: Math.min(other.first, first),
        last: Math.max(other.last, last),
      });
    }
    const totals = [...groups.values()].sort((a, b) => compareText(a.group, b.group));
    if (!totals.every(({ sum }) => Number.isSafeInteger(sum)))
      throw new RangeError(`Collection "${this.#plan.name}": a total is not a safe integer.`);
    return totals;
  }

  async *scan({ from = -UNBOUNDED, to = UNBOUNDED }: Range = {}): AsyncGenerator<T, void, undefined> {
    for (let after: Place | undefined; ; ) {
      const start = after;
      const rows = await this.#reader.one((connection) =>
        start
          ? connection.all<[string, number, string]>(this.#sql.scanAfter, [start.owner, start.at, start.id, SCAN_CHUNK])
          : connection.all<[string, number, string]>(this.#sql.scan, [SCAN_CHUNK]),
      );
      const places = rows.map(([owner, at, id]): Place => ({ owner, at, id }));
      for (const doc of await this.getMany(places.filter(({ at }) => at >= from && at < to))) if (doc) yield doc;
      after = places.at(-1);
      if (!after || places.length < SCAN_CHUNK) return;
      await nextTurn();
    }
  }

  /** Every document in the order of keys, in chunks; needs no index but the key's. */
  async *chunks(): AsyncGenerator<readonly T[], void, undefined> {
    for (let after: Key | undefined; ; ) {
      const start = after;
      const docs = await this.#reader.one((connection) => {
        const rows = start
          ? connection.all<[Buffer]>(this.#sql.chunkAfter, [start.owner, start.id, SCAN_CHUNK])
          : connection.all<[Buffer]>(this.#sql.chunk, [SCAN_CHUNK]);
        return rows.map(([bytes]) => this.#decode(bytes));
      });
      yield docs;
      after = docs.at(-1);
      if (!after || docs.length < SCAN_CHUNK) return;
    }
  }
}

function distinct(owners: readonly string[]): string[] {
  return [...new Set(owners)].filter(isIndexable);
}

function chunks<V>(values: readonly V[]): (readonly V[])[] {
  return Array.from({ length: Math.ceil(values.length / CHUNK) }, (_, i) => values.slice(i * CHUNK, (i + 1) * CHUNK));
}

function statements(plan: CollectionPlan) {
  const { doc } = tables(plan);
  const inOrder = 'ORDER BY at DESC, id DESC LIMIT';
  return {
    // a CROSS JOIN keeps the order of the loops: from the keys to the documents
    get: `SELECT k.key, d.doc FROM json_each(?) AS k CROSS JOIN ${doc} AS d ON d.owner = k.value ->> 0 AND d.id = k.value ->> 1`,
    newest: (columns: string) => `SELECT ${columns} FROM ${doc} WHERE owner = ? AND at >= ? AND at < ? ${inOrder} ?`,
    newestAfter: (columns: string) =>
      `SELECT ${columns} FROM ${doc} WHERE owner = ? AND at >= ? AND at < ? AND (at, id) < (?, ?) ${inOrder} ?`,
    totals: (by: string | undefined) => `
      SELECT d.owner, ${by === undefined ? "''" : `coalesce(${groupColumn(by)}, '')`} AS grouping, count(*), coalesce(sum(amount), 0), min(at), max(at)
      FROM json_each(?) AS k CROSS JOIN ${doc} AS d ON d.owner = k.value AND d.at >= ? AND d.at < ? GROUP BY d.owner, grouping`,
    scan: `SELECT owner, at, id FROM ${doc} ORDER BY owner, at, id LIMIT ?`,
    scanAfter: `SELECT owner, at, id FROM ${doc} WHERE (owner, at, id) > (?, ?, ?) ORDER BY owner, at, id LIMIT ?`,
    chunk: `SELECT doc FROM ${doc} ORDER BY owner, id LIMIT ?`,
    chunkAfter: `SELECT doc FROM ${doc} WHERE (owner, id) > (?, ?) ORDER BY owner, id LIMIT ?`,
  };
}
