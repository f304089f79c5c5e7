import { ModelShelf } from './model-shelf.ts';
import type { Store } from './storage/port.ts';
import type { Job } from './subgraph.ts';

/** A model that was trained or chosen by another process is in use here after this at the latest. */
const LOOK_MS = 2000;

const shelves = new WeakMap<Store, ModelShelf>();

/** The one shelf over a store: a job looks what is in use, requests take it from there. */
export function shelfOf(store: Store): ModelShelf {
  const shelf = shelves.get(store) ?? new ModelShelf(store);
  shelves.set(store, shelf);
  return shelf;
}

/** The job of a subgraph that uses these kinds of model. */
export function lookForModels(store: Store, kinds: readonly string[]): Job {
  return { name: 'look-for-models', everyMs: LOOK_MS, run: () => shelfOf(store).look(kinds) };
}
