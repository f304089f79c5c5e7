import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OperatorError } from '../../kernel/errors.ts';
import type { AnySpec, Spec } from '../../kernel/storage/port.ts';
import { sqliteStore } from '../../kernel/storage/sqlite.ts';
import { Connection } from '../../kernel/storage/sqlite-driver.ts';
import { temporaryFolders } from './sqlite-support.ts';
import { type Order, order } from './storage-fixtures.ts';

const BARE: Spec<Order> = { name: 'orders', at: 'placedAt' };
const RICH: Spec<Order> = {
  name: 'orders',
  at: 'placedAt',
  amount: 'totalMinor',
  groups: ['currency'],
  terms: ({ note }) => (typeof note === 'string' ? [note] : []),
};

describe('opening a SQLite store', { timeout: 60_000 }, () => {
  const folder = temporaryFolders();
  const path = async () => join(await folder(), 'store.db');
  const open = (file: string, ...specs: AnySpec[]) => sqliteStore({ file, specs });
  const docs = Array.from({ length: 1200 }, (_, i) =>
    order(`o${i % 3}`, `${i}`, i, { totalMinor: 1, currency: i % 2 ? 'EUR' : 'GBP', note: `word${i}` }),
  );

  it('creates the folder and the file, and finds its documents again', async () => {
    const file = join(await folder(), 'new', 'folder', 'store.db');
    const first = await open(file, BARE);
    await first.collection(BARE).insertOnce([order('ada', '1', 1)]);
    await first.close();
    const second = await open(file, BARE);
    expect(await second.collection(BARE).getMany([{ owner: 'ada', id: '1' }])).toEqual([{ ...order('ada', '1', 1), version: 1 }]);
    await second.close();
  });

  it('brings documents under an amount, groups and search terms that their collection gains', async () => {
    const file = await path();
    const before = await open(file, BARE);
    await before.collection(BARE).insertOnce(docs);
    await before.close();
    const after = await open(file, RICH);
    const orders = after.collection(RICH);
    expect(await orders.totals([['o0', 'o1', 'o2']], { by: 'currency' })).toEqual([
      [
        { group: 'EUR', count: 600, sum: 600, first: 1, last: 1199 },
        { group: 'GBP', count: 600, sum: 600, first: 0, last: 1198 },
      ],
    ]);
    expect((await orders.search(['word777'], { first: 10 })).items.map(({ id }) => id)).toEqual(['777']);
    expect((await orders.latest([['o1']], { first: 1 }))[0]?.items[0]).toEqual({ ...docs[1198], version: 1 });
    await after.close();
  });

  it('follows a collection that loses them again, is ordered by another field, or has new terms', async () => {
    const file = await path();
    const rich = await open(file, RICH);
    await rich.collection(RICH).insertOnce(docs.slice(0, 10));
    await rich.close();
    const renamed: Spec<Order> = { ...RICH, terms: ({ id }) => [`number${id}`], termsVersion: 1 };
    const second = await open(file, renamed);
    expect((await second.collection(renamed).search(['word'], { first: 10 })).items).toEqual([]);
    expect((await second.collection(renamed).search(['number3'], { first: 10 })).items).toHaveLength(1);
    await second.close();
    const byAmount: Spec<Order> = { name: 'orders', at: 'totalMinor' };
    const third = await open(file, byAmount);
    expect((await third.collection(byAmount).latest([['o0']], { first: 2 }))[0]?.next).toEqual({ at: 1, id: '6' });
    expect(await third.collection(byAmount).totals([['o0']])).toEqual([[{ group: '', count: 4, sum: 0, first: 1, last: 1 }]]);
    await third.close();
  });

  it('goes on with a change that was interrupted', async () => {
    const file = await path();
    const before = await open(file, BARE);
    await before.collection(BARE).insertOnce(docs.slice(0, 9));
    await before.close();
    // what is left by a process that died after it had begun to change the layout
    await (await open(file, RICH)).close();
    const connection = new Connection(file);
    connection.exec(
      'UPDATE collection SET ready = 0; UPDATE doc_orders SET amount = NULL, by_currency = NULL; DELETE FROM term_orders; DROP INDEX doc_orders_by_time',
    );
    connection.close();
    const after = await open(file, RICH);
    expect(await after.collection(RICH).totals([['o0', 'o1', 'o2']])).toEqual([[{ group: '', count: 9, sum: 9, first: 0, last: 8 }]]);
    expect((await after.collection(RICH).search(['word8'], { first: 10 })).items.map(({ id }) => id)).toEqual(['8']);
    await after.close();
  });

  it('stops a process from writing in a layout that another has changed', async () => {
    const file = await path();
    const old = await open(file, BARE);
    const fresh = await open(file, RICH);
    await expect(old.collection(BARE).insertOnce([order('ada', '1', 1)])).rejects.toThrow(/another version.*"orders".*restart/is);
    expect(await fresh.collection(RICH).insertOnce([order('ada', '1', 1)])).toEqual(['inserted']);
    expect(await old.collection(BARE).getMany([{ owner: 'ada', id: '1' }])).toMatchObject([{ id: '1' }]);
    await old.close();
    await fresh.close();
  });

  it('stops it, too, when it had not written before', async () => {
    const file = await path();
    await (await open(file, BARE)).close();
    const old = await open(file, BARE);
    const fresh = await open(file, RICH);
    await expect(old.collection(BARE).insertOnce([order('ada', '1', 1)])).rejects.toThrow(/another version.*"orders".*restart/is);
    expect(await fresh.collection(RICH).insertOnce([order('ada', '1', 1, { note: 'kept' })])).toEqual(['inserted']);
    expect((await fresh.collection(RICH).search(['kept'], { first: 1 })).items).toHaveLength(1);
    await old.close();
    await fresh.close();
  });

  it('refuses a file of a newer format, and says what to do', async () => {
    const file = await path();
    await (await open(file, BARE)).close();
    const connection = new Connection(file);
    connection.exec('PRAGMA user_version = 99');
    connection.close();
    const refusal = await open(file, BARE).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OperatorError);
    expect(String(refusal)).toMatch(/store\.db has format 99; this version reads up to 1\. Start the version that wrote it/);
  });

  it("refuses a file that is no database, and another program's, and leaves both as they are", async () => {
    const text = await path();
    await writeFile(text, 'This is a letter and no database. '.repeat(100));
    await expect(open(text, BARE)).rejects.toThrow(/is not a database/);
    const foreign = await path();
    const connection = new Connection(foreign);
    connection.exec('CREATE TABLE theirs (a)');
    await expect(open(foreign, BARE)).rejects.toThrow(/database of another program/);
    expect(connection.all('SELECT name FROM sqlite_schema')).toEqual([['theirs']]);
    expect(connection.one('PRAGMA journal_mode')).toEqual(['delete']);
    connection.close();
  });

  it('tells an operator of a place that can not hold the file', async () => {
    const place = await folder();
    await writeFile(join(place, 'letter'), 'Dear Ada');
    await mkdir(join(place, 'store.db'));
    const refused = (file: string) => open(join(place, file), BARE).catch((error: unknown) => error);
    for (const [file, problem] of [
      ['letter/store.db', /letter \(DATA_DIR\) can't be made a folder \(EEXIST\)\. Name a folder/],
      ['letter/deep/store.db', /deep \(DATA_DIR\) can't be made a folder \(ENOTDIR\)\. Name a folder/],
      ['store.db', /store\.db can not be opened or created\. See that it is a file/],
    ] as const) {
      const refusal = await refused(file);
      expect(refusal).toBeInstanceOf(OperatorError);
      expect(String(refusal)).toMatch(problem);
    }
  });

  it('refuses specs that can not be laid out', async () => {
    await expect(open(await path(), { ...BARE, name: 'no; such' })).rejects.toThrow(/"no; such"/);
    await expect(open(await path(), { ...BARE, groups: ['a"b'] } as unknown as AnySpec)).rejects.toThrow(/"a"b"/);
    await expect(open(await path(), { ...BARE, ledger: { balance: 'totalMinor', entries: 'nowhere' } })).rejects.toThrow(/"nowhere"/);
    await expect(open(await path(), BARE, { ...BARE })).rejects.toThrow(/"orders"/);
  });
});
