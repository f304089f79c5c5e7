/** What a batch answers for one key; an Error rejects that key only. */
type Batch<K, V> = (keys: readonly K[]) => Promise<readonly (V | Error)[]>;

interface Waiting<K, V> {
  readonly key: K;
  readonly resolve: (value: V) => void;
  readonly reject: (error: unknown) => void;
}

/** The most keys of one batch. */
const MAX_BATCH = 100;

/** Loaders with keys that wait for the end of this turn. */
let due: { dispatch(): void }[] = [];

function dispatchAll(): void {
  const now = due;
  due = [];
  for (const loader of now) loader.dispatch();
}

const settled = Promise.resolve();

// When every promise job of the turn is done, all that it asks for has been asked: DataLoader waits as long, with a job for each loader.
const afterPromises = () => process.nextTick(dispatchAll);

/**
 * A per-request loader in the manner of DataLoader: keys asked for in one turn become one call of its batch, and a key that was asked for
 * before is answered by the same promise. What failed as a whole is asked again next time.
 */
export interface Loader<K, V> {
  load(key: K): Promise<V>;
  /** Forgets what was loaded of the key. */
  clear(key: K): Loader<K, V>;
  clearAll(): void;
}

/** It is cheap to make: a request makes all of its context's loaders and uses a few. */
class BatchLoader<K, V> implements Loader<K, V> {
  readonly #batch: Batch<K, V>;
  readonly #keyOf: (key: K) => unknown;
  #known: Map<unknown, Promise<V>> | undefined;
  #waiting: Waiting<K, V>[] | undefined;

  constructor(batch: Batch<K, V>, keyOf: (key: K) => unknown) {
    this.#batch = batch;
    this.#keyOf = keyOf;
  }

  load(key: K): Promise<V> {
    this.#known ??= new Map();
    const text = this.#keyOf(key);
    let promise = this.#known.get(text);
    if (!promise) {
      promise = new Promise<V>((resolve, reject) => this.#ask({ key, resolve, reject }));
      this.#known.set(text, promise);
    }
    return promise;
  }

  #ask(waiting: Waiting<K, V>): void {
    if (this.#waiting) {
      this.#waiting.push(waiting);
      return;
    }
    this.#waiting = [waiting];
    if (due.push(this) === 1) void settled.then(afterPromises);
  }

  dispatch(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (let from = 0; from < waiting.length; from += MAX_BATCH)
      this.#answer(waiting.length > MAX_BATCH ? waiting.slice(from, from + MAX_BATCH) : waiting);
  }

  #answer(waiting: readonly Waiting<K, V>[]): void {
    try {
      this.#batch(waiting.map(({ key }) => key))
        .then((values) => this.#answered(waiting, values))
        .catch((error: unknown) => this.#failed(waiting, error));
    } catch (error) {
      this.#failed(waiting, error);
    }
  }

  /** Throws when there is not one value for each key. */
  #answered(waiting: readonly Waiting<K, V>[], values: readonly (V | Error)[]): void {
    if (values.length !== waiting.length)
      throw new TypeError(`A batch of ${waiting.length} keys was answered with ${values.length} values.`);
    for (let i = 0; i < waiting.length; i++) {
      const { resolve, reject } = waiting[i] as Waiting<K, V>;
      const value = values[i] as V | Error;
      if (value instanceof Error) reject(value);
      else resolve(value);
    }
  }

  #failed(waiting: readonly Waiting<K, V>[], error: unknown): void {
    for (const { key, reject } of waiting) {
      this.clear(key);
      reject(error);
    }
  }

  clear(key: K): this {
    this.#known?.delete(this.#keyOf(key));
    return this;
  }

  clearAll(): void {
    this.#known = undefined;
  }
}

const itself = (key: unknown) => key;

/** A loader over `batch`, which answers in the order of its keys, at most 100; `keyOf` gives equal keys equal text. */
export function loader<K, V>(batch: Batch<K, V>, keyOf: (key: K) => unknown = itself): Loader<K, V> {
  return new BatchLoader(batch, keyOf);
}

/**
 * Loaders for a list field with arguments: keys with equal arguments share a batch, because the store answers one
 * page specification per call. Arguments are compared by their JSON text.
 */
export function loaderByArguments<A, K, V>(
  batch: (args: A, keys: readonly K[]) => Promise<readonly (V | Error)[]>,
  keyOf: (key: K) => unknown = itself,
): (args: A) => Loader<K, V> {
  let loaders: Map<string, Loader<K, V>> | undefined;
  return (args) => {
    loaders ??= new Map();
    const text = JSON.stringify(args);
    let found = loaders.get(text);
    if (!found) {
      found = loader((keys) => batch(args, keys), keyOf);
      loaders.set(text, found);
    }
    return found;
  };
}
