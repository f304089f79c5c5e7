import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mongoStore } from '../../kernel/storage/mongo.ts';
import type { Adjustment, Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { dropDatabases, MONGODB_URI, uniquePrefix } from '../support/mongo.ts';
import { type Wire, wireTo } from '../support/mongo-wire.ts';

interface Account extends Doc {
  readonly balance: number;
  readonly openedAt: number;
}
interface Entry extends Doc {
  readonly points: number;
  readonly madeAt: number;
}
const ACCOUNTS: Spec<Account> = { name: 'accounts', at: 'openedAt', ledger: { balance: 'balance', entries: 'entries' } };
const ENTRIES: Spec<Entry> = { name: 'entries', at: 'madeAt', amount: 'points' };
const specs = [ACCOUNTS, ENTRIES];

const spend = (owner: string, id: string, points: number): Adjustment<Entry> => ({
  by: -points,
  min: 0,
  entry: { owner, id, version: 0, points: -points, madeAt: 1 },
});

/** The commands of one adjustment, as counted on the wire. */
const ADJUSTMENT = ['find', 'find', 'find', 'findAndModify', 'find', 'insert', 'find', 'update'];

const CUTS = ADJUSTMENT.flatMap((command, count) => (['before', 'after'] as const).map((when) => ({ count, when, command })));

describe.skipIf(!MONGODB_URI)('a ledger on MongoDB (needs MONGODB_URI)', () => {
  const uri = MONGODB_URI ?? '';
  const prefix = uniquePrefix();
  const database = `${prefix}ledger`;
  let store: Store;
  let owners = 0;

  /** An account of 100 points. */
  async function openAccount(): Promise<string> {
    owners += 1;
    const owner = `cus_${owners}`;
    await store.collection(ACCOUNTS).insertOnce([{ owner, id: 'main', version: 0, balance: 100, openedAt: 0 }]);
    return owner;
  }

  const balanceOf = async (owner: string) => (await store.collection(ACCOUNTS).getMany([{ owner, id: 'main' }]))[0]?.balance;
  const entriesOf = async (owner: string) =>
    (await store.collection(ENTRIES).latest([[owner]], { first: 100 }))[0]?.items.map(({ id }) => id);

  /** Another process that adjusts over a wire which is cut. Gives what it was told: a status, or that the wire was lost. */
  async function adjustAndDie(owner: string, adjustment: Adjustment<Entry>, count: number, when: 'before' | 'after'): Promise<string> {
    const wire = await wireTo(uri);
    const dying = await mongoStore({ uri: wire.uri, database, specs });
    try {
      wire.cutAt(count, when);
      const { status } = await dying.collection(ACCOUNTS).adjust({ owner, id: 'main' }, adjustment);
      return status;
    } catch (error) {
      return error instanceof Error && error.name.startsWith('Mongo') ? 'lost' : String(error);
    } finally {
      await wire.close();
      await dying.close();
    }
  }

  beforeAll(async () => {
    store = await mongoStore({ uri, database, specs });
  });
  afterAll(async () => {
    await store.close();
    await dropDatabases(uri, prefix);
  });

  it('adjusts in the commands that the cuts below fall between', async () => {
    const owner = await openAccount();
    const wire: Wire = await wireTo(uri);
    const other = await mongoStore({ uri: wire.uri, database, specs });
    wire.cutAt(Number.POSITIVE_INFINITY, 'before');
    expect(await other.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'one', 30))).toEqual({
      status: 'applied',
      value: 70,
    });
    expect(wire.names()).toEqual(ADJUSTMENT);
    await other.close();
    await wire.close();
  });

  it.each(CUTS)('loses no entry and applies none twice when killed $when command $count ($command)', async ({ count, when }) => {
    const owner = await openAccount();
    expect(await adjustAndDie(owner, spend(owner, 'one', 30), count, when)).toBe('lost');
    const applied = count > 3 || (count === 3 && when === 'after');
    // Entries are read first, so nothing but the read itself can have filed what was pending.
    expect(await entriesOf(owner)).toEqual(applied ? ['one'] : []);
    expect(await balanceOf(owner)).toBe(applied ? 70 : 100);
    const again = await store.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'one', 30));
    expect(again).toEqual({ status: applied ? 'duplicate' : 'applied', value: 70 });
    expect(await entriesOf(owner)).toEqual(['one']);
  });

  it.each(CUTS)('takes a repeated request for what it is when killed $when command $count ($command)', async ({ count, when }) => {
    const owner = await openAccount();
    await adjustAndDie(owner, spend(owner, 'one', 30), count, when);
    const results = await Promise.all(
      [1, 2, 3].map(() => store.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'one', 30))),
    );
    expect(results.map(({ value }) => value)).toEqual([70, 70, 70]);
    expect(results.filter(({ status }) => status === 'applied').length).toBeLessThanOrEqual(1);
    expect(await balanceOf(owner)).toBe(70);
    expect(await store.collection(ENTRIES).totals([[owner]])).toEqual([[{ group: '', count: 1, sum: -30, first: 1, last: 1 }]]);
  });

  it.each([
    ['getMany', async (owner: string) => (await store.collection(ENTRIES).getMany([{ owner, id: 'one' }]))[0]?.points],
    ['totals', async (owner: string) => (await store.collection(ENTRIES).totals([[owner]]))[0]?.[0]?.sum],
    [
      'scan',
      async (owner: string) => {
        for await (const entry of store.collection(ENTRIES).scan()) if (entry.owner === owner) return entry.points;
        return undefined;
      },
    ],
  ])('%s finds an entry whose filer was killed', async (_name, read) => {
    const owner = await openAccount();
    await adjustAndDie(owner, spend(owner, 'one', 30), 3, 'after');
    expect(await read(owner)).toBe(-30);
  });

  it('keeps a pending entry when the balance is replaced', async () => {
    const owner = await openAccount();
    await adjustAndDie(owner, spend(owner, 'one', 30), 3, 'after');
    const [account] = await store.collection(ACCOUNTS).getMany([{ owner, id: 'main' }]);
    expect(account).toMatchObject({ balance: 70, version: 2 });
    expect(await store.collection(ACCOUNTS).putMany([{ ...(account as Account), openedAt: 5 }])).toEqual(['ok']);
    expect(await entriesOf(owner)).toEqual(['one']);
    expect(await balanceOf(owner)).toBe(70);
  });

  it('files no pending entry of an erased owner', async () => {
    const owner = await openAccount();
    await adjustAndDie(owner, spend(owner, 'one', 30), 3, 'after');
    await store.erase(owner);
    expect(await entriesOf(owner)).toEqual([]);
    expect(await store.collection(ACCOUNTS).adjust({ owner, id: 'main' }, spend(owner, 'one', 30))).toEqual({ status: 'erased', value: 0 });
  });
});
