import { storable } from './documents.ts';
import { indexedTerms } from './mongo-terms.ts';
import type { Doc, Key, Spec } from './port.ts';

/** A document as MongoDB holds it: the fields it came with, and ours, which begin with an underscore. */
export interface Stored {
  readonly _id: string;
  readonly owner: string;
  readonly id: string;
  readonly version: number;
  /** What `search` finds it by (mongo-terms.ts). */
  readonly _terms?: readonly string[];
  /** On a balance: entries that are applied and not yet filed (mongo-ledger.ts). */
  readonly _pending?: readonly Stored[];
  readonly [field: string]: unknown;
}

/**
 * `owner:id`, with colons of the owner escaped so that no two keys share it. A string and not `{ owner, id }`, whose equality
 * hangs on field order. It names the owner because on a sharded cluster `_id` is unique per shard only, and the owner decides the shard.
 */
export function storedId({ owner, id }: Key): string {
  return `${owner.replaceAll('%', '%25').replaceAll(':', '%3A')}:${id}`;
}

/** The document as it is stored. Throws a TypeError where it breaks its spec (documents.ts). */
export function toStored<T extends Doc>(spec: Spec<T>, doc: T, version: number): Stored {
  const fields: object = storable(spec, doc);
  const stored = { ...fields, owner: doc.owner, id: doc.id, _id: storedId(doc), version };
  return spec.terms ? { ...stored, _terms: indexedTerms(spec, doc) } : stored;
}

export function fromStored<T extends Doc>(stored: Stored): T {
  const { _id, _terms, _pending, ...doc } = stored;
  return doc as unknown as T;
}
