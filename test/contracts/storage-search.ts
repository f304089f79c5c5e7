import { describe, expect, it } from 'vitest';
import { prefixesOf } from '../../kernel/storage/search-terms.ts';
import { bench, type Person, person, type StorageUnderTest } from './storage-fixtures.ts';

/** Finding documents by the beginnings of their terms. */
export function searchContract(adapter: StorageUnderTest): void {
  describe('search', () => {
    const b = bench(adapter);
    const owners = async (query: string, first = 100) =>
      (await b.people.search(prefixesOf(query), { first })).items.map(({ owner }) => owner);

    it('MUST find the beginning of any word from one character, in the order of keys', async () => {
      await b.people.insertOnce([person('u3', 'Zoë Ångström'), person('u1', 'Anna Zielińska'), person('u2', 'Bob Stone')]);
      expect(await owners('z')).toEqual(['u1', 'u3']);
      expect(await owners('AN')).toEqual(['u1', 'u3']);
      expect(await owners('zielin')).toEqual(['u1']);
      expect(await owners('tone')).toEqual([]);
    });

    it('MUST find documents in which every prefix begins a term', async () => {
      await b.people.insertOnce([person('v1', 'Maria Keller'), person('v2', 'Maria Kowalska'), person('v3', 'Mark Keller')]);
      expect(await owners('maria k')).toEqual(['v1', 'v2']);
      expect(await owners('keller ma')).toEqual(['v1', 'v3']);
      expect(await owners('maria keller')).toEqual(['v1']);
      expect(await owners('maria maria')).toEqual(['v1', 'v2']);
    });

    it('MUST find any part of a Japanese name, in either kana and width', async () => {
      await b.people.insertOnce([person('w1', '山田太郎 ヤマダタロウ'), person('w2', '小山田花子 オヤマダハナコ')]);
      expect(await owners('山田')).toEqual(['w1', 'w2']);
      expect(await owners('太郎')).toEqual(['w1']);
      expect(await owners('花')).toEqual(['w2']);
      expect(await owners('はなこ')).toEqual(['w2']);
      expect(await owners('ﾔﾏﾀﾞ')).toEqual(['w1', 'w2']);
    });

    it('MUST find nothing for nothing', async () => {
      expect(await owners('')).toEqual([]);
      expect(await b.people.search([], { first: 5 })).toEqual({ items: [], next: null });
      expect(await b.people.search([''], { first: 5 })).toEqual({ items: [], next: null });
    });

    it('MUST page through everything once, by the key of the last document', async () => {
      const names = Array.from({ length: 45 }, (_, i) => person(`x${String(i % 15).padStart(2, '0')}`, `Quentin Paged${i}`, `${i}`));
      await b.people.insertOnce(names);
      const expected = names.map(({ owner, id }) => `${owner}/${id}`).sort();
      for (const query of ['q', 'que', 'paged', 'quentin', 'quentin paged'])
        for (const first of [1, 7, 15, 45, 100]) {
          const seen: string[] = [];
          let after: Parameters<typeof b.people.search>[1]['after'];
          do {
            const page = await b.people.search(prefixesOf(query), { first, after });
            expect(page.items.length).toBeLessThanOrEqual(first);
            seen.push(...page.items.map(({ owner, id }) => `${owner}/${id}`));
            after = page.next ?? undefined;
          } while (after);
          expect(seen).toEqual(expected);
        }
    });

    it('MUST follow a document that is rewritten', async () => {
      await b.people.insertOnce([person('y1', 'Vera Umbrellamaker')]);
      await b.people.putMany([{ ...person('y1', 'Vera Vandelay'), version: 1 }]);
      expect(await owners('umbrella')).toEqual([]);
      expect(await owners('u')).not.toContain('y1');
      expect(await owners('vandelay')).toEqual(['y1']);
      await b.people.putMany([{ ...person('y1', ''), version: 2 }]);
      expect(await owners('ver')).toEqual([]);
    });

    it('MUST keep a write that was refused out of the index', async () => {
      await b.people.insertOnce([person('z1', 'Wanda Original')]);
      await b.people.insertOnce([person('z1', 'Wanda Impostor')]);
      await b.people.putMany([{ ...person('z1', 'Wanda Impostor'), version: 7 }]);
      expect(await owners('impostor')).toEqual([]);
      expect(await owners('wanda')).toEqual(['z1']);
    });

    it('MUST find the same when a prefix is common to thousands', async () => {
      const crowd: Person[] = Array.from({ length: 6000 }, (_, i) =>
        person(`crowd-${String(i).padStart(4, '0')}`, `Yoshida Tanaka${i % 100 === 0 ? ' Rarename' : ''}${i % 2 ? ' Odd' : ' Even'}`),
      );
      for (let i = 0; i < crowd.length; i += 500) await b.people.insertOnce(crowd.slice(i, i + 500));
      expect(await owners('yoshida tanaka even', 3)).toEqual(['crowd-0000', 'crowd-0002', 'crowd-0004']);
      expect(await owners('yos odd', 3)).toEqual(['crowd-0001', 'crowd-0003', 'crowd-0005']);
      expect((await owners('yoshida rarename')).slice(0, 3)).toEqual(['crowd-0000', 'crowd-0100', 'crowd-0200']);
      expect(await owners('yoshida rarename')).toHaveLength(60);
      expect(await owners('yoshida odd even')).toEqual([]);
      const page = await b.people.search(['yoshi', 'e'], { first: 2, after: { owner: 'crowd-5995', id: 'name' } });
      expect(page).toMatchObject({ items: [{ owner: 'crowd-5996' }, { owner: 'crowd-5998' }], next: null });
    });

    it('MUST refuse a collection without terms', async () => {
      await expect(b.orders.search(['a'], { first: 1 })).rejects.toThrow(/"orders"/);
    });
  });
}
