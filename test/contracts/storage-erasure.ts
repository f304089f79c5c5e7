import { describe, expect, it } from 'vitest';
import { bench, collect, key, ORDERS, openContractStore, order, person, type StorageUnderTest } from './storage-fixtures.ts';

/** Erasing an owner, for good. */
export function erasureContract(adapter: StorageUnderTest): void {
  describe('erasure', () => {
    const b = bench(adapter);

    it('MUST delete everything of one owner in all collections, and nothing else', async () => {
      await b.orders.insertOnce([order('ada', '1', 1, { totalMinor: 5 }), order('ada', '2', 2), order('ben', '1', 3)]);
      await b.people.insertOnce([person('ada', 'Ada Lovelace'), person('ben', 'Ben Lovelace')]);
      await b.accounts.putMany([{ owner: 'ada', id: 'main', version: 0, openedAt: 1, points: 10 }]);
      await b.accounts.adjust(key('ada', 'main'), { by: 5, min: 0, entry: { owner: 'ada', id: 'e-1', version: 0, at: 1, points: 5 } });
      expect(await b.store.erase('ada')).toEqual({ accounts: 1, entries: 1, orders: 2, people: 1 });
      expect(await b.orders.getMany([key('ada', '1'), key('ben', '1')])).toMatchObject([null, { owner: 'ben' }]);
      expect(await b.orders.latest([['ada'], ['ada', 'ben']], { first: 10 })).toMatchObject([{ items: [] }, { items: [{ owner: 'ben' }] }]);
      expect(await b.orders.totals([['ada']])).toEqual([[]]);
      expect((await b.people.search(['lovelace'], { first: 10 })).items).toMatchObject([{ owner: 'ben' }]);
      expect((await collect(b.orders.scan())).map(({ owner }) => owner)).not.toContain('ada');
    });

    it('MUST answer `erased` to every later write for that owner, and MUST store nothing', async () => {
      await b.accounts.putMany([{ owner: 'cat', id: 'main', version: 0, openedAt: 1, points: 10 }]);
      await b.orders.insertOnce([order('cat', '1', 1)]);
      await b.store.erase('cat');
      expect(await b.orders.insertOnce([order('cat', '1', 1), order('dan', '1', 1)])).toEqual(['erased', 'inserted']);
      expect(await b.orders.putMany([order('cat', '1', 1, { version: 1 }), order('cat', 'new', 1)])).toEqual(['erased', 'erased']);
      const entry = { owner: 'cat', id: 'e', version: 0, at: 1, points: 1 };
      expect(await b.accounts.adjust(key('cat', 'main'), { by: 1, min: 0, entry })).toEqual({ status: 'erased', value: 0 });
      expect(await b.orders.latest([['cat']], { first: 10 })).toEqual([{ items: [], next: null }]);
    });

    it('MUST be repeatable, and MUST keep an owner away who was never seen', async () => {
      expect(await b.store.erase('eve')).toEqual({ accounts: 0, entries: 0, orders: 0, people: 0 });
      expect(await b.store.erase('eve')).toEqual({ accounts: 0, entries: 0, orders: 0, people: 0 });
      expect(await b.orders.insertOnce([order('eve', '1', 1)])).toEqual(['erased']);
    });

    it('MUST hold for another process, and after opening again', async () => {
      await b.store.erase('fay');
      const other = await openContractStore(b.storage);
      expect(await other.collection(ORDERS).insertOnce([order('fay', '1', 1)])).toEqual(['erased']);
      await other.close();
    });

    it('MUST leave nothing behind when writes run beside it', async () => {
      const writes = Array.from({ length: 40 }, (_, i) => b.orders.insertOnce([order('gus', `${i}`, i)]));
      const [outcomes] = await Promise.all([Promise.all(writes), b.store.erase('gus')]);
      expect(outcomes).toHaveLength(40);
      expect(await b.orders.latest([['gus']], { first: 100 })).toEqual([{ items: [], next: null }]);
    });
  });
}
