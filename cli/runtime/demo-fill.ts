import type { Logger } from 'pino';
import { type FillProgress, fillDemoStore } from '../../demo/fill.ts';
import { fillSpec } from '../../demo/progress.ts';
import { openStore, type StorageConfig } from '../../kernel/storage/open.ts';
import type { AnySpec, Store } from '../../kernel/storage/port.ts';
import { modules } from '../../subgraphs/registry.ts';
import type { OpenSubgraphs } from './open-subgraphs.ts';

/** As many customers as `npm start` shows, and the seed that makes them the same on every machine. */
const CUSTOMERS = 1000;
const SEED = 'demo';

/** What processes write of themselves, without any data having come in. */
const OWN_COLLECTIONS = new Set(['keys', 'quintiles']);

export interface DemoFill {
  readonly storage: StorageConfig;
  readonly opened: OpenSubgraphs;
  readonly log: Logger;
  readonly onProgress: (progress: FillProgress) => void;
  readonly signal: AbortSignal;
}

/** Fills an empty store with the demo company, or goes on with a fill that was interrupted. A store with other data is left as it is. */
export async function fillOnce({ storage, opened, log, onProgress, signal }: DemoFill): Promise<void> {
  if (!(await wasBegun(storage)) && !(await isEmpty(opened))) {
    log.info({ event: 'demo' }, 'the store holds data, so no demo company is added');
    return;
  }
  const intakes = [...opened.subgraphs.values()].flatMap((subgraph) => subgraph.intakes);
  const { directory } = opened;
  const result = await fillDemoStore({
    storage,
    directory,
    intakes,
    customers: CUSTOMERS,
    seed: SEED,
    now: Date.now(),
    onProgress,
    signal,
  });
  const said = result.complete ? 'the demo company is there' : 'the fill was stopped; the next start goes on with it';
  log.info({ event: 'demo', customers: result.customers, durationMs: Math.round(result.elapsedMs) }, said);
}

async function wasBegun(storage: StorageConfig): Promise<boolean> {
  const store = await openStore(storage, 'demo', [fillSpec]);
  try {
    return await holdsAny(store, fillSpec);
  } finally {
    await store.close();
  }
}

async function isEmpty({ stores }: OpenSubgraphs): Promise<boolean> {
  for (const [name, store] of stores) {
    const specs = modules[name].specs.filter((spec) => !OWN_COLLECTIONS.has(spec.name));
    for (const spec of specs) if (await holdsAny(store, spec)) return false;
  }
  return true;
}

async function holdsAny(store: Store, spec: AnySpec): Promise<boolean> {
  for await (const _ of store.collection(spec).scan()) return true;
  return false;
}
