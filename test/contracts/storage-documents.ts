import { describe, expect, it } from 'vitest';
import { update } from '../../kernel/update.ts';
import { bench, key, ORDERS, type Order, openContractStore, order, type StorageUnderTest } from './storage-fixtures.ts';

/** Storing documents and getting them by their keys. */
export function documentsContract(adapter: StorageUnderTest): void {
  describe('documents', () => {
    const b = bench(adapter);

    it('MUST answer in the order of the keys, with null where nothing is stored', async () => {
      await b.orders.insertOnce([order('ada', 'a-1', 10), order('ada', 'a-2', 20), order('ben', 'a-1', 30)]);
      const found = await b.orders.getMany([
        key('ben', 'a-1'),
        key('ada', 'none'),
        key('ada', 'a-2'),
        key('nobody', 'a-1'),
        key('ada', 'a-2'),
      ]);
      expect(found.map((doc) => doc && [doc.owner, doc.id, doc.placedAt])).toEqual([
        ['ben', 'a-1', 30],
        null,
        ['ada', 'a-2', 20],
        null,
        ['ada', 'a-2', 20],
      ]);
    });

    it('MUST let every writer of one document through, however many come at once', async () => {
      const one = key('contended', 'a-1');
      const raise = () =>
        update(b.orders, [one], (current) => order('contended', 'a-1', 10, { totalMinor: (current?.totalMinor ?? 0) + 1 }));
      const outcomes = await Promise.all(Array.from({ length: 60 }, raise));
      expect(outcomes).toEqual(Array.from({ length: 60 }, () => ['written']));
      expect((await b.orders.getMany([one]))[0]?.totalMinor).toBe(60);
    });

    it('MUST answer nothing to nothing', async () => {
      expect(await b.orders.getMany([])).toEqual([]);
      expect(await b.orders.insertOnce([])).toEqual([]);
      expect(await b.orders.putMany([])).toEqual([]);
      expect(await b.orders.latest([], { first: 1 })).toEqual([]);
      expect(await b.orders.totals([])).toEqual([]);
    });

    it('MUST give a document back as it was stored, with version 1', async () => {
      const note = {
        text: 'Zoë 山田 👩‍👩‍👧 \u0000 "quoted" \\ \n',
        empty: { list: [], fields: {}, text: '' },
        numbers: [0, -1, 63, 64, 127, 128, 255, 65_536, 4_294_967_296, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1, -1e-9, 1e300],
        nested: [[{ a: [{ b: null }] }], true, false, null],
      };
      await b.orders.insertOnce([order('ada', 'exact', -62_135_596_800_000, { totalMinor: Number.MAX_SAFE_INTEGER, note })]);
      expect(await b.orders.getMany([key('ada', 'exact')])).toEqual([
        { owner: 'ada', id: 'exact', version: 1, placedAt: -62_135_596_800_000, totalMinor: Number.MAX_SAFE_INTEGER, note },
      ]);
    });

    it('MUST give the fields of a document back in their order, so that its JSON is what it was', async () => {
      const note = [
        { b: 1, a: { z: null, y: undefined, x: [] } },
        { a: { x: -0, y: '2' }, b: 1.5 },
        { 2: 'two', 1: 'one' },
      ];
      await b.orders.insertOnce([order('ada', 'ordered', 1, { note })]);
      const [found] = await b.orders.getMany([key('ada', 'ordered')]);
      expect(JSON.stringify(found?.note)).toBe('[{"b":1,"a":{"z":null,"x":[]}},{"a":{"x":0,"y":"2"},"b":1.5},{"1":"one","2":"two"}]');
    });

    it('MUST keep documents of different and free-form shapes apart', async () => {
      const docs = Array.from({ length: 400 }, (_, i) =>
        order('shapes', `s-${i}`, i, { note: { [`field${i}`]: i, [`x${i % 7}`]: { [`y${i}`]: [i] } } }),
      );
      await b.orders.insertOnce(docs);
      const found = await b.orders.getMany(docs.map(({ owner, id }) => key(owner, id)));
      expect(found).toEqual(docs.map((doc) => ({ ...doc, version: 1 })));
    });

    it('MUST leave out fields that are undefined', async () => {
      const doc = { ...order('ada', 'undefined', 1), note: { a: undefined, b: 1 }, channel: undefined } as unknown as Order;
      await b.orders.insertOnce([doc]);
      const [found] = await b.orders.getMany([key('ada', 'undefined')]);
      expect(Object.keys(found ?? {}).sort()).toEqual(['id', 'note', 'owner', 'placedAt', 'version']);
      expect(Object.keys(found?.note ?? {})).toEqual(['b']);
    });

    it('MUST store a key once: of equal keys the first wins, in one call and over calls', async () => {
      const outcomes = await b.orders.insertOnce([
        order('cat', '1', 1, { note: 'first' }),
        order('cat', '1', 2, { note: 'second' }),
        order('cat', '2', 3),
      ]);
      expect(outcomes).toEqual(['inserted', 'duplicate', 'inserted']);
      expect(await b.orders.insertOnce([order('cat', '3', 4), order('cat', '1', 5, { note: 'third' })])).toEqual(['inserted', 'duplicate']);
      expect((await b.orders.getMany([key('cat', '1')]))[0]).toEqual({ owner: 'cat', id: '1', version: 1, placedAt: 1, note: 'first' });
    });

    it('MUST write the version that was read and refuse every other', async () => {
      expect(await b.orders.putMany([order('dan', '1', 1)])).toEqual(['ok']);
      expect(await b.orders.putMany([order('dan', '1', 2)])).toEqual(['conflict']);
      expect(await b.orders.putMany([order('dan', '1', 3, { version: 1, note: 'x' })])).toEqual(['ok']);
      expect(await b.orders.putMany([order('dan', '1', 4, { version: 1 })])).toEqual(['conflict']);
      expect(await b.orders.putMany([order('dan', '1', 5, { version: 3 })])).toEqual(['conflict']);
      expect(await b.orders.putMany([order('dan', 'none', 6, { version: 1 })])).toEqual(['conflict']);
      expect(await b.orders.getMany([key('dan', '1'), key('dan', 'none')])).toEqual([
        { owner: 'dan', id: '1', version: 2, placedAt: 3, note: 'x' },
        null,
      ]);
    });

    it('MUST write the documents of one call independently and in order', async () => {
      await b.orders.insertOnce([order('eve', '1', 1)]);
      const outcomes = await b.orders.putMany([
        order('eve', '1', 2),
        order('eve', '1', 3, { version: 1 }),
        order('eve', '1', 4, { version: 2 }),
        order('eve', '2', 5),
      ]);
      expect(outcomes).toEqual(['conflict', 'ok', 'ok', 'ok']);
      expect((await b.orders.getMany([key('eve', '1')]))[0]).toMatchObject({ placedAt: 4, version: 3 });
    });

    it('MUST let exactly one of many concurrent writers of a version win', async () => {
      await b.orders.insertOnce([order('fay', '1', 0)]);
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, (_, i) => b.orders.putMany([order('fay', '1', i, { version: 1, note: i })])),
      );
      const winners = outcomes.flatMap(([outcome], i) => (outcome === 'ok' ? [i] : []));
      expect(winners).toHaveLength(1);
      expect((await b.orders.getMany([key('fay', '1')]))[0]).toEqual({
        owner: 'fay',
        id: '1',
        version: 2,
        placedAt: winners[0],
        note: winners[0],
      });
    });

    it('MUST store each of concurrently inserted equal keys once', async () => {
      const calls = Array.from({ length: 20 }, () => b.orders.insertOnce(Array.from({ length: 10 }, (_, i) => order('gus', `${i}`, i))));
      const outcomes = (await Promise.all(calls)).flat();
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(10);
      expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(190);
    });

    it('MUST take a hundred documents, and a thousand, in one call', async () => {
      for (const size of [100, 1000]) {
        const docs = Array.from({ length: size }, (_, i) => order(`many-${size}-${i % 100}`, `${i}`, i));
        expect(await b.orders.insertOnce(docs)).toEqual(docs.map(() => 'inserted'));
        expect(await b.orders.getMany(docs)).toEqual(docs.map((doc) => ({ ...doc, version: 1 })));
      }
    });

    it('MUST show a write that was acknowledged to whoever has the store open', async () => {
      const other = await openContractStore(b.storage);
      try {
        for (let i = 0; i < 20; i++) {
          await b.orders.insertOnce([order('hal', `${i}`, i, { note: { [`seen${i}`]: i } })]);
          expect(await other.collection(ORDERS).getMany([key('hal', `${i}`)])).toMatchObject([{ note: { [`seen${i}`]: i } }]);
        }
      } finally {
        await other.close();
      }
    });

    it.each([
      ['at', { placedAt: 1.5 }, /"orders".*"placedAt"/],
      ['at', { placedAt: 2 ** 53 }, /"orders".*"placedAt"/],
      ['at', { placedAt: undefined }, /"orders".*"placedAt"/],
      ['amount', { totalMinor: 0.5 }, /"orders".*"totalMinor"/],
      ['amount', { totalMinor: '5' }, /"orders".*"totalMinor"/],
      ['group', { currency: 5 }, /"orders".*"currency"/],
      ['group', { currency: 'E\u0000R' }, /"orders".*"currency"/],
      ['owner', { owner: 'a\u0000b' }, /"orders".*"owner"/],
      ['id', { id: '\ud800' }, /"orders".*"id"/],
      ['version', { version: -1 }, /"orders".*"version"/],
      ['text', { note: { deep: ['ok', '\udfff'] } }, /"orders".*"note\.deep\.1"/],
      ['number', { note: Number.NaN }, /"orders".*"note"/],
      ['date', { note: new Date(0) }, /"orders".*"note"/],
      ['function', { note: () => 1 }, /"orders".*"note"/],
      ['bigint', { note: 1n }, /"orders".*"note"/],
    ])('MUST refuse a document whose %s can not be stored (%#), naming collection and field', async (_, broken, message) => {
      const doc = { ...order('ivy', 'broken', 1), ...broken } as unknown as Order;
      await expect(b.orders.insertOnce([doc])).rejects.toThrow(message);
      await expect(b.orders.putMany([doc])).rejects.toThrow(message);
      expect(await b.orders.getMany([key('ivy', 'broken')])).toEqual([null]);
    });

    it('MUST answer null to a key that nothing can be filed under', async () => {
      expect(await b.orders.getMany([key('a\u0000b', 'x'), key('ada', '\ud800')])).toEqual([null, null]);
      expect(await b.orders.latest([['a\u0000b']], { first: 1 })).toEqual([{ items: [], next: null }]);
    });

    it('MUST refuse to work once it is closed, and MUST finish what was begun before', async () => {
      const other = await openContractStore(b.storage);
      const orders = other.collection(ORDERS);
      const begun = Promise.all(Array.from({ length: 20 }, (_, i) => orders.insertOnce([order('jo', `${i}`, i)])));
      await other.close();
      await other.close();
      expect((await begun).flat()).toEqual(Array.from({ length: 20 }, () => 'inserted'));
      await expect(orders.insertOnce([order('jo', 'late', 1)])).rejects.toThrow();
      await expect(orders.getMany([key('jo', '1')])).rejects.toThrow();
      expect((await b.orders.latest([['jo']], { first: 100 }))[0]?.items).toHaveLength(20);
    });
  });
}
