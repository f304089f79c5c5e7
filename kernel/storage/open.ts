import { join } from 'node:path';
import { mongoStore } from './mongo.ts';
import type { AnySpec, Store } from './port.ts';
import { sqliteStore } from './sqlite.ts';

/** Where documents are kept. On MongoDB, database names begin with `prefix`, `c360_` when absent. */
export type StorageConfig =
  | { readonly kind: 'sqlite'; readonly dataDir: string }
  | { readonly kind: 'mongo'; readonly uri: string; readonly prefix?: string };

/** Opens the store of one subgraph (or of `ingest`): a file of its own (`<name>.db`), or a database of its own (`c360_<name>`). */
export function openStore(config: StorageConfig, name: string, specs: readonly AnySpec[]): Promise<Store> {
  return config.kind === 'sqlite'
    ? sqliteStore({ file: join(config.dataDir, `${name}.db`), specs })
    : mongoStore({ uri: config.uri, database: `${config.prefix ?? 'c360_'}${name}`, specs });
}
