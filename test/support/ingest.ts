import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type FileReport, type IngestDeps, type IngestOptions, ingestFile } from '../../ingest/ingest.ts';
import { type LoadedMapping, readMapping } from '../../ingest/mapping.ts';
import { scratchSpecs } from '../../ingest/occurrences.ts';
import { Quarantine } from '../../ingest/quarantine.ts';
import { ingestSpecs, type QuarantineRecord, quarantineSpec } from '../../ingest/records.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { Store } from '../../kernel/storage/port.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { type TestCompany, testCompany } from './company.ts';

const MAPPINGS = new URL('../../examples/mappings/', import.meta.url).pathname;
const DATA = new URL('../../../shared/data/', import.meta.url).pathname;

/** The path of a public data set's file, or null, said aloud, where the data is not at hand. */
export function dataFile(name: string): string | null {
  const path = join(DATA, name);
  if (existsSync(path)) return path;
  console.log(`../shared/data/${name} is not there: tests on it are SKIPPED.`);
  return null;
}

/** A company that ingests: subgraphs over empty stores, and the store of ingest itself. */
export interface Ingesting {
  readonly company: TestCompany;
  readonly deps: IngestDeps;
  readonly quarantine: Quarantine;
  /** A mapping of examples/mappings, by its name. */
  example(name: string): LoadedMapping;
  mapping(yaml: string, name?: string): LoadedMapping;
  /** Writes a file and gives its path. */
  file(name: string, content: string | Buffer): string;
  ingest(path: string, mapping: LoadedMapping, options?: IngestOptions): Promise<FileReport>;
  /** What waits in quarantine under `source/mapping`. */
  waiting(group: string): Promise<readonly QuarantineRecord[]>;
  close(): Promise<void>;
}

export async function openIngesting(names: readonly SubgraphName[]): Promise<Ingesting> {
  const company = await testCompany(names);
  const store = await openStore(company.storage, 'ingest', ingestSpecs);
  const folder = mkdtempSync(join(tmpdir(), 'c360-ingest-'));
  const scratch: Store[] = [];
  const deps: IngestDeps = {
    intakes: new Map([...company.subgraphs.values()].flatMap(({ intakes }) => intakes.map((intake) => [intake.kind, intake] as const))),
    directory: company.directory,
    store,
    clock: () => company.time.now,
    openScratch: async () => {
      const opened = await openStore({ kind: 'sqlite', dataDir: join(folder, `scratch-${scratch.length}`) }, 'scratch', scratchSpecs);
      scratch.push(opened);
      return opened;
    },
  };
  const quarantine = new Quarantine(store.collection(quarantineSpec));
  return {
    company,
    deps,
    quarantine,
    example: (name) => readMapping(readFileSync(join(MAPPINGS, `${name}.yaml`), 'utf8'), `${name}.yaml`, deps.intakes),
    mapping: (yaml, name = 'test.yaml') => readMapping(yaml, basename(name), deps.intakes),
    file: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    ingest: (path, mapping, options) => ingestFile(path, mapping, deps, options),
    waiting: async (group) => {
      const rows: QuarantineRecord[] = [];
      for await (const row of quarantine.waiting(group)) rows.push(row);
      return rows.reverse();
    },
    close: async () => {
      for (const opened of scratch) await opened.close();
      await store.close();
      await company.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The part of a report that says how the rows ended. */
export function counts({ read, stored, duplicates, quarantined, reasons }: FileReport): object {
  return { read, stored, duplicates, quarantined, reasons };
}
