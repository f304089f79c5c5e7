import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mongoStore } from '../../kernel/storage/mongo.ts';
import type { Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { dropDatabases, MONGODB_URI, uniquePrefix } from '../support/mongo.ts';
import { type Wire, wireTo } from '../support/mongo-wire.ts';

interface Account extends Doc {
  readonly balance: number;
  readonly openedAt: number;
}
const ACCOUNTS: Spec<Account> = { name: 'accounts', at: 'openedAt', ledger: { balance: 'balance', entries: 'entries' } };
const ENTRIES: Spec<Doc & { madeAt: number }> = { name: 'entries', at: 'madeAt' };
const specs = [ACCOUNTS, ENTRIES];

const account = (owner: string, version: number, balance = 100): Account => ({ owner, id: 'main', version, balance, openedAt: 0 });
const spend = (owner: string, id: string) => ({ by: -30, min: 0, entry: { owner, id, version: 0, madeAt: 1 } });

/** A slow process is held up between two commands of an operation while a fast one does something to the same documents. */
describe.skipIf(!MONGODB_URI)('two processes on one MongoDB store (needs MONGODB_URI)', () => {
  const uri = MONGODB_URI ?? '';
  const prefix = uniquePrefix();
  const database = `${prefix}races`;
  let fast: Store;
  let slow: Store;
  let wire: Wire;

  beforeAll(async () => {
    fast = await mongoStore({ uri, database, specs });
  });
  beforeEach(async () => {
    wire = await wireTo(uri);
    slow = await mongoStore({ uri: wire.uri, database, specs });
  });
  afterEach(async () => {
    await slow.close();
    await wire.close();
  });
  afterAll(async () => {
    await fast.close();
    await dropDatabases(uri, prefix);
  });

  /** What the slow process answers when `meanwhile` happens before its command number `count`. */
  async function heldUp<R>(count: number, operation: () => Promise<R>, meanwhile: () => Promise<unknown>): Promise<R> {
    const held = wire.holdAt(count);
    const answer = operation();
    const release = await held;
    await meanwhile();
    release();
    return await answer;
  }

  const balanceOf = async (owner: string) => (await fast.collection(ACCOUNTS).getMany([{ owner, id: 'main' }]))[0]?.balance;

  it.each([0, 1, 2, 3])('applies an entry once that both adjust, the slow one held before its command %i', async (count) => {
    const owner = `once_${count}`;
    const adjust = (store: Store) => store.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'same'));
    await fast.collection(ACCOUNTS).insertOnce([account(owner, 0)]);
    const answer = await heldUp(
      count,
      () => adjust(slow),
      async () => expect((await adjust(fast)).status).toBe('applied'),
    );
    expect(answer).toEqual({ status: 'duplicate', value: 70 });
    expect(await balanceOf(owner)).toBe(70);
  });

  it('files an entry once that both file', async () => {
    const owner = 'filed';
    await fast.collection(ACCOUNTS).insertOnce([account(owner, 0)]);
    const answer = await heldUp(
      5,
      () => slow.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'same')),
      async () => expect((await fast.collection(ENTRIES).latest([[owner]], { first: 5 }))[0]?.items).toHaveLength(1),
    );
    expect(answer).toEqual({ status: 'applied', value: 70 });
    expect((await fast.collection(ENTRIES).totals([[owner]]))[0]?.[0]?.count).toBe(1);
  });

  it.each([0, 1, 2])('keeps an erased owner erased, an insert held before its command %i', async (count) => {
    const owner = `insert_${count}`;
    const answer = await heldUp(
      count,
      () => slow.collection(ACCOUNTS).insertOnce([account(owner, 0)]),
      () => fast.erase(owner),
    );
    expect(answer).toEqual(['erased']);
    expect(await balanceOf(owner)).toBeUndefined();
  });

  it.each([0, 1, 2])('keeps an erased owner erased, a replacement held before its command %i', async (count) => {
    const owner = `replace_${count}`;
    await fast.collection(ACCOUNTS).insertOnce([account(owner, 0)]);
    const answer = await heldUp(
      count,
      () => slow.collection(ACCOUNTS).putMany([account(owner, 1, 5)]),
      () => fast.erase(owner),
    );
    expect(answer).toEqual(['erased']);
    expect(await balanceOf(owner)).toBeUndefined();
  });

  it.each([4, 5, 6, 7])('files nothing for an erased owner, an adjustment held before its command %i', async (count) => {
    const owner = `adjust_${count}`;
    await fast.collection(ACCOUNTS).insertOnce([account(owner, 0)]);
    await heldUp(
      count,
      () => slow.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'one')),
      () => fast.erase(owner),
    );
    expect(await balanceOf(owner)).toBeUndefined();
    expect((await fast.collection(ENTRIES).latest([[owner]], { first: 5 }))[0]?.items).toEqual([]);
  });

  it('deletes what a writer left that died before it saw the tombstone, when a store is opened next', async () => {
    const insertion = heldUp(
      1,
      () => slow.collection(ACCOUNTS).insertOnce([account('orphan', 0)]),
      async () => {
        await fast.erase('orphan');
        wire.cutAt(0, 'before');
      },
    );
    await expect(insertion).rejects.toThrow();
    expect(await balanceOf('orphan')).toBe(100);
    await (await mongoStore({ uri, database, specs })).close();
    expect(await balanceOf('orphan')).toBeUndefined();
  });

  it('does not bring back a document that is gone without a tombstone', async () => {
    expect(await fast.collection(ACCOUNTS).putMany([account('gone', 3)])).toEqual(['conflict']);
    expect(await balanceOf('gone')).toBeUndefined();
  });

  it('lets one of two writers of the same version win', async () => {
    await fast.collection(ACCOUNTS).insertOnce([account('versions', 0)]);
    const answer = await heldUp(
      1,
      () => slow.collection(ACCOUNTS).putMany([account('versions', 1, 1)]),
      async () => expect(await fast.collection(ACCOUNTS).putMany([account('versions', 1, 2)])).toEqual(['ok']),
    );
    expect(answer).toEqual(['conflict']);
    expect(await balanceOf('versions')).toBe(2);
  });
});
