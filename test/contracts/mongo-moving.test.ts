import type { Collection } from 'mongodb';
import { afterAll, describe, expect, it } from 'vitest';
import { dropDatabases, MONGODB_URI, uniquePrefix, withClient } from '../support/mongo.ts';
import { type Wire, wireTo } from '../support/mongo-wire.ts';
import { expectMoved, movingContract, NOTES, openFresh, writeOld } from './storage-moving.ts';

const uri = MONGODB_URI ?? '';

describe.skipIf(!MONGODB_URI)('moving on MongoDB (needs MONGODB_URI)', () => {
  movingContract({
    name: 'MongoDB',
    place: async () => ({ kind: 'mongo', uri, prefix: uniquePrefix() }),
    remove: async (storage) => {
      if (storage.kind === 'mongo') await dropDatabases(uri, storage.prefix ?? '');
    },
  });

  describe('a MongoDB store to which collections move', { timeout: 600_000 }, () => {
    const prefixes: string[] = [];
    afterAll(async () => {
      for (const prefix of prefixes) await dropDatabases(uri, prefix);
    });
    const place = () => {
      const prefix = uniquePrefix();
      prefixes.push(prefix);
      return { kind: 'mongo', uri, prefix } as const;
    };

    it('goes on after a process that died before or after any command', async () => {
      let cuts = 0;
      for (const when of ['before', 'after'] as const) {
        const storage = place();
        await writeOld(storage);
        // Each process gets one command further than the one before it; what that one did is done.
        for (let count = 0; ; count++) {
          const wire = await wireTo(uri);
          wire.cutAt(count, when);
          const opened = await openFresh({ ...storage, uri: wire.uri }).then(
            async (store) => store,
            () => null,
          );
          const reached = wire.commands.length;
          await opened?.close().catch(() => {});
          await wire.close();
          if (opened && reached < count) break;
          cuts += 1;
        }
        await expectMoved(storage);
      }
      expect(cuts).toBeGreaterThan(20);
    });

    it('leaves what a process of an earlier version changes meanwhile to the next one that opens', async () => {
      const rehearsal = await wireTo(uri);
      await openThrough(rehearsal, place());
      const deletion = rehearsal.names().indexOf('delete');
      await rehearsal.close();
      const storage = place();
      await writeOld(storage);
      const wire = await wireTo(uri);
      const held = wire.holdAt(deletion);
      const opened = openFresh({ ...storage, uri: wire.uri });
      const release = await held;
      const inOld = <R>(use: (notes: Collection<{ readonly version: number; readonly text: string }>) => Promise<R>) =>
        withClient(uri, (client) => use(client.db(`${storage.prefix}old`).collection('notes')));
      await inOld((notes) => notes.updateOne({ owner: 'o0', id: '0' }, { $set: { text: 'meanwhile', version: 4 } }));
      release();
      await (await opened).close();
      await wire.close();
      expect(await inOld((notes) => notes.find({}, { projection: { _id: 0, text: 1 } }).toArray())).toEqual([{ text: 'meanwhile' }]);
      const fresh = await openFresh(storage);
      expect(await fresh.collection(NOTES).getMany([{ owner: 'o0', id: '0' }])).toMatchObject([{ text: 'meanwhile', version: 4 }]);
      await fresh.close();
      expect(await inOld((notes) => notes.countDocuments())).toBe(0);
    });

    async function openThrough(wire: Wire, storage: ReturnType<typeof place>): Promise<void> {
      await writeOld(storage);
      await (await openFresh({ ...storage, uri: wire.uri })).close();
    }
  });
});
