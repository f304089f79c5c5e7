import { isIndexable, isKey, storable, storableTerms } from './documents.ts';
import { DocumentDecoder } from './encoding.ts';
import { compareText } from './order.ts';
import { type Place, pageEnd } from './page-end.ts';
import type {
  Adjustment,
  AdjustResult,
  AnySpec,
  Collection,
  Cursor,
  Doc,
  GroupTotal,
  InsertOutcome,
  Key,
  Members,
  Page,
  Range,
  WriteOutcome,
} from './port.ts';
import type { Connection } from './sqlite-driver.ts';
import { type CollectionPlan, groupColumn, rowTerms, tables } from './sqlite-layout.ts';
import type { Filing, Reindexed } from './sqlite-operations.ts';
import type { Reader } from './sqlite-reader.ts';
import { Search } from './sqlite-search.ts';
import type { WriterClient } from './sqlite-writer-client.ts';

const SCAN_CHUNK = 500;
const MAX_FIRST = 1000;

/** One collection of a SQLite store: reads here, on the main thread; writes in the store's writer thread. */
export class SqliteCollection<T extends Doc> implements Collection<T> {
  readonly #spec: AnySpec;
  readonly #plan: CollectionPlan;
  readonly #entrySpec: AnySpec | undefined;
  readonly #reader: Reader;
  readonly #writer: WriterClient;
  readonly #sql: ReturnType<typeof statements>;
  readonly #decoder: DocumentDecoder;
  readonly #search: Search;

