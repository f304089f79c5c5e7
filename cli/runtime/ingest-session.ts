import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { destination } from 'pino';
import type { IngestDeps } from '../../ingest/ingest.ts';
import { type LoadedMapping, readMapping } from '../../ingest/mapping.ts';
import type { Intakes } from '../../ingest/mapping-fit.ts';
import { scratchSpecs } from '../../ingest/occurrences.ts';
import { type Counts, ingestSpecs } from '../../ingest/records.ts';
import { OperatorError } from '../../kernel/errors.ts';
import type { Intake } from '../../kernel/intake.ts';
import { createLog } from '../../kernel/log.ts';
import { lazyStore } from '../../kernel/storage/lazy.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { Store } from '../../kernel/storage/port.ts';
import { SUBGRAPH_NAMES } from '../../kernel/subgraph-names.ts';
import { modules, openDirectory } from '../../subgraphs/registry.ts';
import { loadConfig } from './config.ts';

/**
 * Opens what ingest needs and closes it again: of the subgraphs only the intakes, and of their stores those that are written to.
 * The log goes to standard error, for standard output belongs to the answer.
 */
export async function withIngest<T>(config: string | undefined, work: (deps: IngestDeps) => Promise<T>): Promise<T> {
  const { storage, logLevel } = loadConfig({ env: process.env, file: config, role: 'all' });
  // A server on the same machine goes first. Threads opened from here on inherit it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const log = createLog(logLevel, destination(2));
  const clock = Date.now;
  const stores: Store[] = [];
  const folders: string[] = [];
  const keep = (store: Store) => {
    stores.push(store);
    return store;
  };
  try {
    const identityStore = keep(await openStore(storage, 'identity', modules.identity.specs));
    const directory = await openDirectory({ store: identityStore, clock });
    const intakes = new Map<string, Intake>();
    for (const name of SUBGRAPH_NAMES) {
      const store = name === 'identity' ? identityStore : keep(lazyStore(() => openStore(storage, name, modules[name].specs)));
      for (const intake of modules[name].intakes({ store, directory, clock, log: log.child({ subgraph: name }) }))
        intakes.set(intake.kind, intake);
    }
    const openScratch = async () => {
      const folder = mkdtempSync(join(tmpdir(), 'c360-scratch-'));
      folders.push(folder);
      return keep(await openStore({ kind: 'sqlite', dataDir: folder }, 'scratch', scratchSpecs));
    };
    const store = keep(await openStore(storage, 'ingest', ingestSpecs));
    return await work({ intakes, directory, store, openScratch, clock });
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads and checks a mapping file. */
export function loadMapping(path: string, intakes: Intakes): LoadedMapping {
  let yaml: string;
  try {
    yaml = readFileSync(path, 'utf8');
  } catch (error) {
    throw new OperatorError('The mapping can not be read:', [
      `${path}: can't be opened (${(error as NodeJS.ErrnoException).code}). Give the path of a YAML file; examples are in examples/mappings.`,
    ]);
  }
  return readMapping(yaml, basename(path), intakes);
}

/** What became of rows, in words. */
export function summary(what: string, { read, stored, duplicates, quarantined, reasons }: Counts): string {
  return `${what}: ${read} rows read: ${stored} stored, ${duplicates} duplicates, ${quarantined} quarantined${reasonLines(reasons)}`;
}

/** How many rows for each reason, the most frequent first, each on a line of its own. */
export function reasonLines(reasons: Counts['reasons']): string {
  return Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `\n  ${code}: ${count}`)
    .join('');
}
