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

/**
 * The reads of one subgraph that are under way, by principal and body. A read that began before a change ended is not joined
 * after it: who made the change has to see it.
 */
export class ReadsUnderWay<R extends Read> {
  readonly #reads = new Map<string | undefined, Map<string, R>>();
  #asOf = changes;

  find(principal: string | undefined, body: string): R | undefined {
    if (this.#asOf !== changes) {
      this.#reads.clear();
      this.#asOf = changes;
    }
    return this.#reads.get(principal)?.get(body);
  }

  /** After a `find` that gave nothing. */
  add(read: R): void {
    const { principal } = read.client;
    const ofPrincipal = this.#reads.get(principal);
    if (ofPrincipal) ofPrincipal.set(read.body, read);
    else this.#reads.set(principal, new Map([[read.body, read]]));
  }

  remove(read: R): void {
    const { principal } = read.client;
    const ofPrincipal = this.#reads.get(principal);
    // Another read may have taken its place since.
    if (ofPrincipal?.get(read.body) !== read) return;
    ofPrincipal.delete(read.body);
    // The anonymous one comes back at once, and a new map costs more than the rest here.
    if (ofPrincipal.size === 0 && principal !== undefined) this.#reads.delete(principal);
  }
}