  constructor(parts: { spec: AnySpec; entrySpec: AnySpec | undefined; plan: CollectionPlan; reader: Reader; writer: WriterClient }) {
    this.#spec = parts.spec;
    this.#plan = parts.plan;
    this.#entrySpec = parts.entrySpec;
    this.#reader = parts.reader;
    this.#writer = parts.writer;
    this.#sql = statements(parts.plan);
    this.#decoder = new DocumentDecoder(
      () => parts.reader.connection.one<[Buffer | null]>('SELECT shapes FROM collection WHERE name = ?', [parts.plan.name])?.[0] ?? null,
    );
    this.#search = new Search(parts.reader, parts.plan, (bytes) => this.#decode(bytes));
  }

  #decode(bytes: Buffer): T {
    return this.#decoder.decode(bytes) as T;
  }

  async getMany(keys: readonly Key[]): Promise<readonly (T | null)[]> {
    return this.#reader.each(keys, (connection, key) => {
      if (!isKey(key)) return null;
      const row = connection.one<[Buffer]>(this.#sql.get, [key.owner, key.id]);
      return row ? this.#decode(row[0]) : null;
    });
  }

  async latest(persons: readonly Members[], options: Range & { first: number; after?: Cursor | undefined }): Promise<readonly Page<T>[]> {
    const { first } = options;
    if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) throw new RangeError(`"first" is 1 to ${MAX_FIRST}.`);
    return this.#reader.each(persons, (connection, members) => {
      const places = distinct(members).flatMap((owner) => this.#places(connection, owner, options));
      places.sort((a, b) => b.at - a.at || compareText(b.id, a.id) || compareText(a.owner, b.owner));
      const page = places.slice(0, pageEnd(places, first));
      const items = page.flatMap(({ owner, id }) => {
        const row = connection.one<[Buffer]>(this.#sql.get, [owner, id]);
        return row ? [this.#decode(row[0])] : [];
      });
      const last = page.at(-1);
      return { items, next: last && page.length < places.length ? { at: last.at, id: last.id } : null };
    });
  }

  /** The newest places of one owner, one more than a page takes. */
  #places(
    connection: Connection,
    owner: string,
    { first, after, from, to }: Range & { first: number; after?: Cursor | undefined },
  ): Place[] {
    const low = from ?? Number.MIN_SAFE_INTEGER;
    const high = to ?? Number.MAX_SAFE_INTEGER;
    const rows = after
      ? connection.all<[number, string]>(this.#sql.placesAfter, [owner, low, high, after.at, after.id, first + 1])
      : connection.all<[number, string]>(this.#sql.places, [owner, low, high, first + 1]);
    return rows.map(([at, id]) => ({ owner, at, id }));
  }

  async totals(persons: readonly Members[], options: Range & { by?: keyof T & string } = {}): Promise<readonly (readonly GroupTotal[])[]> {
    const { by, from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = options;
    if (by !== undefined && !this.#plan.groups.includes(by)) throw new TypeError(`Collection "${this.#plan.name}" has no group "${by}".`);
    const sql = this.#sql.totals(by);
    return this.#reader.each(persons, (connection, members) => {
      const groups = new Map<string, GroupTotal>();
      for (const owner of distinct(members))
        for (const [group, count, sum, first, last] of connection.all<[string, number, number, number, number]>(sql, [owner, from, to])) {
          if (count === 0) continue;
          const sofar = groups.get(group);
          groups.set(group, sofar ? added(sofar, { group, count, sum, first, last }) : { group, count, sum, first, last });
        }
      const totals = [...groups.values()].sort((a, b) => compareText(a.group, b.group));
      if (!totals.every(({ sum }) => Number.isSafeInteger(sum)))
        throw new RangeError(`Collection "${this.#plan.name}": a total is beyond 2^53.`);
      return totals;
    });
  }

  async insertOnce(docs: readonly T[]): Promise<readonly InsertOutcome[]> {
    if (docs.length === 0) return [];
    return this.#writer.call('insert', { collection: this.#plan.name, filings: docs.map((doc) => filing(this.#spec, doc)) });
  }

  async putMany(docs: readonly T[]): Promise<readonly WriteOutcome[]> {
    if (docs.length === 0) return [];
    return this.#writer.call('put', { collection: this.#plan.name, filings: docs.map((doc) => filing(this.#spec, doc)) });
  }

  async adjust<E extends Doc>(key: Key, { by, min, entry }: Adjustment<E>): Promise<AdjustResult> {
    if (!this.#entrySpec) throw new TypeError(`Collection "${this.#plan.name}" is not a ledger's balance.`);
    if (!Number.isSafeInteger(by) || !Number.isSafeInteger(min))
      throw new TypeError(`Collection "${this.#plan.name}": adjust takes safe integers.`);
    if (!isKey(key)) return { status: 'missing', value: 0 };
    return this.#writer.call('adjust', {
      collection: this.#plan.name,
      key: { owner: key.owner, id: key.id },
      by,
      min,
      entry: filing(this.#entrySpec, entry),
    });
  }

  async search(
    prefixes: readonly string[],
    options: { first: number; after?: Key | undefined },
  ): Promise<{ items: readonly T[]; next: Key | null }> {
    if (this.#plan.terms === null) throw new TypeError(`Collection "${this.#plan.name}" has no search terms.`);
    return this.#search.page<T>(prefixes, options);
  }

  async *scan(range: Range = {}): AsyncIterable<T> {
    const { from = Number.MIN_SAFE_INTEGER, to = Number.MAX_SAFE_INTEGER } = range;
    for (let after: Place | undefined; ; ) {
      const start = after;
      const rows = await this.#reader.one((connection) =>
        start
          ? connection.all<[string, number, string]>(this.#sql.scanAfter, [start.owner, start.at, start.id, SCAN_CHUNK])
          : connection.all<[string, number, string]>(this.#sql.scan, [SCAN_CHUNK]),
      );
      const wanted = rows.filter(([, at]) => at >= from && at < to).map(([owner, , id]) => ({ owner, id }));
      for (const doc of await this.getMany(wanted)) if (doc) yield doc;
      const last = rows.at(-1);
      if (!last || rows.length < SCAN_CHUNK) return;
      after = { owner: last[0], at: last[1], id: last[2] };
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Derives every document's columns and search index anew, after its layout has changed. */
  async reindex(): Promise<void> {
    for (let after: Key | undefined; ; ) {
      const start = after;
      const rows = await this.#reader.one((connection) =>
        connection.all<[string, string, Buffer]>(this.#sql.chunk, [start?.owner ?? '', start?.id ?? '', start ? 1 : 0, SCAN_CHUNK]),
      );
      const reindexed = rows.map(([owner, id, bytes]): Reindexed => {
        const doc = this.#decode(bytes);
        return { owner, id, version: doc.version, terms: rowTerms(storableTerms(this.#spec, storable(this.#spec, doc))) };
      });
      await this.#writer.call('reindex', { collection: this.#plan.name, rows: reindexed });
      const last = rows.at(-1);
      if (!last || rows.length < SCAN_CHUNK) break;
      after = { owner: last[0], id: last[1] };
    }
    await this.#writer.call('finishLayout', { collection: this.#plan.name });
  }
}

function filing(spec: AnySpec, doc: Doc): Filing {
  const plain = storable(spec, doc);
  return { doc: plain as Filing['doc'], terms: rowTerms(storableTerms(spec, plain)) };
}

function distinct(members: Members): string[] {
  return [...new Set(members)].filter(isIndexable);
}

function added(a: GroupTotal, b: GroupTotal): GroupTotal {
  return {
    group: a.group,
    count: a.count + b.count,
    sum: a.sum + b.sum,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
  };
}

function statements(plan: CollectionPlan) {
  const { doc } = tables(plan);
  const totals = (group: string) => `SELECT ${group} AS grouping, count(*), coalesce(sum(amount), 0), min(at), max(at)
    FROM ${doc} WHERE owner = ? AND at >= ? AND at < ?`;
  return {
    get: `SELECT doc FROM ${doc} WHERE owner = ? AND id = ?`,
    places: `SELECT at, id FROM ${doc} WHERE owner = ? AND at >= ? AND at < ? ORDER BY at DESC, id DESC LIMIT ?`,
    placesAfter: `SELECT at, id FROM ${doc} WHERE owner = ? AND at >= ? AND at < ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?`,
    totals: (by: string | undefined) =>
      by === undefined ? totals("''") : `${totals(`coalesce(${groupColumn(by)}, '')`)} GROUP BY grouping`,
    scan: `SELECT owner, at, id FROM ${doc} ORDER BY owner, at, id LIMIT ?`,
    scanAfter: `SELECT owner, at, id FROM ${doc} WHERE (owner, at, id) > (?, ?, ?) ORDER BY owner, at, id LIMIT ?`,
    chunk: `SELECT owner, id, doc FROM ${doc} WHERE (owner, id) >= (?1, ?2) AND (?3 = 0 OR (owner, id) > (?1, ?2)) ORDER BY owner, id LIMIT ?4`,
  };
}
