import { DocumentEncoder } from './encoding.ts';
import type { Doc, Key } from './port.ts';
import type { Connection } from './sqlite-driver.ts';
import { type CollectionPlan, columnValues, tables, termsOfRow } from './sqlite-layout.ts';

type StoredDoc = Doc & Readonly<Record<string, unknown>>;

/** Writes one collection's rows: the document, its columns and its search index together. Inside a write transaction only. */
export class CollectionWriter {
  readonly #connection: Connection;
  readonly #plan: CollectionPlan;
  readonly #encoder: DocumentEncoder;
  readonly #sql: ReturnType<typeof statements>;

  constructor(connection: Connection, plan: CollectionPlan) {
    this.#connection = connection;
    this.#plan = plan;
    this.#sql = statements(plan);
    this.#encoder = new DocumentEncoder(
      () => connection.one<[Buffer | null]>('SELECT shapes FROM collection WHERE name = ?', [plan.name])?.[0] ?? null,
      (shapes) => connection.run('UPDATE collection SET shapes = ? WHERE name = ?', [shapes, plan.name]),
    );
  }

  reload(): void {
    this.#encoder.reload();
  }

  has({ owner, id }: Key): boolean {
    return this.#connection.one(this.#sql.version, [owner, id]) !== undefined;
  }

  read({ owner, id }: Key): StoredDoc | undefined {
    const row = this.#connection.one<[Buffer]>(this.#sql.read, [owner, id]);
    return row && (this.#encoder.decode(row[0]) as StoredDoc);
  }

  /** Stores the document as it is unless its key exists; says whether it did. */
  insert(doc: StoredDoc, terms: string | null): boolean {
    const values = [doc.owner, doc.id, doc.version, terms, this.#encoder.encode(doc), ...columnValues(this.#plan, doc)];
    if (this.#connection.run(this.#sql.insert, values) === 0) return false;
    this.#reindexTerms(doc, null, terms);
    return true;
  }

  /** Stores the document with the next version if the stored one is the document's; says whether it did. */
  put(doc: StoredDoc, terms: string | null): boolean {
    const next = { ...doc, version: doc.version + 1 };
    if (doc.version === 0) return this.insert(next, terms);
    const stored = this.#connection.one<[number, string | null]>(this.#sql.version, [doc.owner, doc.id]);
    if (stored?.[0] !== doc.version) return false;
    this.#update(next, terms);
    this.#reindexTerms(doc, stored[1], terms);
    return true;
  }

  /** Stores the document with the version that it has, unless that one or a later one is stored. */
  receive(doc: StoredDoc, terms: string | null): void {
    const stored = this.#connection.one<[number, string | null]>(this.#sql.version, [doc.owner, doc.id]);
    if (!stored) this.insert(doc, terms);
    else if (stored[0] < doc.version) {
      this.#update(doc, terms);
      this.#reindexTerms(doc, stored[1], terms);
    }
  }

  /** Replaces a document that exists, keeping its search terms. */
  rewrite(doc: StoredDoc): void {
    const terms = this.#connection.one<[number, string | null]>(this.#sql.version, [doc.owner, doc.id])?.[1] ?? null;
    this.#update(doc, terms);
  }

  /** Derives columns and search index of a stored document anew, unless it has another version by now. */
  reindex({ owner, id, version, terms }: Key & { readonly version: number; readonly terms: string | null }): void {
    const stored = this.#connection.one<[number, string | null]>(this.#sql.version, [owner, id]);
    const doc = this.read({ owner, id });
    if (!doc || stored?.[0] !== version) return;
    this.#update(doc, terms);
    // what the row says may never have come into the index, which was made anew
    this.#reindexTerms(doc, stored[1], null);
    this.#reindexTerms(doc, null, terms);
  }

  /** The ids of an owner's documents, with their terms. */
  ofOwner(owner: string): [id: string, terms: string | null][] {
    return this.#connection.all<[string, string | null]>(this.#sql.ids, [owner]);
  }

  /** Deletes a document with its part of the search index. */
  remove({ owner, id }: Key, terms: string | null): void {
    this.#reindexTerms({ owner, id }, terms, null);
    this.#connection.run(this.#sql.remove, [owner, id]);
  }

  #update(doc: StoredDoc, terms: string | null): void {
    this.#connection.run(this.#sql.update, [
      doc.version,
      terms,
      this.#encoder.encode(doc),
      ...columnValues(this.#plan, doc),
      doc.owner,
      doc.id,
    ]);
  }

  #reindexTerms({ owner, id }: Key, before: string | null, after: string | null): void {
    if (before === after) return;
    const [old, wanted] = [termsOfRow(before), termsOfRow(after)];
    const gone = old.filter((term) => !wanted.includes(term));
    const added = wanted.filter((term) => !old.includes(term));
    if (gone.length > 0) this.#connection.run(this.#sql.unindex, [JSON.stringify(gone), owner, id]);
    if (added.length > 0) this.#connection.run(this.#sql.index, [JSON.stringify(added), owner, id]);
  }
}

function statements(plan: CollectionPlan) {
  const { doc, term, groups } = tables(plan);
  const columns = ['version', 'terms', 'doc', 'at', 'amount', ...groups];
  return {
    version: `SELECT version, terms FROM ${doc} WHERE owner = ? AND id = ?`,
    read: `SELECT doc FROM ${doc} WHERE owner = ? AND id = ?`,
    insert: `INSERT INTO ${doc} (owner, id, ${columns.join(', ')}) VALUES (?, ?${', ?'.repeat(columns.length)}) ON CONFLICT DO NOTHING`,
    update: `UPDATE ${doc} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE owner = ? AND id = ?`,
    index: `INSERT OR IGNORE INTO ${term} (term, owner, id) SELECT value, ?2, ?3 FROM json_each(?1)`,
    unindex: `DELETE FROM ${term} WHERE term IN (SELECT value FROM json_each(?1)) AND owner = ?2 AND id = ?3`,
    remove: `DELETE FROM ${doc} WHERE owner = ? AND id = ?`,
    ids: `SELECT id, terms FROM ${doc} WHERE owner = ?`,
  };
}
