import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import type { Doc, EpochMs, Store } from '../../kernel/storage/port.ts';
import { TEST_NOW, type TestCompany, testCompany } from '../support/company.ts';

let company: TestCompany;
let store: Store;
let shelf: ModelShelf;
let trainedAt: EpochMs;

beforeEach(async () => {
  company = await testCompany(['recommendations']);
  const opened = company.stores.get('recommendations');
  if (!opened) throw new Error('no store');
  store = opened;
  shelf = new ModelShelf(store);
  trainedAt = TEST_NOW;
});
afterEach(() => company.close());

/** Trained a second after the one before, and used. */
async function trained(kind: string, weight: number): Promise<string> {
  trainedAt += 1000;
  const { id } = await shelf.add(kind, { weight }, { trainedAt, from: null, to: null, counts: {}, metrics: {} });
  await shelf.choose(kind, id, trainedAt);
  return id;
}

/** As a disk does it: the first part holds something else. */
async function damage(kind: string, id: string): Promise<void> {
  const parts = store.collection<Doc & { at: EpochMs; data: string }>({ name: 'model_parts', at: 'at' });
  const [part] = await parts.getMany([{ owner: `${kind}/${id}`, id: '00000' }]);
  if (!part) throw new Error('no part');
  await parts.putMany([{ ...part, data: Buffer.from('rust').toString('base64') }]);
}

describe('a model that is damaged in the store', () => {
  it('keeps no other kind from being used', async () => {
    await damage('customer-base', await trained('customer-base', 1));
    const sound = await trained('next-basket', 2);
    await expect(shelf.look(['customer-base', 'next-basket'])).rejects.toThrow(/of customer-base is damaged/);
    expect(shelf.current('customer-base')).toBeNull();
    expect(shelf.current('next-basket')).toMatchObject({ version: { id: sound }, model: { weight: 2 } });
  });

  it('is not chosen, by name or by going back', async () => {
    const first = await trained('sentiment', 1);
    const second = await trained('sentiment', 2);
    await damage('sentiment', first);
    await expect(shelf.choose('sentiment', first, TEST_NOW)).rejects.toThrow(/damaged/);
    await expect(shelf.rollBack('sentiment', TEST_NOW)).rejects.toThrow(/damaged/);
    expect((await shelf.list('sentiment')).used).toBe(second);
  });
});

describe('going back', () => {
  it('goes on to what was used before that, and ends there', async () => {
    const [first, second, third] = [await trained('sentiment', 1), await trained('sentiment', 2), await trained('sentiment', 3)];
    expect((await shelf.list('sentiment')).used).toBe(third);
    expect(await shelf.rollBack('sentiment', TEST_NOW)).toBe(second);
    expect(await shelf.rollBack('sentiment', TEST_NOW)).toBe(first);
    expect(await shelf.rollBack('sentiment', TEST_NOW)).toBeNull();
    expect((await shelf.list('sentiment')).used).toBe(first);
    await shelf.look(['sentiment']);
    expect(shelf.current('sentiment')?.model).toEqual({ weight: 1 });
  });

  it('undoes what was chosen by name', async () => {
    const [first, second] = [await trained('sentiment', 1), await trained('sentiment', 2)];
    await shelf.choose('sentiment', first, TEST_NOW);
    expect(await shelf.rollBack('sentiment', TEST_NOW)).toBe(second);
  });
});
