import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OperatorError } from '../../kernel/errors.ts';
import type { StorageConfig } from '../../kernel/storage/open.ts';
import type { Spec } from '../../kernel/storage/port.ts';
import { sqliteStore } from '../../kernel/storage/sqlite.ts';
import { Connection } from '../../kernel/storage/sqlite-driver.ts';
import { WriterClient } from '../../kernel/storage/sqlite-writer-client.ts';
import { childScript, startChild } from '../support/children.ts';
import { temporaryFolders } from './sqlite-support.ts';
import { expectMoved, movingContract, type Note, openFresh, writeOld } from './storage-moving.ts';

const folder = temporaryFolders();
const place = async (): Promise<StorageConfig & { kind: 'sqlite' }> => ({ kind: 'sqlite', dataDir: await folder() });

movingContract({
  name: 'SQLite',
  place,
  remove: async (storage) => {
    if (storage.kind === 'sqlite') await rm(storage.dataDir, { recursive: true, force: true });
  },
});

describe('a SQLite store to which collections move', { timeout: 120_000 }, () => {
  const moving = childScript(new URL('moving-child.ts', import.meta.url));
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Lets so many writes be carried out; then the opening fails, as if the process had died. Gives how many were asked for. */
  function failAfter(count: number): { asked: number } {
    const seen = { asked: 0 };
    const call = WriterClient.prototype.call;
    vi.spyOn(WriterClient.prototype, 'call').mockImplementation(async function (this: WriterClient, kind, argument) {
      const answer = await call.call(this, kind, argument);
      seen.asked += 1;
      if (seen.asked === count) throw new Error('The power is gone.');
      return answer as never;
    });
    return seen;
  }

  it('goes on after a fault between any two steps', async () => {
    const storage = await place();
    await writeOld(storage);
    // freeze, tombstones, tickets, three chunks of notes, plans; each process gets one step further than the one before it
    for (let count = 1; count <= 7; count++) {
      failAfter(count);
      await expect(openFresh(storage), `step ${count}`).rejects.toThrow('The power is gone.');
      vi.restoreAllMocks();
    }
    const seen = failAfter(Number.POSITIVE_INFINITY);
    await (await openFresh(storage)).close();
    // and the tables are dropped
    expect(seen.asked).toBe(8);
    vi.restoreAllMocks();
    await expectMoved(storage);
  });

  it('goes on after a process that was killed', async () => {
    const storage = await place();
    await writeOld(storage);
    for (const count of [4, 7]) {
      const child = startChild(await moving({ storage, count }));
      expect(await child.ended).toBeNull();
      expect(existsSync(join(storage.dataDir, 'fresh.db'))).toBe(true);
    }
    await expectMoved(storage);
  });

  it('keeps a process of an earlier version from writing to them', async () => {
    const storage = await place();
    await writeOld(storage);
    const NOTES: Spec<Note> = { name: 'notes', at: 'at' };
    const old = await sqliteStore({ file: join(storage.dataDir, 'old.db'), specs: [NOTES] });
    await (await openFresh(storage)).close();
    await expect(old.collection(NOTES).insertOnce([{ owner: 'o1', id: 'x', version: 0, at: 1, text: '' }])).rejects.toThrow(
      /Another version of this program has changed how collection "notes" is stored\. Restart this process/,
    );
    await old.close();
  });

  it('tells an operator of a file that can not be read, and does not open without it', async () => {
    const storage = await place();
    const file = join(storage.dataDir, 'old.db');
    await writeFile(file, 'This is a letter and no database. '.repeat(100));
    const refusal = await openFresh(storage).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OperatorError);
    expect(String(refusal)).toContain(`${file}, from which documents have to be moved, can not be read. Restore the file`);
  });

  it("leaves another program's file alone, and makes none", async () => {
    const storage = await place();
    const file = join(storage.dataDir, 'old.db');
    await (await openFresh(storage)).close();
    expect(existsSync(file)).toBe(false);
    const connection = new Connection(file);
    connection.exec('CREATE TABLE theirs (a)');
    await (await openFresh(storage)).close();
    expect(connection.all('SELECT name FROM sqlite_schema')).toEqual([['theirs']]);
    connection.close();
  });

  it('refuses a ledger', async () => {
    const accounts: Spec<Note & { points: number }> = {
      name: 'accounts',
      at: 'at',
      ledger: { balance: 'points', entries: 'notes' },
      movedFrom: { store: 'old' },
    };
    const specs = [accounts, { name: 'notes', at: 'at' } satisfies Spec<Note>];
    await expect(sqliteStore({ file: join(await folder(), 'store.db'), specs })).rejects.toThrow(/"accounts" is a ledger's balance/);
  });
});
