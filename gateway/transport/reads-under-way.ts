import type { Fetch } from './transport.ts';

/** How many changes this process has seen the end of, at whatever subgraph. */
let changes = 0;

/** To be called before the end of a mutation is told to anybody. */
export function noteChange(): void {
  changes += 1;
}

/** A read that others may join. */
export interface Read {
  readonly client: Fetch['client'];
  readonly body: string;
}

/** How many reads a table takes at least before a new one is made. */
const LEAST_TAKEN = 64;

/**
 * The reads of one subgraph that are under way, by principal and body. A read that began before a change ended is not joined
 * after it: who made the change has to see it.
 *
 * A Map makes itself a new table when removed entries have filled the old one, and the old one points to it for the sake of
 * iterators. Once one of them has got into the old generation, everything that is ever added later follows it there, dead or
 * alive, until the next full collection: 4 MB for 1,000 requests. So a Map is used for a while only.
 */
export class ReadsUnderWay<R extends Read> {
  #reads = new Map<string, R>();
  #left = LEAST_TAKEN;
  #asOf = changes;

  find(principal: string | undefined, body: string): R | undefined {
    if (this.#asOf !== changes) {
      this.#reads.clear();
      this.#asOf = changes;
    }
    return this.#reads.get(keyOf(principal, body));
  }

  /** After a `find` that gave nothing. */
  add(read: R): void {
    if (this.#left === 0) {
      this.#reads = new Map(this.#reads);
      this.#left = Math.max(LEAST_TAKEN, this.#reads.size);
    }
    this.#left -= 1;
    this.#reads.set(keyOf(read.client.principal, read.body), read);
  }

  remove(read: R): void {
    const key = keyOf(read.client.principal, read.body);
    // Another read may have taken its place since.
    if (this.#reads.get(key) === read) this.#reads.delete(key);
  }
}

/** No two have the same: there is no line break in a body, which is JSON without white space. */
function keyOf(principal: string | undefined, body: string): string {
  return principal === undefined ? body : `${principal}\n${body}`;
}
