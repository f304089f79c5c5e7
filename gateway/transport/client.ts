import type { EpochMs } from '../../kernel/storage/port.ts';
import type { RequestScope } from '../../kernel/subgraph.ts';

/** Who gives up when the client goes away. */
export interface Leaver {
  leave(why: 'CLIENT_GONE'): void;
}

/** One client request, as it is carried to every fetch that is made for it. */
export class Client implements RequestScope {
  readonly requestId: string;
  readonly now: EpochMs;
  /** Whose request it is: reads under way are shared between requests of the same principal only. Undefined: the anonymous one. */
  readonly principal: string | undefined;
  /** Set before a mutation is executed: it is carried to its end although its client goes away. */
  mutates = false;
  #left = false;
  #leavers: Set<Leaver> | undefined;
  #controller: AbortController | undefined;
  #kept: Map<object, unknown> | undefined;

  constructor(requestId: string, now: EpochMs, principal?: string) {
    this.requestId = requestId;
    this.now = now;
    this.principal = principal;
  }

  /** Whether nobody waits for the answer any more, and nothing has to be carried to its end. */
  get gone(): boolean {
    return this.#left && !this.mutates;
  }

  /** Aborted when the client is gone. Made when somebody asks for it, because that costs as much as a small fetch. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.gone) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /**
   * What `make` gave when `keeper` first asked, for as long as the request lasts. Kept here and not in a weak map by client: while a
   * weak map lives, collections of the young generation take all its values for reachable, and move them to the old one.
   */
  keep<T>(keeper: object, make: () => T): T {
    this.#kept ??= new Map();
    if (!this.#kept.has(keeper)) this.#kept.set(keeper, make());
    return this.#kept.get(keeper) as T;
  }

  /** Has `leaver` told when the client is gone, until `forget`. */
  tell(leaver: Leaver): void {
    this.#leavers ??= new Set();
    this.#leavers.add(leaver);
  }

  forget(leaver: Leaver): void {
    this.#leavers?.delete(leaver);
  }

  /** The connection was closed before the answer was written. Throws what failed once everybody has been told. */
  leave(): void {
    this.#left = true;
    if (this.mutates) return;
    this.#controller?.abort();
    const faults: unknown[] = [];
    for (const leaver of this.#leavers ?? []) {
      try {
        leaver.leave('CLIENT_GONE');
      } catch (fault) {
        faults.push(fault);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, 'giving up what a client had asked for failed');
  }
}
