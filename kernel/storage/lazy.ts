import type { Collection, Doc, Spec, Store } from './port.ts';

/** A store that is opened when something is first read or written, for work that may need it or not. Closing it before opens nothing. */
export function lazyStore(open: () => Promise<Store>): Store {
  let opening: Promise<Store> | null = null;
  const opened = () => {
    opening ??= open();
    return opening;
  };
  return {
    collection<T extends Doc>(spec: Spec<T>): Collection<T> {
      const target = async () => (await opened()).collection(spec);
      return {
        getMany: async (keys) => (await target()).getMany(keys),
        latest: async (persons, options) => (await target()).latest(persons, options),
        totals: async (persons, options) => (await target()).totals(persons, options),
        insertOnce: async (docs) => (await target()).insertOnce(docs),
        putMany: async (docs) => (await target()).putMany(docs),
        adjust: async (key, adjustment) => (await target()).adjust(key, adjustment),
        search: async (prefixes, options) => (await target()).search(prefixes, options),
        async *scan(range) {
          yield* (await target()).scan(range);
        },
      };
    },
    erase: async (owner) => (await opened()).erase(owner),
    close: async () => {
      // What could not be opened has nothing to close.
      await (await opening?.catch(() => null))?.close();
    },
  };
}
