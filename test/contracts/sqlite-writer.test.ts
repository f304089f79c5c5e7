import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { sqliteStore } from '../../kernel/storage/sqlite.ts';
import { Connection } from '../../kernel/storage/sqlite-driver.ts';
import { planOf } from '../../kernel/storage/sqlite-layout.ts';
import { WriterClient } from '../../kernel/storage/sqlite-writer-client.ts';
import { childScript } from '../support/children.ts';
import { temporaryFolders } from './sqlite-support.ts';
import { ACCOUNTS, key, ORDERS, type Order, order, SPECS } from './storage-fixtures.ts';

const run = promisify(execFile);
const strace = await run('strace', ['-V']).then(
  () => true,
  () => false,
);

describe('the writer of a SQLite store', { timeout: 60_000 }, () => {
  const folder = temporaryFolders();
  const inserting = childScript(new URL('insert-child.ts', import.meta.url));
  const open = async () => {
    const file = join(await folder(), 'store.db');
    return { file, store: await sqliteStore({ file, specs: SPECS }) };
  };

  it('commits writes that wait together at once', async () => {
    const { file, store } = await open();
    const orders = store.collection(ORDERS);
    await orders.insertOnce([order('warm', 'up', 0)]);
    const before = await commits(file);
    await Promise.all(Array.from({ length: 200 }, (_, i) => orders.insertOnce([order('ada', `${i}`, i)])));
    const together = (await commits(file)) - before;
    expect(together).toBeGreaterThan(0);
    expect(together).toBeLessThan(20);
    for (let i = 0; i < 10; i++) await orders.insertOnce([order('ben', `${i}`, i)]);
    expect((await commits(file)) - before - together).toBe(10);
    await store.close();
  });

  it('fails the caller whose write fails, and nobody who shares the transaction', async () => {
    const { store } = await open();
    const orders = store.collection(ORDERS);
    const accounts = store.collection(ACCOUNTS);
    await accounts.putMany([{ owner: 'ada', id: 'main', version: 0, openedAt: 1, points: Number.MAX_SAFE_INTEGER }]);
    const entry = { owner: 'ada', id: 'too-much', version: 0, at: 1, points: 1 };
    const outcomes = await Promise.allSettled([
      orders.insertOnce([order('ada', '1', 1, { note: { shape: 'a' } })]),
      accounts.adjust(key('ada', 'main'), { by: 1, min: 0, entry }),
      orders.insertOnce([order('ada', '2', 2, { note: { other: 'b' } })]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await orders.latest([['ada']], { first: 10 }))[0]?.items.map(({ note }) => note)).toEqual([{ other: 'b' }, { shape: 'a' }]);
    await store.close();
  });

  it('takes back what a failing call had written, with the shapes of its documents', async () => {
    const { file, store } = await open();
    const { writer } = await WriterClient.start(file, SPECS.map(planOf));
    const insert = (terms: string | null, ...docs: Order[]) =>
      writer.call('insert', { collection: 'orders', filings: docs.map((doc) => ({ doc: { ...doc }, terms })) });
    // terms that are no text fail when they are indexed, which is after their document was written
    const broken = 5 as unknown as string;
    const calls = [
      insert(null, order('ada', '1', 1, { note: { first: 1 } })),
      insert(broken, order('ada', '2', 2, { note: { shared: 2 } })),
      insert(null, order('ada', '3', 3, { note: { shared: 3 } })),
    ];
    expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(calls[1]).rejects.toThrow(/is not a function/);
    const [page] = await store.collection(ORDERS).latest([['ada']], { first: 10 });
    expect(page?.items.map(({ note }) => note)).toEqual([{ shared: 3 }, { first: 1 }]);
    await writer.close();
    await store.close();
  });

  it('waits for a lock that somebody else holds, while reads and the event loop go on', async () => {
    const { file, store } = await open();
    const orders = store.collection(ORDERS);
    await orders.insertOnce([order('ada', '1', 1)]);
    const other = new Connection(file);
    other.exec('BEGIN IMMEDIATE');
    let written = false;
    const write = orders.insertOnce([order('ada', '2', 2)]).then(() => {
      written = true;
    });
    let longestMs = 0;
    for (let i = 0; i < 10; i++) {
      const before = performance.now();
      expect((await orders.getMany([key('ada', '1')]))[0]?.id).toBe('1');
      longestMs = Math.max(longestMs, performance.now() - before);
      await sleep(10);
    }
    expect(written).toBe(false);
    // The lock is held until after the last read: one that waited for it would wait for ever.
    expect(longestMs).toBeLessThan(2_000);
    other.exec('COMMIT');
    await write;
    other.close();
    await store.close();
  });

  it('leaves room for other processes while it has much to do', async () => {
    const { file, store } = await open();
    const orders = store.collection(ORDERS);
    let working = true;
    const load = Promise.all(
      Array.from({ length: 3 }, async (_, lane) => {
        for (let i = 0; working; i++) await orders.insertOnce(Array.from({ length: 500 }, (_, k) => order(`load${lane}`, `${i}-${k}`, i)));
      }),
    );
    await sleep(300);
    const other = await sqliteStore({ file, specs: SPECS });
    const waits: number[] = [];
    for (let i = 0; i < 15; i++) {
      const before = performance.now();
      await other.collection(ORDERS).insertOnce([order('small', `${i}`, i)]);
      waits.push(performance.now() - before);
    }
    working = false;
    await load;
    // a transaction holds the lock for about 20 ms and then leaves it; the rest is the disk and a busy machine
    expect(waits.sort((a, b) => a - b)[7]).toBeLessThan(4_000);
    await other.close();
    await store.close();
  });

  it('rejects what is pending and what comes later when it stops', async () => {
    const file = join(await folder(), 'store.db');
    const { writer } = await WriterClient.start(file, []);
    const pending = writer.call('erase', { owner: 'ada' });
    const fatal = writer.call('nonsense' as 'erase', { owner: 'ada' });
    await expect(fatal).rejects.toThrow(/writer of .*store\.db has stopped/);
    await expect(pending.catch(() => ({}))).resolves.toBeDefined();
    await expect(writer.call('erase', { owner: 'ben' })).rejects.toThrow(/has stopped/);
    await writer.close();
  });

  it('starts with the first write where the file is as it should be, and once', async () => {
    const { file, store: before } = await open();
    await before.collection(ORDERS).insertOnce([order('ada', '1', 1)]);
    await before.close();
    const starts = [vi.spyOn(WriterClient, 'start'), vi.spyOn(WriterClient, 'resume')];
    const store = await sqliteStore({ file, specs: SPECS });
    const orders = store.collection(ORDERS);
    expect((await orders.getMany([key('ada', '1')]))[0]?.id).toBe('1');
    expect(starts.map((start) => start.mock.calls.length)).toEqual([0, 0]);
    expect(await Promise.all([orders.insertOnce([order('ada', '1', 1)]), orders.insertOnce([order('ada', '2', 2)])])).toEqual([
      ['duplicate'],
      ['inserted'],
    ]);
    expect(starts.map((start) => start.mock.calls.length)).toEqual([0, 1]);
    await store.close();
    await expect(orders.insertOnce([order('ada', '3', 3)])).rejects.toThrow(/closed/);
    vi.restoreAllMocks();
  });

  it('is started again by the next write when it could not start', async () => {
    const { file, store: before } = await open();
    await before.close();
    const store = await sqliteStore({ file, specs: SPECS });
    const format = (version: number) => {
      const other = new Connection(file);
      other.exec(`PRAGMA user_version = ${version}`);
      other.close();
    };
    format(99);
    await expect(store.collection(ORDERS).insertOnce([order('ada', '1', 1)])).rejects.toThrow(/has format 99/);
    format(1);
    expect(await store.collection(ORDERS).insertOnce([order('ada', '1', 1)])).toEqual(['inserted']);
    await store.close();
  });

  it.skipIf(!strace)('acknowledges only what the disk has confirmed (needs strace)', async () => {
    const dataDir = await folder();
    const trace = join(dataDir, 'trace');
    const job = { storage: { kind: 'sqlite', dataDir }, owner: 'ada', count: 10, lanes: 1, newShapes: false, close: true };
    const options = ['-f', '-y', '-e', 'trace=fsync,fdatasync,pwrite64,write', '-o', trace];
    await run('strace', [...options, ...(await inserting(job))], { maxBuffer: 1e8 });
    const calls = (await readFile(trace, 'utf8')).split('\n');
    const steps = calls.flatMap((call) => {
      if (/pwrite64\(\d+<[^>]*contract\.db-wal>/.test(call)) return ['log'];
      if (/(fsync|fdatasync)\(\d+<[^>]*contract\.db-wal>/.test(call)) return ['sync'];
      return /write\(1<[^>]*>, "\d+\\n"/.test(call) ? ['acknowledge'] : [];
    });
    const acknowledged = steps.flatMap((step, i) => (step === 'acknowledge' ? [i] : []));
    expect(acknowledged).toHaveLength(10);
    // going back from each acknowledgement, the log was synced before anything was written to it
    for (const i of acknowledged) expect(steps.slice(0, i).findLast((step) => step !== 'acknowledge')).toBe('sync');
    for (const [n, i] of acknowledged.entries())
      expect(steps.slice(acknowledged[n - 1] ?? 0, i)).toEqual(expect.arrayContaining(['log', 'sync']));
  });
});

/** How many commits are in the file's log, which has not been reset since: frames that hold the database's size (SQLite file format, 4.1). */
async function commits(file: string): Promise<number> {
  const log = await readFile(`${file}-wal`);
  const frame = 24 + log.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frame <= log.length; at += frame) if (log.readUInt32BE(at + 4) !== 0) count += 1;
  return count;
}
