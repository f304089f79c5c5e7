import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cursor, Page } from '../../kernel/storage/port.ts';
import { bench, collect, type Order, order, type StorageUnderTest } from './storage-fixtures.ts';
import { modelLatest, modelScan, modelTotals } from './storage-model.ts';

/** Lists in the order of time, totals and scans. */
export function listsContract(adapter: StorageUnderTest): void {
  describe('lists', () => {
    const b = bench(adapter);
    const ids = (page: Page<Order> | undefined) => page?.items.map(({ id }) => id);

    it('MUST list the newest first, equal times by id, with where to go on', async () => {
      await b.orders.insertOnce([
        order('ada', 'a', 100),
        order('ada', 'c', 200),
        order('ada', 'b', 200),
        order('ada', 'd', 50),
        order('other', 'z', 999),
      ]);
      const [page] = await b.orders.latest([['ada']], { first: 3 });
      expect(ids(page)).toEqual(['c', 'b', 'a']);
      expect(page?.next).toEqual({ at: 100, id: 'a' });
      expect(await b.orders.latest([['ada']], { first: 3, after: page?.next ?? undefined })).toMatchObject([
        { items: [{ id: 'd' }], next: null },
      ]);
      expect((await b.orders.latest([['ada']], { first: 4 }))[0]?.next).toBeNull();
    });

    it('MUST keep to the range: from inclusive, to exclusive', async () => {
      const [page] = await b.orders.latest([['ada']], { first: 10, from: 100, to: 200 });
      expect(ids(page)).toEqual(['a']);
      expect(ids((await b.orders.latest([['ada']], { first: 10, from: 101 }))[0])).toEqual(['c', 'b']);
      expect(ids((await b.orders.latest([['ada']], { first: 10, to: 100 }))[0])).toEqual(['d']);
    });

    it('MUST merge the documents of all members of a person, each once', async () => {
      await b.orders.insertOnce([order('m1', '1', 10), order('m2', '2', 20), order('m1', '3', 30), order('m3', '4', 40)]);
      const pages = await b.orders.latest([['m1', 'm2', 'm1'], ['m3'], [], ['nobody']], { first: 2 });
      expect(pages.map(ids)).toEqual([['3', '2'], ['4'], [], []]);
      expect(pages.map((page) => page.next)).toEqual([{ at: 20, id: '2' }, null, null, null]);
    });

    it('MUST not lose a document of another member that has the same time and id', async () => {
      await b.orders.insertOnce([
        order('t1', 'same', 10),
        order('t2', 'same', 10),
        order('t3', 'same', 10),
        order('t1', 'newer', 20),
        order('t2', 'older', 5),
      ]);
      for (const first of [1, 2, 3, 4, 5]) {
        const seen = await follow(first, (after) => b.orders.latest([['t1', 't2', 't3']], { first, after }));
        expect(seen.map(({ owner, id }) => `${owner} ${id}`)).toEqual(['t1 newer', 't1 same', 't2 same', 't3 same', 't2 older']);
      }
    });

    it('MUST page stably while newer documents arrive', async () => {
      await b.orders.insertOnce(Array.from({ length: 30 }, (_, i) => order('live', `old-${i}`, i)));
      let arrivals = 0;
      const seen = await follow(7, async (after) => {
        await b.orders.insertOnce([order('live', `new-${arrivals}`, 1000 + arrivals++)]);
        return b.orders.latest([['live']], { first: 7, after });
      });
      expect(seen.filter(({ id }) => id.startsWith('old')).map(({ placedAt }) => placedAt)).toEqual(
        Array.from({ length: 30 }, (_, i) => 29 - i),
      );
    });

    it('MUST move a document that is rewritten with another time', async () => {
      await b.orders.insertOnce([order('mov', '1', 10, { totalMinor: 1 }), order('mov', '2', 20, { totalMinor: 2 })]);
      await b.orders.putMany([order('mov', '1', 30, { version: 1, totalMinor: 7 })]);
      expect(ids((await b.orders.latest([['mov']], { first: 10 }))[0])).toEqual(['1', '2']);
      expect(await b.orders.totals([['mov']])).toEqual([[{ group: '', count: 2, sum: 9, first: 20, last: 30 }]]);
    });

    it('MUST refuse a page of no or too many documents', async () => {
      for (const first of [0, -1, 1.5, 1001]) await expect(b.orders.latest([['ada']], { first })).rejects.toThrow(/first/);
    });

    it('MUST answer a hundred persons in one call', async () => {
      await b.orders.insertOnce(Array.from({ length: 300 }, (_, i) => order(`crowd-${i % 100}`, `${i}`, i, { totalMinor: 1 })));
      const persons = Array.from({ length: 100 }, (_, i) => [`crowd-${i}`]);
      const pages = await b.orders.latest(persons, { first: 2 });
      expect(pages.map(ids)).toEqual(persons.map((_, i) => [`${i + 200}`, `${i + 100}`]));
      expect((await b.orders.totals(persons)).map((groups) => groups[0]?.sum)).toEqual(persons.map(() => 3));
    });

    it('MUST total per person and group, absent groups under the empty text, absent amounts as 0', async () => {
      await b.orders.insertOnce([
        order('sum', '1', 10, { currency: 'GBP', totalMinor: 100 }),
        order('sum', '2', 20, { currency: 'EUR', totalMinor: -30 }),
        order('sum', '3', 30, { currency: 'GBP', totalMinor: 5 }),
        order('sum', '4', 40, { currency: null, totalMinor: null }),
        order('sum', '5', 50, {}),
        order('sum2', '6', 5, { currency: 'GBP', totalMinor: 1000 }),
      ]);
      expect(await b.orders.totals([['sum', 'sum2'], ['sum'], ['nobody']], { by: 'currency' })).toEqual([
        [
          { group: '', count: 2, sum: 0, first: 40, last: 50 },
          { group: 'EUR', count: 1, sum: -30, first: 20, last: 20 },
          { group: 'GBP', count: 3, sum: 1105, first: 5, last: 30 },
        ],
        [
          { group: '', count: 2, sum: 0, first: 40, last: 50 },
          { group: 'EUR', count: 1, sum: -30, first: 20, last: 20 },
          { group: 'GBP', count: 2, sum: 105, first: 10, last: 30 },
        ],
        [],
      ]);
      expect(await b.orders.totals([['sum']], { from: 20, to: 40 })).toEqual([[{ group: '', count: 2, sum: -25, first: 20, last: 30 }]]);
      expect(await b.orders.totals([['sum']], { from: 1000 })).toEqual([[]]);
      await expect(b.orders.totals([['sum']], { by: 'note' })).rejects.toThrow(/"note"/);
    });

    it('MUST agree with a naive model on pages, totals and scans', async () => {
      let runs = 0;
      const text = fc.constantFrom('a', 'b', 'ab', 'é', '\uffee', '😀', '山', '');
      const arbitrary = fc.record({
        owner: text,
        id: text,
        placedAt: fc.integer({ min: 0, max: 6 }),
        totalMinor: fc.integer(),
        currency: fc.constantFrom('EUR', 'GBP', null),
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(arbitrary, { maxLength: 40 }),
          fc.array(text, { maxLength: 5 }),
          fc.record({ first: fc.integer({ min: 1, max: 6 }), from: fc.integer({ min: 0, max: 7 }), to: fc.integer({ min: 0, max: 7 }) }),
          async (raw, names, { first, ...range }) => {
            const prefix = `run${String(runs++).padStart(4, '0')}-`;
            const docs = raw.map((doc): Order => ({ ...doc, owner: prefix + doc.owner, version: 0 }));
            const members = names.map((name) => prefix + name);
            await b.orders.insertOnce(docs);
            const listed = await follow(first, (after) => b.orders.latest([members], { first, after, ...range }));
            expect(listed).toEqual(modelLatest(docs, members, range));
            expect(await b.orders.totals([members], { by: 'currency', ...range })).toEqual([modelTotals(docs, members, range)]);
            const scanned = (await collect(b.orders.scan(range))).filter(({ owner }) => owner.startsWith(prefix));
            expect(scanned).toEqual(modelScan(docs, range));
          },
        ),
        { numRuns: 60, seed: 360 },
      );
    });

    it('MUST scan thousands of documents in the order of owner, time and id, letting other work through', async () => {
      const docs = Array.from({ length: 2500 }, (_, i) =>
        order(`scan-${i % 3}`, `${String(i).padStart(4, '0')}`, 10_000 + ((i * 7919) % 1000)),
      );
      for (let i = 0; i < docs.length; i += 500) await b.orders.insertOnce(docs.slice(i, i + 500));
      let turns = 0;
      const timer = setInterval(() => turns++, 0);
      const scanned = await collect(b.orders.scan({ from: 10_000, to: 10_900 }));
      clearInterval(timer);
      expect(scanned).toEqual(modelScan(docs, { from: 10_000, to: 10_900 }));
      expect(turns).toBeGreaterThan(1);
    });
  });
}

/** All documents of a list, page after page; no page is empty but the only one, none is over-long without need. */
async function follow(first: number, fetch: (after: Cursor | undefined) => Promise<readonly Page<Order>[]>): Promise<Order[]> {
  const seen: Order[] = [];
  let after: Cursor | undefined;
  do {
    const [page] = await fetch(after);
    if (!page) throw new Error('No page for the person.');
    expect(page.next === null || page.items.length > 0).toBe(true);
    if (page.items.length > first) expect(new Set(page.items.map(({ placedAt, id }) => `${placedAt} ${id}`)).size).toBe(1);
    seen.push(...page.items);
    after = page.next ?? undefined;
  } while (after);
  return seen;
}
