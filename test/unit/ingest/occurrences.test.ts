import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Occurrences, scratchSpecs } from '../../../ingest/occurrences.ts';
import { openStore } from '../../../kernel/storage/open.ts';
import type { Store } from '../../../kernel/storage/port.ts';

const opened: { store: Store; folder: string }[] = [];

async function openScratch(): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'c360-scratch-'));
  const store = await openStore({ kind: 'sqlite', dataDir: folder }, 'scratch', scratchSpecs);
  opened.push({ store, folder });
  return store;
}

afterEach(async () => {
  for (const { store, folder } of opened.splice(0)) {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

/** 24,000 contents of which 16,000 differ, more than memory begins with room for, by a plain Map. */
const contents = Array.from({ length: 24_000 }, (_, i) => `line ${(i * 7_919) % 16_000}`);
const expected = (() => {
  const counts = new Map<string, number>();
  return contents.map((content) => {
    const count = (counts.get(content) ?? 0) + 1;
    counts.set(content, count);
    return count;
  });
})();

async function counted(occurrences: Occurrences): Promise<readonly number[]> {
  const counts: number[] = [];
  for (let from = 0; from < contents.length; from += 1_000) counts.push(...(await occurrences.next(contents.slice(from, from + 1_000))));
  return counts;
}

describe('equal contents of a file', () => {
  it('are counted in memory', async () => {
    expect(await counted(new Occurrences(openScratch))).toEqual(expected);
    expect(opened).toHaveLength(0);
  });

  it('are counted as exactly beyond what memory may hold', async () => {
    expect(await counted(new Occurrences(openScratch, 13_000))).toEqual(expected);
    expect(opened).toHaveLength(1);
  });

  it('are told apart within one call, in memory and beyond', async () => {
    const one = new Occurrences(openScratch, 1);
    expect(await one.next(['a', 'b', 'a', 'b', 'b', 'c'])).toEqual([1, 1, 2, 2, 3, 1]);
    expect(await one.next(['b', 'a'])).toEqual([4, 3]);
  });
});
