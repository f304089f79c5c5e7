import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Command, Option } from 'commander';
import { destination } from 'pino';
import { summed } from '../ingest/counting.ts';
import { checkFile, type FileReport, type IngestDeps, ingestFile } from '../ingest/ingest.ts';
import { type LoadedMapping, readMapping } from '../ingest/mapping.ts';
import type { Intakes } from '../ingest/mapping-fit.ts';
import { scratchSpecs } from '../ingest/occurrences.ts';
import { progressDisplay } from '../ingest/progress.ts';
import { type Counts, ingestSpecs } from '../ingest/records.ts';
import { RunHeld } from '../ingest/runs.ts';
import { loadConfig } from '../kernel/config.ts';
import { OperatorError } from '../kernel/errors.ts';
import type { Intake } from '../kernel/intake.ts';
import { createLog } from '../kernel/log.ts';
import { lazyStore } from '../kernel/storage/lazy.ts';
import { openStore } from '../kernel/storage/open.ts';
import type { Store } from '../kernel/storage/port.ts';
import { SUBGRAPH_NAMES } from '../kernel/subgraph.ts';
import { modules, openDirectory } from '../subgraphs/registry.ts';

/** See docs/how-to/ingest-your-own-export.md. 1 is an OperatorError or a fault, as everywhere. */
const EXIT_HELD = 3;
export const EXIT_INTERRUPTED = 130;

interface IngestFlags {
  readonly mapping: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly config?: string;
}

/** `c360 ingest --mapping M FILE...`: rows of files become records of the subgraphs. */
export function registerIngest(program: Command): void {
  program
    .command('ingest')
    .description('take in the rows of files; run it again to go on after an interruption')
    .argument('<file...>', 'CSV, TSV, white-space-delimited, JSON or JSON Lines, gzipped or not')
    .requiredOption('--mapping <file>', 'the YAML file that says what the columns mean')
    .option('--json', 'print one line of JSON as the last line of standard output')
    .option('--dry-run', 'read every row through the mapping and store nothing')
    .addOption(configOption())
    .action(async (files: string[], flags: IngestFlags) => {
      if (flags.dryRun) await dryRun(files, flags);
      else await ingest(files, flags);
    });
}

export function configOption(): Option {
  return new Option('--config <file>', 'a YAML file of settings; the environment wins');
}

async function ingest(files: readonly string[], { mapping, json = false, config }: IngestFlags): Promise<void> {
  const stop = interruption();
  const reports = await withIngest(config, async (deps) => {
    const loaded = loadMapping(mapping, deps.intakes);
    const done: FileReport[] = [];
    for (const file of files) {
      const display = progressDisplay(basename(file), process.stderr, Date.now);
      try {
        done.push(await ingestFile(file, loaded, deps, { signal: stop, onProgress: (progress) => display.update(progress) }));
      } catch (error) {
        if (error instanceof RunHeld) process.exitCode = EXIT_HELD;
        throw error;
      } finally {
        display.stop();
      }
      if (stop.aborted) break;
    }
    return done;
  });
  const total = summed(reports);
  const interrupted = reports.some((report) => report.interrupted) || reports.length < files.length;
  if (interrupted) {
    process.exitCode = EXIT_INTERRUPTED;
    console.error('Stopped. Run the same command again to go on from here.');
  }
  if (json) {
    const [only] = reports;
    const { runId, resumed } = only ?? {};
    const elapsedMs = reports.reduce((sum, report) => sum + report.elapsedMs, 0);
    printJson({ ...total, interrupted, elapsedMs, ...(files.length === 1 ? { file: only?.file, runId, resumed } : { files: reports }) });
  } else for (const report of reports) console.log(summary(report.file, report));
}

async function dryRun(files: readonly string[], { mapping, json = false, config }: IngestFlags): Promise<void> {
  const stop = interruption();
  const counts = await withIngest(config, async ({ intakes }) => {
    const loaded = loadMapping(mapping, intakes);
    const done: Counts[] = [];
    for (const file of files) {
      const display = progressDisplay(basename(file), process.stderr, Date.now);
      done.push(await checkFile(file, loaded, intakes, { signal: stop, onProgress: (progress) => display.update(progress) }));
      display.stop();
    }
    return summed(done);
  });
  const { read, stored: acceptable, quarantined, reasons } = counts;
  if (json) printJson({ dryRun: true, read, acceptable, quarantined, reasons });
  else console.log(`Nothing was stored. ${read} rows: ${acceptable} acceptable, ${quarantined} to be quarantined${reasonLines(reasons)}`);
}

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

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once, which loses nothing either. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
      controller.abort();
      console.error('Stopping after the rows under way...');
    });
  return controller.signal;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function summary(what: string, { read, stored, duplicates, quarantined, reasons }: Counts): string {
  return `${what}: ${read} rows read: ${stored} stored, ${duplicates} duplicates, ${quarantined} quarantined${reasonLines(reasons)}`;
}

function reasonLines(reasons: Counts['reasons']): string {
  return Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `\n  ${code}: ${count}`)
    .join('');
}
