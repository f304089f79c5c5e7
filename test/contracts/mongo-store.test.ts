import { afterAll, describe, expect, it } from 'vitest';
import { mongoStore } from '../../kernel/storage/mongo.ts';
import type { Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { dropDatabases, MONGODB_URI, uniquePrefix, withClient } from '../support/mongo.ts';
import { wireTo } from '../support/mongo-wire.ts';

interface Note extends Doc {
  readonly writtenAt: number;
  readonly text: string;
}
const NOTES: Spec<Note> = { name: 'notes', at: 'writtenAt', terms: ({ text }) => text.split(' ') };
const ACCOUNTS: Spec<Doc & { openedAt: number; balance: number }> = {
  name: 'accounts',
  at: 'openedAt',
  ledger: { balance: 'balance', entries: 'notes' },
};

/** Names of the indexes that a plan's stages use, and the stages' names. */
function stagesOf(plan: unknown): { readonly stages: readonly string[]; readonly indexes: readonly string[] } {
  const stages: string[] = [];
  const indexes: string[] = [];
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    if ('stage' in node && typeof node.stage === 'string') stages.push(node.stage);
    if ('indexName' in node && typeof node.indexName === 'string') indexes.push(node.indexName);
    for (const inner of Object.values(node)) walk(inner);
  };
  walk(plan);
  return { stages, indexes };
}

describe('opening a MongoDB store', () => {
  it('says which host it can not reach, and not the password', async () => {
    const uri = 'mongodb://ada:s3cret@127.0.0.1:9/?serverSelectionTimeoutMS=100';
    const error: unknown = await mongoStore({ uri, database: 'any', specs: [NOTES] }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'OperatorError' });
    const { message, stack, cause } = error as Error;
    expect(message).toContain('mongodb://127.0.0.1:9 ');
    expect(message).toContain('MongoServerSelectionError');
    expect(`${message}${stack}${String(cause)}`).not.toMatch(/s3cret|ada/);
  });

  it.each(['mongodb://', 'postgres://ada:s3cret@db/', 'mongodb://ada:s3cret@db:port/'])(
    'refuses %s as a mistake of the operator',
    async (uri) => {
      const error: unknown = await mongoStore({ uri, database: 'any', specs: [NOTES] }).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: 'OperatorError' });
      expect((error as Error).message).not.toContain('s3cret');
    },
  );
});

describe.skipIf(!MONGODB_URI)('a MongoDB store (needs MONGODB_URI)', () => {
  const uri = MONGODB_URI ?? '';
  const prefix = uniquePrefix();
  const note = (owner: string, id: string, text: string): Note => ({ owner, id, version: 0, writtenAt: 1, text });

  async function withStore<R>(name: string, spec: Spec<Note>, use: (store: Store) => Promise<R>): Promise<R> {
    const store = await mongoStore({ uri, database: `${prefix}${name}`, specs: [spec, ACCOUNTS] });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  afterAll(() => dropDatabases(uri, prefix));

  it('creates its indexes, and again when one is missing', async () => {
    const indexes = (name: string) => withClient(uri, (client) => client.db(`${prefix}indexes`).collection(name).indexes());
    await withStore('indexes', NOTES, async () => {});
    await withClient(uri, (client) => client.db(`${prefix}indexes`).collection('notes').dropIndex('terms_owner_id'));
    await withStore('indexes', NOTES, async () => {});
    expect((await indexes('notes')).map(({ key }) => key)).toEqual([
      { _id: 1 },
      { owner: 1, writtenAt: 1, id: 1 },
      { _terms: 1, owner: 1, id: 1 },
    ]);
    expect((await indexes('accounts')).map(({ key, sparse }) => [key, sparse ?? false])).toEqual([
      [{ _id: 1 }, false],
      [{ owner: 1, openedAt: 1, id: 1 }, false],
      [{ '_pending._id': 1 }, true],
      [{ '_pending.owner': 1 }, true],
    ]);
  });

  it('answers an owner’s latest from an index', async () => {
    await withStore('plans', NOTES, async (store) => {
      await store.collection(NOTES).insertOnce([note('a', '1', 'blue sky'), note('b', '2', 'blue sea')]);
    });
    const explain = (filter: object, sort: Record<string, 1 | -1>) =>
      withClient(uri, (client) => client.db(`${prefix}plans`).collection('notes').find(filter).sort(sort).explain('queryPlanner'));
    const latest = stagesOf(await explain({ owner: { $in: ['a'] } }, { writtenAt: -1, id: -1 }));
    expect(latest.indexes).toContain('owner_writtenAt_id');
    expect(latest.stages).not.toContain('COLLSCAN');
  });

  it('tells keys apart whose owner and id hold its separator', async () => {
    await withStore('keys', NOTES, async (store) => {
      const notes = store.collection(NOTES);
      const docs = [note('a:b', 'c', 'one'), note('a', 'b:c', 'two'), note('a%3Ab', 'c', 'three')];
      expect(await notes.insertOnce(docs)).toEqual(['inserted', 'inserted', 'inserted']);
      expect((await notes.getMany(docs)).map((found) => found?.text)).toEqual(['one', 'two', 'three']);
    });
  });

  it('refuses a database that a newer version wrote', async () => {
    await withStore('newer', NOTES, async () => {});
    await withClient(uri, (client) =>
      client
        .db(`${prefix}newer`)
        .collection<{ _id: string; version: number }>('_layout')
        .updateOne({ _id: 'layout' }, { $set: { version: 99 } }),
    );
    await expect(withStore('newer', NOTES, async () => {})).rejects.toThrow(/has layout 99; this version reads up to 1/);
  });

  it('asks for a majority and the journal with every write, and reads what a majority has', async () => {
    const wire = await wireTo(uri);
    const store = await mongoStore({ uri: wire.uri, database: `${prefix}concerns`, specs: [NOTES, ACCOUNTS] });
    wire.cutAt(Number.POSITIVE_INFINITY, 'before');
    await store.collection(NOTES).insertOnce([note('a', '1', 'one')]);
    await store.collection(NOTES).putMany([{ ...note('a', '1', 'two'), version: 1 }]);
    await store.collection(ACCOUNTS).insertOnce([{ owner: 'a', id: 'm', version: 0, openedAt: 1, balance: 5 }]);
    await store.collection(ACCOUNTS).adjust({ owner: 'a', id: 'm' }, { by: 1, min: 0, entry: note('a', '2', 'two') });
    await store.collection(NOTES).latest([['a']], { first: 1 });
    await store.collection(NOTES).totals([['a']]);
    await store.erase('a');
    await store.close();
    await wire.close();
    const writes = wire.commands.filter((command) => !('find' in command || 'aggregate' in command));
    const reads = wire.commands.filter((command) => 'find' in command || 'aggregate' in command);
    expect(new Set(wire.names())).toEqual(new Set(['find', 'aggregate', 'insert', 'update', 'delete', 'findAndModify']));
    for (const command of writes) expect(command).toMatchObject({ writeConcern: { w: 'majority', j: true } });
    for (const command of reads) expect(command).toMatchObject({ readConcern: { level: 'majority' } });
    // What builds on another step sees what that one saw, whoever is the primary by then.
    const [before, insert, after] = wire.commands;
    expect([before?.lsid, after?.lsid]).toEqual([insert?.lsid, insert?.lsid]);
    expect(after?.readConcern).toHaveProperty('afterClusterTime');
    // A retried write is told from a new one by its number.
    for (const command of writes.filter((command) => !('delete' in command))) expect(command).toHaveProperty('txnNumber');
  });
});
