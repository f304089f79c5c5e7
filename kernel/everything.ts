import type { Collection, Doc, Page } from './storage/port.ts';

const CHUNK = 1000;

/**
 * All documents of each person, or other owner, newest first; one store call, and one more for each further 1,000 of one person. `persons`: each one's
 * members. `begun`: each one's first page, where that was read already.
 */
export async function everything<T extends Doc>(
  collection: Collection<T>,
  persons: readonly (readonly string[])[],
  begun?: readonly Page<T>[],
): Promise<readonly (readonly T[])[]> {
  const pages = begun ?? (await collection.latest(persons, { first: CHUNK }));
  if (pages.every(({ next }) => next === null)) return pages.map(({ items }) => items);
  return Promise.all(
    pages.map(async (page, index) => {
      const items = [...page.items];
      for (let after = page.next; after !== null; ) {
        const [more] = await collection.latest([persons[index] ?? []], { first: CHUNK, after });
        items.push(...(more?.items ?? []));
        after = more?.next ?? null;
      }
      return items;
    }),
  );
}
