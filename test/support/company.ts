import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type OpenSubgraphs, type OpenSubgraphsOptions, openSubgraphs } from '../../cli/runtime/open-subgraphs.ts';
import type { StorageConfig } from '../../kernel/storage/open.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { dropDatabases, MONGODB_URI, uniquePrefix } from './mongo.ts';

/** 2026-03-01T12:00:00Z, a Sunday: the time at which tests happen unless they say otherwise. */
export const TEST_NOW: EpochMs = Date.UTC(2026, 2, 1, 12);

export interface TestCompany extends OpenSubgraphs {
  readonly storage: StorageConfig;
  /** What the company's clock says; tests move it. */
  readonly time: { now: EpochMs };
}

/** Storage that holds nothing yet, and what removes it: on MongoDB when MONGODB_URI is set, else SQLite files in a folder of its own. */
export function emptyStorage(): { readonly storage: StorageConfig; remove(): Promise<void> } {
  const uri = MONGODB_URI;
  if (uri !== undefined) {
    const prefix = uniquePrefix();
    return { storage: { kind: 'mongo', uri, prefix }, remove: () => dropDatabases(uri, prefix) };
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'c360-test-'));
  return { storage: { kind: 'sqlite', dataDir }, remove: async () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** A company over empty storage, which is removed on close. `openStore`: what opens its stores instead of the product's own. */
export async function testCompany(
  names?: readonly SubgraphName[],
  mergedView?: SubgraphDeps['mergedView'],
  openStore?: OpenSubgraphsOptions['openStore'],
): Promise<TestCompany> {
  const time = { now: TEST_NOW };
  const { storage, remove } = emptyStorage();
  const company = await openSubgraphs({
    storage,
    ...(names && { names }),
    mergedView,
    ...(openStore && { openStore }),
    clock: () => time.now,
    log: pino({ enabled: false }),
  });
  return {
    ...company,
    storage,
    time,
    close: async () => {
      await company.close();
      await remove();
    },
  };
}
