import { afterEach, describe, expect, it } from 'vitest';
import { openStore, type StorageConfig } from '../../kernel/storage/open.ts';
import type { AnySpec, Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { termsOf } from '../../kernel/storage/search-terms.ts';
import { collect, type StorageUnderTest } from './storage-fixtures.ts';

export interface Note extends Doc {
  readonly at: number;
  readonly text: string;
}

export const NOTES: Spec<Note> = { name: 'notes', at: 'at', terms: ({ text }) => termsOf([text]) };
const PLANS: Spec<Note> = { name: 'plans', at: 'at' };
const TICKETS: Spec<Note> = { name: 'tickets', at: 'at' };
const OTHERS: Spec<Note> = { name: 'others', at: 'at' };
const MOVED_NOTES: Spec<Note> = { ...NOTES, movedFrom: { store: 'old' } };
const MOVED_PLANS: Spec<Note> = { ...PLANS, movedFrom: { store: 'old' } };
const SHARED_TICKETS: Spec<Note> = { ...TICKETS, movedFrom: { store: 'old', shared: true } };

/** The collections of the store as it was, as it is without those that moved, and of the one to which they moved. */
const BEFORE: readonly AnySpec[] = [NOTES, PLANS, TICKETS, OTHERS];
const AFTER: readonly AnySpec[] = [TICKETS, OTHERS];
const FRESH: readonly AnySpec[] = [MOVED_NOTES, MOVED_PLANS, SHARED_TICKETS];

const note = (owner: string, id: string, text: string, version = 0): Note => ({ owner, id, version, at: Number(id), text });
/** More than are moved at once. */
const MANY = 1100;

const openOld = (storage: StorageConfig, specs = BEFORE) => openStore(storage, 'old', specs);
export const openFresh = (storage: StorageConfig) => openStore(storage, 'fresh', FRESH);

/** What an earlier version left: notes, some of them written several times, plans, tickets; and eve, who was erased. */
export async function writeOld(storage: StorageConfig): Promise<void> {
  const old = await openOld(storage);
  const notes = old.collection(NOTES);
  await notes.insertOnce(Array.from({ length: MANY }, (_, id) => note(`o${id % 7}`, `${id}`, `word${id}`)));
  await notes.insertOnce([note('eve', '1', 'gone')]);
  await notes.putMany([note('o0', '0', 'again', 1)]);
  await notes.putMany([note('o0', '0', 'thrice', 2)]);
  await old.collection(PLANS).insertOnce([note('plans', '1', 'first'), note('plans', '2', 'second')]);
  await old.collection(TICKETS).insertOnce([note('t1', '1', 'one'), note('t2', '2', 'two')]);
  await old.collection(OTHERS).insertOnce([note('o1', '1', 'stays')]);
  await old.erase('eve');
  await old.close();
}

const everythingIn = async (store: Store, specs: readonly AnySpec[]) =>
  Object.fromEntries(
    await Promise.all(specs.map(async (spec) => [spec.name, await collect(store.collection(spec as Spec<Note>).scan())] as const)),
  );

/** Everything is in the new store as it was written, nothing of it is in the old one, and what stays there is there. */
export async function expectMoved(storage: StorageConfig): Promise<void> {
  const fresh = await openFresh(storage);
  const { notes = [], plans, tickets } = await everythingIn(fresh, FRESH);
  expect(notes).toHaveLength(MANY);
  const ofO0 = notes.filter(({ owner }) => owner === 'o0');
  expect(ofO0[0]).toEqual(note('o0', '0', 'thrice', 3));
  expect(ofO0[1]).toEqual(note('o0', '7', 'word7', 1));
  expect(new Set(notes.map(({ text }) => text)).size).toBe(MANY);
  expect(plans).toEqual([note('plans', '1', 'first', 1), note('plans', '2', 'second', 1)]);
  expect(tickets).toEqual([note('t1', '1', 'one', 1), note('t2', '2', 'two', 1)]);
  const found = async (word: string) => (await fresh.collection(NOTES).search([word], { first: 10 })).items.map(({ id }) => id);
  expect([await found('thrice'), await found('word1099'), await found('again')]).toEqual([['0'], ['1099'], []]);
  expect(await fresh.collection(NOTES).insertOnce([note('eve', '2', 'late'), note('o0', '0', 'twice')])).toEqual(['erased', 'duplicate']);
  await fresh.close();
  const old = await openOld(storage, AFTER);
  expect(await everythingIn(old, AFTER)).toEqual({ tickets, others: [note('o1', '1', 'stays', 1)] });
  await old.close();
  const asBefore = await openOld(storage);
  expect(await everythingIn(asBefore, [NOTES, PLANS])).toEqual({ notes: [], plans: [] });
  await asBefore.close();
}

/** What holds of collections that lay in another store before, whatever the adapter. */
export function movingContract(adapter: StorageUnderTest): void {
  describe(`collections that move to another store of ${adapter.name}`, { timeout: 120_000 }, () => {
    const places: StorageConfig[] = [];
    afterEach(async () => {
      for (const place of places.splice(0)) await adapter.remove(place);
    });
    const place = async () => {
      const storage = await adapter.place();
      places.push(storage);
      return storage;
    };

    it('come with their versions, terms and tombstones, and are gone where they lay', async () => {
      const storage = await place();
      await writeOld(storage);
      await expectMoved(storage);
    });

    it('move once: what was changed, added or erased since is not undone by opening again', async () => {
      const storage = await place();
      await writeOld(storage);
      const first = await openFresh(storage);
      await first.collection(PLANS).putMany([note('plans', '1', 'changed', 1)]);
      await first.collection(PLANS).insertOnce([note('plans', '3', 'third')]);
      await first.erase('o3');
      await first.close();
      const second = await openFresh(storage);
      const { notes, plans } = await everythingIn(second, FRESH);
      expect(plans?.map(({ text, version }) => `${text} ${version}`)).toEqual(['changed 2', 'second 1', 'third 1']);
      expect(notes?.filter(({ owner }) => owner === 'o3')).toEqual([]);
      await second.close();
    });

    it('move once, however many open the store at once', async () => {
      const storage = await place();
      await writeOld(storage);
      const stores = await Promise.all([openFresh(storage), openFresh(storage), openFresh(storage)]);
      for (const store of stores) {
        const { notes, plans } = await everythingIn(store, FRESH);
        expect([notes?.length, plans?.length]).toEqual([MANY, 2]);
      }
      await Promise.all(stores.map((store) => store.close()));
      await expectMoved(storage);
    });

    it('bring what an earlier version has written again since; the later version of a document holds', async () => {
      const storage = await place();
      await writeOld(storage);
      await (await openFresh(storage)).close();
      const old = await openOld(storage);
      await old.collection(PLANS).insertOnce([note('plans', '1', 'older'), note('plans', '4', 'fourth')]);
      await old.collection(NOTES).insertOnce([note('o0', '0', 'older'), note('eve', '3', 'late')]);
      await old.close();
      const fresh = await openFresh(storage);
      const { notes, plans } = await everythingIn(fresh, FRESH);
      expect(plans?.map(({ text, version }) => `${text} ${version}`)).toEqual(['first 1', 'second 1', 'fourth 1']);
      expect(notes?.find(({ id }) => id === '0')).toEqual(note('o0', '0', 'thrice', 3));
      await fresh.close();
    });

    it('are not looked for where there is nothing', async () => {
      const storage = await place();
      const fresh = await openFresh(storage);
      expect(await everythingIn(fresh, FRESH)).toEqual({ notes: [], plans: [], tickets: [] });
      await fresh.close();
    });
  });
}
