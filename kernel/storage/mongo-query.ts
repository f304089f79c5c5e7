import type { Filter } from 'mongodb';
import { isIndexable } from './documents.ts';
import type { Stored } from './mongo-layout.ts';
import type { Doc, Members, Range, Spec } from './port.ts';

/** Runs a read while the store is open. Gets the owners that will be read (null: all), to file first what a balance holds for them. */
export type Reading = <R>(owners: readonly string[] | null, read: () => Promise<R>) => Promise<R>;

/** The server gives up a read after this long. */
export const time = { maxTimeMS: 20_000 };

/** The owners of `persons` under whom something may be filed, each once. */
export function ownersOf(persons: readonly Members[]): readonly string[] {
  return [...new Set(persons.flat())].filter(isIndexable);
}

/** A range as a condition on the field that orders the collection. */
export function within<T extends Doc>({ at }: Spec<T>, { from, to }: Range): Filter<Stored> {
  return from === undefined && to === undefined
    ? {}
    : { [at]: { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) } };
}
