import type { AnySpec, Collection, Doc, Store } from '../../kernel/storage/port.ts';

/** A read that was made of a store, ready to be made again. */
export type Read = () => Promise<unknown>;

/** Notes every read of the stores that it wraps. */
export class ReadRecorder {
  #reads: Read[] = [];

  /** The reads since the last call. */
  take(): readonly Read[] {
    const reads = this.#reads;
    this.#reads = [];
    return reads;
  }

  /** The same store; `getMany`, `latest` and `totals` are noted on their way. */
  wrap(store: Store): Store {
    const wrapped = new Map<string, Collection<Doc>>();
    const noted = <A extends readonly unknown[], R>(read: (...args: A) => Promise<R>) => {
      return (...args: A): Promise<R> => {
        this.#reads.push(() => read(...args));
        return read(...args);
      };
    };
    const collection = (spec: AnySpec): Collection<Doc> => {
      const known = wrapped.get(spec.name);
      if (known) return known;
      const real = store.collection<Doc>(spec);
      const copy: Collection<Doc> = {
        getMany: noted((keys) => real.getMany(keys)),
        latest: noted((persons, options) => real.latest(persons, options)),
        totals: noted((persons, options) => real.totals(persons, options)),
        search: noted((prefixes, options) => real.search(prefixes, options)),
        insertOnce: (docs) => real.insertOnce(docs),
        putMany: (docs) => real.putMany(docs),
        adjust: (key, adjustment) => real.adjust(key, adjustment),
        scan: (range) => real.scan(range),
      };
      wrapped.set(spec.name, copy);
      return copy;
    };
    return { collection: collection as unknown as Store['collection'], erase: (owner) => store.erase(owner), close: () => store.close() };
  }
}
