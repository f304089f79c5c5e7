import { isKey, storable, storableTerms } from './documents.ts';
import type { Adjustment, AdjustResult, AnySpec, Collection, Doc, InsertOutcome, Key, Range, WriteOutcome } from './port.ts';
import { type CollectionPlan, rowTerms } from './sqlite-layout.ts';
import type { Filing } from './sqlite-operations.ts';
import type { Reader } from './sqlite-reader.ts';
import { CollectionReads } from './sqlite-reads.ts';
import { Search } from './sqlite-search.ts';
import type { StoreWriter } from './sqlite-writer-client.ts';

interface Parts {
  readonly spec: AnySpec;
  /** What the collection's ledger entries are, where it is a balance. */
  readonly entrySpec: AnySpec | undefined;
  readonly plan: CollectionPlan;
  readonly reader: Reader;
  readonly writer: StoreWriter;
}

/** One collection of a SQLite store: reads on the main thread, writes in the store's writer thread. */
export function sqliteCollection<T extends Doc>({ spec, entrySpec, plan, reader, writer }: Parts): Collection<T> & Reindexable {
  const reads = new CollectionReads<T>(reader, plan);
  const search = new Search(reader, plan);
  const collection = plan.name;
  return {
    getMany: (keys) => reads.getMany(keys),
    latest: (persons, options) => reads.latest(persons, options),
    totals: (persons, options) => reads.totals(persons, options),
    scan: (range?: Range) => reads.scan(range),

    async insertOnce(docs: readonly T[]): Promise<readonly InsertOutcome[]> {
      if (docs.length === 0) return [];
      return writer.call('insert', { collection, filings: docs.map((doc) => filing(spec, doc)) });
    },

    async putMany(docs: readonly T[]): Promise<readonly WriteOutcome[]> {
      if (docs.length === 0) return [];
      return writer.call('put', { collection, filings: docs.map((doc) => filing(spec, doc)) });
    },

    async adjust<E extends Doc>({ owner, id }: Key, { by, min, entry }: Adjustment<E>): Promise<AdjustResult> {
      if (!entrySpec) throw new TypeError(`Collection "${collection}" is not a ledger's balance.`);
      if (!Number.isSafeInteger(by) || !Number.isSafeInteger(min))
        throw new TypeError(`Collection "${collection}": adjust takes safe integers.`);
      if (!isKey({ owner, id })) return { status: 'missing', value: 0 };
      return writer.call('adjust', { collection, key: { owner, id }, by, min, entry: filing(entrySpec, entry) });
    },

    async search(prefixes, options) {
      const { keys, next } = await search.keys(prefixes, options);
      // a document may have been erased since its key was found
      return { items: (await reads.getMany(keys)).filter((doc) => doc !== null), next };
    },

    async reindex() {
      for await (const docs of reads.chunks()) {
        const rows = docs.map((doc) => ({ owner: doc.owner, id: doc.id, version: doc.version, terms: filing(spec, doc).terms }));
        await writer.call('reindex', { collection, rows });
      }
      await writer.call('finishLayout', { collection });
    },
  };
}

export interface Reindexable {
  /** Derives every document's columns and search index anew, after the collection's layout has changed. */
  reindex(): Promise<void>;
}

/** The document on its way to the writer. Throws a TypeError where it breaks its spec (documents.ts). */
export function filing(spec: AnySpec, doc: Doc): Filing {
  const plain = storable(spec, doc);
  return { doc: plain as Filing['doc'], terms: rowTerms(storableTerms(spec, plain)) };
}
