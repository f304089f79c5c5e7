import { openStore } from '../../kernel/storage/open.ts';
import type { Collection, Doc, Spec, Store } from '../../kernel/storage/port.ts';

/** One call of the storage port. */
export interface StoreCall {
  /** Whose store. */
  readonly store: string;
  readonly collection: string;
  readonly operation: string;
  /** About whom or what: the call's first argument. */
  readonly about: unknown;
  /** What is asked of them: the second one, as JSON. */
  readonly asked: string;
}

/** Every call since a test emptied it, in the order in which they came. */
export const storeCalls: StoreCall[] = [];

/** Calls that fail, by names such as `identity consents.latest`. */
export const brokenCalls = new Set<string>();

/** A store whose calls are noted; what is opened is real. */
function noting(name: string, store: Store): Store {
  return {
    erase: (owner) => store.erase(owner),
    close: () => store.close(),
    collection<T extends Doc>(spec: Spec<T>): Collection<T> {
      return new Proxy(store.collection(spec), {
        get(target, property) {
          const value: unknown = Reflect.get(target, property);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => {
            const asked = JSON.stringify(args[1] ?? {});
            const call = { store: name, collection: spec.name, operation: String(property), about: args[0], asked };
            storeCalls.push(call);
            if (brokenCalls.has(nameOf(call))) return Promise.reject(new Error('The disk is gone.'));
            return value.apply(target, args);
          };
        },
      });
    },
  };
}

/** Opens stores that note their calls. */
export const openNoted: typeof openStore = async (config, name, specs) => noting(name, await openStore(config, name, specs));

function nameOf({ store, collection, operation }: StoreCall): string {
  return `${store} ${collection}.${operation}`;
}

/**
 * The calls that ask about one of these customers, or read through a whole collection, where they are too, by name, each once, in order. A
 * person who has several ids is found by each of those that are given.
 */
export function personalCalls(ids: readonly string[]): string[] {
  const isPersonal = ({ operation, about }: StoreCall) => {
    const text = JSON.stringify(about) ?? '';
    return operation === 'scan' || operation === 'search' || ids.some((id) => text.includes(id));
  };
  return [...new Set(storeCalls.filter(isPersonal).map(nameOf))].sort();
}

/** How many calls there were of each collection's operations, by names such as `pos orders.latest`. */
export function callCounts(calls: readonly StoreCall[] = storeCalls): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const name = nameOf(call);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
