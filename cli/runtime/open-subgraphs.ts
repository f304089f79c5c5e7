import type { Logger } from 'pino';
import type { Directory } from '../../kernel/intake.ts';
import { openStore, type StorageConfig } from '../../kernel/storage/open.ts';
import type { EpochMs, Store } from '../../kernel/storage/port.ts';
import { openSubgraph, type Subgraph, type SubgraphDeps } from '../../kernel/subgraph.ts';
import { SUBGRAPH_NAMES, type SubgraphName } from '../../kernel/subgraph-names.ts';
import { modules, openCatalogue, openDirectory } from '../../subgraphs/registry.ts';

/** Subgraphs over their stores, in this process. */
export interface OpenSubgraphs {
  readonly directory: Directory;
  readonly subgraphs: ReadonlyMap<SubgraphName, Subgraph>;
  /** The open stores, identity's always among them, and pos's where recommendations is. */
  readonly stores: ReadonlyMap<SubgraphName, Store>;
  close(): Promise<void>;
}

export interface OpenSubgraphsOptions {
  readonly storage: StorageConfig;
  /** Which subgraphs to open; all when absent. Identity's store is opened in any case, for the directory. */
  readonly names?: readonly SubgraphName[];
  readonly clock: () => EpochMs;
  readonly log: Logger;
  /** See `SubgraphDeps.signingKeys`. */
  readonly signingKeys?: readonly string[];
  /** See `SubgraphDeps.languages`. */
  readonly languages?: readonly string[];
  readonly mergedView?: SubgraphDeps['mergedView'];
  /** What opens a store; `openStore` when absent. */
  readonly openStore?: typeof openStore;
}

/** Opens the stores, the directory and the subgraphs. Closes what it had opened when one fails. */
export async function openSubgraphs(options: OpenSubgraphsOptions): Promise<OpenSubgraphs> {
  const { storage, names = SUBGRAPH_NAMES, clock, log, signingKeys = [], languages = [], mergedView } = options;
  const stores = new Map<SubgraphName, Store>();
  const close = async () => {
    await Promise.all([...stores.values()].map((store) => store.close()));
  };
  const open = async (name: SubgraphName) => {
    const store = await (options.openStore ?? openStore)(storage, name, modules[name].specs);
    stores.set(name, store);
    return store;
  };
  try {
    const identityStore = await open('identity');
    const directory = await openDirectory({ store: identityStore, clock });
    const subgraphs = new Map<SubgraphName, Subgraph>();
    // Recommendations leaves out what can't be had, wherever pos runs.
    const posStore = names.includes('pos') || names.includes('recommendations') ? await open('pos') : null;
    const catalogue = posStore && openCatalogue(posStore);
    for (const name of names) {
      const store = stores.get(name) ?? (await open(name));
      subgraphs.set(
        name,
        openSubgraph(modules[name], {
          store,
          directory,
          ...(catalogue && { catalogue }),
          clock,
          log: log.child({ subgraph: name }),
          signingKeys,
          languages,
          mergedView,
        }),
      );
    }
    return { directory, subgraphs, stores, close };
  } catch (error) {
    await close();
    throw error;
  }
}
