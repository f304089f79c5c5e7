import type { AnySpec, Doc } from './port.ts';

/** A store in which collections lay before, as its adapter reaches it. */
export interface FormerStore {
  /** Those of the collections of which anything is left there. */
  left(specs: readonly AnySpec[]): Promise<readonly AnySpec[]>;
  /** Keeps processes of an earlier version from writing to these collections, where the adapter can. */
  freeze(specs: readonly AnySpec[]): Promise<void>;
  /** The owners that were erased there, in chunks. */
  erased(): AsyncIterable<readonly string[]>;
  /** Every document of a collection with its version, in chunks; none where the collection does not exist. */
  documents(spec: AnySpec): AsyncIterable<readonly Doc[]>;
  /** Called when these documents of a collection that moves are durable in the new store. */
  received(spec: AnySpec, documents: readonly Doc[]): Promise<void>;
  /** Called when all of them are: takes away what is left of the collections. */
  finish(specs: readonly AnySpec[]): Promise<void>;
}

/** The store to which they come. */
export interface NewStore {
  /** Leaves tombstones. */
  bury(owners: readonly string[]): Promise<void>;
  /** Stores documents with the version that they have, unless it holds that one or a later one, or their owner was erased. */
  receive(spec: AnySpec, documents: readonly Doc[]): Promise<void>;
}

/**
 * Moves collections that lay in another store before. What is left there is itself the record of what is still to be done: each step can be
 * repeated, and nothing is taken away there before it is durable here. So whoever opens the store after a crash goes on, two processes may move
 * at once, and a store from which everything was moved costs one look. See docs/decisions/0010-segments-and-experiments.md.
 */
export async function moveCollections(specs: readonly AnySpec[], from: FormerStore, to: NewStore): Promise<void> {
  const moving = await from.left(specs.filter(({ movedFrom }) => movedFrom && !movedFrom.shared));
  if (moving.length === 0) return;
  await from.freeze(moving);
  // First of all, so that nobody comes back who was erased.
  for await (const owners of from.erased()) await to.bury(owners);
  // Before anything is taken away: without a collection that moves nobody would look for the shared ones again.
  for (const spec of specs.filter(({ movedFrom }) => movedFrom?.shared))
    for await (const documents of from.documents(spec)) await to.receive(spec, documents);
  for (const spec of moving)
    for await (const documents of from.documents(spec)) {
      await to.receive(spec, documents);
      await from.received(spec, documents);
    }
  await from.finish(moving);
}

/** The collections that lay elsewhere, by the store in which they lay. Throws a TypeError for one that can't be moved. */
export function movedCollections(specs: readonly AnySpec[]): ReadonlyMap<string, readonly AnySpec[]> {
  const byStore = new Map<string, AnySpec[]>();
  for (const spec of specs) {
    if (!spec.movedFrom) continue;
    if (spec.ledger) throw new TypeError(`Collection "${spec.name}" is a ledger's balance and can not be moved from another store.`);
    byStore.set(spec.movedFrom.store, [...(byStore.get(spec.movedFrom.store) ?? []), spec]);
  }
  return byStore;
}
