import type { AdjustResult, Doc, InsertOutcome, Key, WriteOutcome } from './port.ts';
import { CollectionWriter } from './sqlite-collection-writer.ts';
import type { Connection } from './sqlite-driver.ts';
import { type CollectionPlan, dropTables, layoutText } from './sqlite-layout.ts';
import { finishLayout } from './sqlite-migrations.ts';

/** A document on its way to the writer, with the search terms that only its spec can tell. */
export interface Filing {
  readonly doc: Doc & Readonly<Record<string, unknown>>;
  readonly terms: string | null;
}

/** What the writer thread can be asked for: each operation's argument and its answer. */
export interface Operations {
  insert: { readonly argument: { collection: string; filings: readonly Filing[] }; readonly answer: InsertOutcome[] };
  put: { readonly argument: { collection: string; filings: readonly Filing[] }; readonly answer: WriteOutcome[] };
  adjust: {
    readonly argument: { collection: string; key: Key; by: number; min: number; entry: Filing };
    readonly answer: AdjustResult;
  };
  erase: { readonly argument: { owner: string }; readonly answer: Record<string, number> };
  reindex: { readonly argument: { collection: string; rows: readonly Reindexed[] }; readonly answer: undefined };
  finishLayout: { readonly argument: { collection: string }; readonly answer: undefined };
  bury: { readonly argument: { owners: readonly string[] }; readonly answer: undefined };
  receive: { readonly argument: { collection: string; filings: readonly Filing[] }; readonly answer: undefined };
  freeze: { readonly argument: { collections: readonly string[] }; readonly answer: undefined };
  drop: { readonly argument: { collections: readonly string[] }; readonly answer: undefined };
}

/** A document whose columns and terms are to be derived anew, unless it was written since. */
export interface Reindexed extends Key {
  readonly version: number;
  readonly terms: string | null;
}

/** Answers at its end; between two `yield`s it may not be interrupted, at a `yield` the transaction may be committed and another begun. */
export type Steps<A> = Generator<undefined, A, undefined>;

/** What is known of a collection that another process has added. */
const UNKNOWN: Omit<CollectionPlan, 'name'> = { at: '', amount: null, groups: [], terms: null, ledger: null };

/** In the place of a collection's layout while it moves to another store: a process that knows the collection here may not write to it any more. */
const MOVING = 'moving';

/** The write operations on one connection. All of them run inside a write transaction that the caller holds. */
export class WriteOperations {
  readonly #connection: Connection;
  readonly #plans: ReadonlyMap<string, CollectionPlan>;
  readonly #writers: ReadonlyMap<string, CollectionWriter>;
  #dataVersion = -1;

  constructor(connection: Connection, plans: readonly CollectionPlan[]) {
    this.#connection = connection;
    this.#plans = new Map(plans.map((plan) => [plan.name, plan]));
    this.#writers = new Map(plans.map((plan) => [plan.name, new CollectionWriter(connection, plan)]));
  }

