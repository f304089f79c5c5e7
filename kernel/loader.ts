import DataLoader from 'dataloader';

/**
 * A per-request loader: keys asked for in one tick become one call of `batch`, which answers in input order.
 * An Error in the answer rejects its own key only. `keyOf` gives equal keys equal text.
 */
export function loader<K, V>(
  batch: (keys: readonly K[]) => Promise<readonly (V | Error)[]>,
  keyOf: (key: K) => unknown = (key) => key,
): DataLoader<K, V, unknown> {
  return new DataLoader<K, V, unknown>(batch, { cacheKeyFn: keyOf, maxBatchSize: 100 });
}

/**
 * Loaders for a list field with arguments: keys with equal arguments share a batch, because the store answers one
 * page specification per call. Arguments are compared by their JSON text.
 */
export function loaderByArguments<A, K, V>(
  batch: (args: A, keys: readonly K[]) => Promise<readonly (V | Error)[]>,
  keyOf: (key: K) => unknown = (key) => key,
): (args: A) => DataLoader<K, V, unknown> {
  const loaders = new Map<string, DataLoader<K, V, unknown>>();
  return (args) => {
    const text = JSON.stringify(args);
    let found = loaders.get(text);
    if (!found) {
      found = loader((keys) => batch(args, keys), keyOf);
      loaders.set(text, found);
    }
    return found;
  };
}
