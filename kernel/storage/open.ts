import { join } from 'node:path';
import type { AnySpec, Store } from './port.ts';

/** Where documents are kept. On MongoDB, database names begin with `prefix`, `c360_` when absent. */
export type StorageConfig =
  | { readonly kind: 'sqlite'; readonly dataDir: string }
  | { readonly kind: 'mongo'; readonly uri: string; readonly prefix?: string };

/**
 * Opens the store of one subgraph (or of `ingest`): a file of its own (`<name>.db`), or a database of its own
 * (`c360_<name>`). Collections that lay in another store before are moved in first. Only the adapter that is asked for is loaded;
 * MongoDB's driver takes a third of a second.
 */
export async function openStore(config: StorageConfig, name: string, specs: readonly AnySpec[]): Promise<Store> {
  if (config.kind === 'sqlite') {
    const { sqliteStore } = await import('./sqlite.ts');
    const fileOf = (store: string) => join(config.dataDir, `${store}.db`);
    return sqliteStore({ file: fileOf(name), specs, formerFile: fileOf });
  }
  const { mongoStore } = await import('./mongo.ts');
  const databaseOf = (store: string) => `${config.prefix ?? 'c360_'}${store}`;
  return mongoStore({ uri: config.uri, database: databaseOf(name), specs, formerDatabase: databaseOf });
}
