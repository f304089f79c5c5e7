import type { Collection, Cursor, Doc, Key, Members, Page, Range } from './storage/port.ts';

/** What a person's loaded values are found by: equal members have equal texts. */
export const membersText = (members: Members) => members.join('\n');

/** What a loaded document is found by. */
export const keyText = ({ owner, id }: Key) => `${owner}\n${id}`;

/** A batch for a loader: the documents of a collection by key. */
export function documentsOf<T extends Doc>(collection: Collection<T>): (keys: readonly Key[]) => Promise<readonly (T | null)[]> {
  return (keys) => collection.getMany(keys);
}

type PageSpecification = Range & { readonly first: number; readonly after?: Cursor | undefined };

/** A batch for loaders by arguments: a page of each person's documents in a collection. */
export function pagesOf<T extends Doc>(
  collection: Collection<T>,
): (page: PageSpecification, persons: readonly Members[]) => Promise<readonly Page<T>[]> {
  return (page, persons) => collection.latest(persons, page);
}