  /** To be called when a transaction begins: takes in what other processes changed. Throws when they changed the layout. */
  refresh(): void {
    const version = this.#connection.one<[number]>('PRAGMA data_version')?.[0] ?? -1;
    if (version === this.#dataVersion) return;
    this.reload();
    const layouts = new Map(this.#connection.all<[string, string]>('SELECT name, layout FROM collection'));
    for (const plan of this.#plans.values())
      if (layouts.get(plan.name) !== layoutText(plan))
        throw new Error(
          `Another version of this program has changed how collection "${plan.name}" is stored. Restart this process with that version.`,
        );
    this.#dataVersion = version;
  }

  /** To be called after a rollback: what the writers remember may not be stored. */
  reload(): void {
    this.#dataVersion = -1;
    for (const writer of this.#writers.values()) writer.reload();
  }

  start<K extends keyof Operations>(kind: K, argument: Operations[K]['argument']): Steps<Operations[K]['answer']> {
    const steps: { [O in keyof Operations]: (argument: Operations[O]['argument']) => Steps<Operations[O]['answer']> } = {
      insert: ({ collection, filings }) => this.#insert(collection, filings),
      put: ({ collection, filings }) => this.#put(collection, filings),
      adjust: (adjustment) => this.#adjust(adjustment),
      erase: ({ owner }) => this.#erase(owner),
      reindex: ({ collection, rows }) => this.#reindex(collection, rows),
      finishLayout: ({ collection }) => this.#finishLayout(collection),
      bury: ({ owners }) => this.#bury(owners),
      receive: ({ collection, filings }) => this.#receive(collection, filings),
      freeze: ({ collections }) => this.#freeze(collections),
      drop: ({ collections }) => this.#drop(collections),
    };
    return steps[kind](argument);
  }

  #writer(collection: string): CollectionWriter {
    const writer = this.#writers.get(collection);
    if (!writer) throw new Error(`The store was opened without a collection "${collection}".`);
    return writer;
  }

  #isErased(owner: string): boolean {
    return this.#connection.one('SELECT 1 FROM tombstone WHERE owner = ?', [owner]) !== undefined;
  }

  *#insert(collection: string, filings: readonly Filing[]): Steps<InsertOutcome[]> {
    const writer = this.#writer(collection);
    const outcomes: InsertOutcome[] = [];
    for (const { doc, terms } of filings) {
      if (outcomes.length > 0) yield;
      if (this.#isErased(doc.owner)) outcomes.push('erased');
      else outcomes.push(writer.insert({ ...doc, version: 1 }, terms) ? 'inserted' : 'duplicate');
    }
    return outcomes;
  }

  *#put(collection: string, filings: readonly Filing[]): Steps<WriteOutcome[]> {
    const writer = this.#writer(collection);
    const outcomes: WriteOutcome[] = [];
    for (const { doc, terms } of filings) {
      if (outcomes.length > 0) yield;
      if (this.#isErased(doc.owner)) outcomes.push('erased');
      else outcomes.push(writer.put(doc, terms) ? 'ok' : 'conflict');
    }
    return outcomes;
  }

  // biome-ignore lint/correctness/useYield: one step, which is what makes it atomic.
  *#adjust({ collection, key, by, min, entry }: Operations['adjust']['argument']): Steps<AdjustResult> {
    const ledger = this.#plans.get(collection)?.ledger;
    if (!ledger) throw new Error(`Collection "${collection}" is not a ledger's balance.`);
    if (this.#isErased(key.owner) || this.#isErased(entry.doc.owner)) return { status: 'erased', value: 0 };
    const balances = this.#writer(collection);
    const entries = this.#writer(ledger.entries);
    const doc = balances.read(key);
    if (!doc) return { status: 'missing', value: 0 };
    const value = doc[ledger.balance] as number;
    if (entries.has(entry.doc)) return { status: 'duplicate', value };
    const next = value + by;
    if (by < 0 && next < min) return { status: 'insufficient', value };
    if (!Number.isSafeInteger(next)) throw new RangeError(`Collection "${collection}": the balance would not be a safe integer.`);
    entries.insert({ ...entry.doc, version: 1 }, entry.terms);
    balances.rewrite({ ...doc, [ledger.balance]: next, version: doc.version + 1 });
    return { status: 'applied', value: next };
  }

  *#erase(owner: string): Steps<Record<string, number>> {
    // first, so that nothing is written for the owner while the rest is deleted
    this.#connection.run('INSERT OR IGNORE INTO tombstone (owner) VALUES (?)', [owner]);
    const erased: Record<string, number> = {};
    // every collection of the file, also those that this process was not told of
    for (const [name] of this.#connection.all<[string]>('SELECT name FROM collection ORDER BY name')) {
      const writer = this.#writers.get(name) ?? new CollectionWriter(this.#connection, { ...UNKNOWN, name });
      let count = 0;
      for (const [id, terms] of writer.ofOwner(owner)) {
        writer.remove({ owner, id }, terms);
        count += 1;
        yield;
      }
      erased[name] = count;
    }
    return erased;
  }

  *#bury(owners: readonly string[]): Steps<undefined> {
    for (const owner of owners) {
      this.#connection.run('INSERT OR IGNORE INTO tombstone (owner) VALUES (?)', [owner]);
      yield;
    }
    return undefined;
  }

  *#receive(collection: string, filings: readonly Filing[]): Steps<undefined> {
    const writer = this.#writer(collection);
    for (const { doc, terms } of filings) {
      if (!this.#isErased(doc.owner)) writer.receive(doc, terms);
      yield;
    }
    return undefined;
  }

  // biome-ignore lint/correctness/useYield: one step, so that all of them are frozen or none.
  *#freeze(collections: readonly string[]): Steps<undefined> {
    for (const name of collections) this.#connection.run('UPDATE collection SET layout = ? WHERE name = ?', [MOVING, name]);
    return undefined;
  }

  // biome-ignore lint/correctness/useYield: one step, so that all of them are gone or none.
  *#drop(collections: readonly string[]): Steps<undefined> {
    for (const name of collections) {
      this.#connection.exec(dropTables({ name }));
      this.#connection.run('DELETE FROM collection WHERE name = ?', [name]);
    }
    return undefined;
  }

  *#reindex(collection: string, rows: readonly Reindexed[]): Steps<undefined> {
    const writer = this.#writer(collection);
    for (const row of rows) {
      writer.reindex(row);
      yield;
    }
    return undefined;
  }

  // biome-ignore lint/correctness/useYield: one step, because the index must not be missing for others in between.
  *#finishLayout(collection: string): Steps<undefined> {
    const plan = this.#plans.get(collection);
    if (plan) finishLayout(this.#connection, plan);
    return undefined;
  }
}
