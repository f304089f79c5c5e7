import { encodeCursor, readCursor } from './cursor.ts';
import { badArgument } from './errors.ts';
import type { Cursor, Page } from './storage/port.ts';

/** The most items that a connection gives at once. */
export const MAX_PAGE = 100;
const DEFAULT_PAGE = 20;

/** A Relay connection as resolvers return it. */
export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** `first` as given, 20 when absent; a value outside 1 to 100 is the client's mistake. */
export function pageSize(first: number | null | undefined, fallback = DEFAULT_PAGE): number {
  if (first === null || first === undefined) return fallback;
  if (first < 1 || first > MAX_PAGE)
    throw badArgument('first', `must be between 1 and ${MAX_PAGE}`, 'Ask for so many; where there is a pageInfo, its endCursor leads on.');
  return first;
}

/** The position in `after`; undefined when absent; anything that `encodeCursor` did not write is the client's mistake. */
export function decodeCursor(after: string | null | undefined): Cursor | undefined {
  if (after === null || after === undefined) return undefined;
  const cursor = readCursor(after);
  if (!cursor) throw badArgument('after', 'is not a cursor', 'Pass the endCursor of the page before, unchanged.');
  return cursor;
}

/** Shapes a stored page; `position` gives each item's place in the list, `show` what the client sees of it. Cursors are written when they are asked for. */
export function connection<T, N>(page: Page<T>, position: (item: T) => Cursor, show: (item: T) => N, after?: Cursor): Connection<N> {
  return new PageConnection(page, position, show, after);
}

class PageConnection<T, N> implements Connection<N> {
  readonly #page: Page<T>;
  readonly #position: (item: T) => Cursor;
  readonly #after: Cursor | undefined;
  readonly nodes: readonly N[];

  constructor(page: Page<T>, position: (item: T) => Cursor, show: (item: T) => N, after: Cursor | undefined) {
    this.#page = page;
    this.#position = position;
    this.#after = after;
    this.nodes = page.items.map((item) => show(item));
  }

  get edges(): Connection<N>['edges'] {
    return this.#page.items.map((item, index) => ({ cursor: encodeCursor(this.#position(item)), node: this.nodes[index] as N }));
  }

  get pageInfo(): Connection<N>['pageInfo'] {
    const { items, next } = this.#page;
    const [first, last] = [items[0], items.at(-1)];
    return {
      hasNextPage: next !== null,
      hasPreviousPage: this.#after !== undefined,
      startCursor: first === undefined ? null : encodeCursor(this.#position(first)),
      endCursor: last === undefined ? null : encodeCursor(this.#position(last)),
    };
  }
}
