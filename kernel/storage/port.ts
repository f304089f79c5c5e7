/**
 * The storage port: the few declarative operations that every store adapter offers (sqlite.ts, mongo.ts).
 *
 * Documents are plain JSON-like values filed under a key (documents.ts says what can be stored; anything else rejects
 * with the collection and the field named, and stores nothing of the call). Each operation is atomic for one document and
 * durable when its promise resolves: acknowledged means that it survives a power loss, and that every later read sees it, in
 * this process and in others. Texts are ordered by code point. There is no
 * transaction callback, because SQLite is synchronous and MongoDB is not; what must change together lives in
 * one document, or is made repeatable by its caller.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Where a document is filed. `owner` (a customer, a product, an identifier...) is the shard key; ids are unique under one owner. */
export interface Key {
  readonly owner: string;
  readonly id: string;
}

/** What every stored document carries. */
export interface Doc extends Key {
  /** 0 while not stored yet; each write that succeeds adds one. */
  readonly version: number;
}

/** The ids under which one person's records were filed; one unless customers were linked. */
export type Members = readonly string[];

/** Describes one collection; adapters derive tables, columns and indexes from it. */
export interface Spec<T extends Doc> {
  /** Lower-case with underscores; unique within a store. */
  readonly name: string;
  /** The field (an `EpochMs`) that orders an owner's documents. A document may be rewritten with another time. */
  readonly at: keyof T & string;
  /** An integer field that `totals` sums, for example an amount in minor units; null or absent counts as 0. */
  readonly amount?: keyof T & string;
  /** String fields by which `totals` can group; null or absent counts as ''. */
  readonly groups?: readonly (keyof T & string)[];
  /** The collection is a ledger's balance: the integer field that `adjust` moves and the collection its entries go to. */
  readonly ledger?: { readonly balance: keyof T & string; readonly entries: string };
  /** Normalised terms (see search-terms.ts) under which `search` finds the document. A ledger's balance must not be part of them. */
  readonly terms?: (doc: T) => readonly string[];
  /** Raise it when `terms` answers differently than before: a store that is opened then indexes its documents anew. 0 when absent. */
  readonly termsVersion?: number;
  /**
   * The store in which the collection lay before it came to this one. What is left there is moved here whenever this store is opened (moving.ts).
   * Not for a ledger's balance.
   */
  readonly movedFrom?: {
    readonly store: string;
    /** The collection stays in that store, too, because others of its collections need it: it is copied, together with one that moves. */
    readonly shared?: boolean;
  };
}

/** An opaque position in a list; see page.ts for its text form. */
export interface Cursor {
  readonly at: EpochMs;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** The position after the last item, or null when nothing follows. */
  readonly next: Cursor | null;
}

/** `from` is inclusive, `to` exclusive. */
export interface Range {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

export interface GroupTotal {
  /** The value of the `by` field, or '' when not grouped. */
  readonly group: string;
  readonly count: number;
  /** The sum of the amount field, an integer; 0 where the collection has none. */
  readonly sum: number;
  readonly first: EpochMs;
  readonly last: EpochMs;
}

export type WriteOutcome = 'ok' | 'conflict' | 'erased';
export type InsertOutcome = 'inserted' | 'duplicate' | 'erased';

export interface Adjustment<E extends Doc> {
  /** Added to the balance; negative takes away. */
  readonly by: number;
  /** The balance may not fall below this. Not checked when `by` is positive. */
  readonly min: number;
  /**
   * Filed in the ledger's entries collection together with the change, as given but with version 1; its key makes the
   * adjustment idempotent. Its owner is the balance's.
   */
  readonly entry: E;
}

export interface AdjustResult {
  /**
   * `duplicate`: an entry with that key is filed already, whatever its amount. `insufficient` files nothing, so the same
   * entry may be applied later. `missing`: no balance document under that key. `erased`: its owner was erased.
   */
  readonly status: 'applied' | 'duplicate' | 'insufficient' | 'missing' | 'erased';
  /** The balance after the operation (0 when missing or erased). */
  readonly value: number;
}

export interface Collection<T extends Doc> {
  /** One answer per key in input order, null where nothing is stored. */
  getMany(keys: readonly Key[]): Promise<readonly (T | null)[]>;
  /**
   * One page per person, newest first by (at, id), over all of the person's members. `first` is 1 to 1000.
   * The same options hold for every person of the call. Documents of two members that share time and id, which is all that
   * a cursor holds, are never parted by the end of a page: it is shorter than `first`, or longer where they alone are more.
   */
  latest(persons: readonly Members[], options: Range & { first: number; after?: Cursor | undefined }): Promise<readonly Page<T>[]>;
  /** Count, sum, first and last per person, one entry per group, ordered by group; an empty list when nothing is stored. */
  totals(persons: readonly Members[], options?: Range & { by?: keyof T & string }): Promise<readonly (readonly GroupTotal[])[]>;
  /** Stores each document, as version 1, unless its key exists. One outcome per document in input order; of two equal keys in one call the first wins. */
  insertOnce(docs: readonly T[]): Promise<readonly InsertOutcome[]>;
  /**
   * Writes each document if the stored version equals `doc.version` (0: if nothing is stored), and stores it with
   * `version + 1`. One outcome per document in input order; documents are written independently of each other.
   */
  putMany(docs: readonly T[]): Promise<readonly WriteOutcome[]>;
  /**
   * Changes a balance and files its ledger entry as one atomic, idempotent step (collections with `ledger` only).
   * Whatever else runs, on any process: an entry id is applied at most once, and the balance never passes `min`.
   * The balance always equals what it started with plus the sum of applied entries.
   */
  adjust<E extends Doc>(key: Key, adjustment: Adjustment<E>): Promise<AdjustResult>;
  /**
   * Documents in which every given prefix begins one of the document's terms, ordered by (owner, id); none when no
   * prefix is given. Empty prefixes are passed over.
   * `after` is the key of the last document of the page before.
   */
  search(
    prefixes: readonly string[],
    options: { first: number; after?: Key | undefined },
  ): Promise<{ items: readonly T[]; next: Key | null }>;
  /** Every document, ordered by (owner, at, id) ascending, fetched in chunks so that neither memory nor the event loop is held. A document that is rewritten with another time meanwhile may come twice or not at all. */
  scan(range?: Range): AsyncIterable<T>;
}

export interface Store {
  /** The collection that `spec` describes; created, with its indexes, when the store was opened with it. */
  collection<T extends Doc>(spec: Spec<T>): Collection<T>;
  /**
   * Deletes every document of `owner` in all collections and leaves a tombstone, so that late writes for that owner
   * answer `erased`. Repeatable. Gives the number of documents deleted per collection, 0 included.
   */
  erase(owner: string): Promise<Readonly<Record<string, number>>>;
  /** Waits for writes under way, then releases files and connections. Repeatable. */
  close(): Promise<void>;
}

/** Every collection of a store is declared when the store is opened. */
// biome-ignore lint/suspicious/noExplicitAny: a list of specs of different documents has no narrower type.
export type AnySpec = Spec<any>;
