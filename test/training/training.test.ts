import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsentPurpose, Identifier, Intake } from '../../kernel/intake.ts';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { Rosters } from '../../kernel/roster.ts';
import type { Store } from '../../kernel/storage/port.ts';
import { type Material, train } from '../../training/training.ts';
import { TEST_NOW, type TestCompany, testCompany } from '../support/company.ts';

const DAY = 86_400_000;
let company: TestCompany;
let store: Store;
let shelf: ModelShelf;
let people: string[];
let orders: Intake;

async function someone(
  name: string,
  granted: readonly ConsentPurpose[],
  identifiers: readonly Identifier[] = [{ namespace: 'USER_ID', value: name }],
): Promise<string> {
  const consents = granted.map((purpose) => ({
    purpose,
    channel: null,
    status: 'GRANTED' as const,
    lawfulBasis: 'CONSENT',
    policyVersion: null,
    recordedAt: TEST_NOW - 500 * DAY,
    expiresAt: null,
    proof: null,
  }));
  const [found] = await company.directory.resolve([{ identifiers, source: 'test', seenAt: null, consents }]);
  return String(found);
}

const material = () => Object.assign({}, ...[...company.subgraphs.values()].map(({ facts }) => facts)) as Material;
const options = (signal = new AbortController().signal) => ({
  material: material(),
  directory: company.directory,
  now: TEST_NOW,
  onRead: () => {},
  signal,
});

async function order(owner: string, number: string, daysAgo: number, row: SourceRow = {}): Promise<void> {
  const read = orders.read({
    source: 'tills',
    order_number: number,
    placed_at: new Date(TEST_NOW - daysAgo * DAY).toISOString(),
    currency: 'EUR',
    sku: 'sku-0',
    quantity: '1',
    unit_price: '10.00',
    ...row,
  });
  if (!read.ok) throw new Error(read.reason.message);
  expect(await orders.store([{ record: read.record, owner, origin: `run/${number}`, occurrence: 1 }])).toEqual(['stored']);
}

beforeAll(async () => {
  company = await testCompany();
  const opened = company.stores.get('recommendations');
  if (!opened) throw new Error('no store');
  store = opened;
  shelf = new ModelShelf(store);
  // 130 customers who allow it and 20 who do not, each with one to four orders of their own rhythm.
  people = await Promise.all(
    Array.from({ length: 150 }, (_, i) => someone(`person-${i}`, i < 130 ? ['MODEL_TRAINING'] : ['PERSONALIZATION', 'PROFILING'])),
  );
  const known = company.subgraphs.get('pos')?.intakes.find(({ kind }) => kind === 'order');
  if (!known) throw new Error('no orders');
  orders = known;
  for (const [i, owner] of people.entries())
    for (let n = 0; n < 1 + (i % 4); n++)
      await order(owner, `${i}-${n}`, 300 - i - n * (10 + (i % 17)), { sku: `sku-${n}`, unit_price: `${10 + (i % 7)}.00` });
});
afterAll(() => company.close());

/** Of those who allow it and ordered more than once, whose last order came at most 30 days after a look 90 days ago. */
function viewersBeforeOrder(): number {
  return people.filter((_, i) => {
    const orders = 1 + (i % 4);
    const lastDaysAgo = 300 - i - (orders - 1) * (10 + (i % 17));
    return i >= 2 && i < 130 && orders > 1 && lastDaysAgo < 90 && lastDaysAgo >= 60;
  }).length;
}

describe('training the models of the customer base', () => {
  it('learns from those who allow it, says from how many, and is in use from then on', async () => {
    const version = await train('customer-base', store, options());
    if ('refused' in version) throw new Error(version.refused);
    expect(version.counts).toMatchObject({
      // Of the 130: 33 each with 1 and 2 orders, 32 each with 3 and 4.
      purchases: 33 + 33 * 2 + 32 * 3 + 32 * 4,
      'customers EUR': 130,
      'customers learnt from': 130,
      'left out without permission': 20,
      'forgotten since the version before: withdrawn': 0,
      'forgotten since the version before: erased': 0,
    });
    await shelf.look(['customer-base']);
    expect(shelf.current('customer-base')?.version.id).toBe(version.id);
    const read = await new ModelShelf(store).read<{ currencies: Record<string, { customers: number }> }>('customer-base', version.id);
    expect(read.model.currencies.EUR?.customers).toBe(130);
  });

  it('leaves out whom it learned from before, once they withdraw or are erased', async () => {
    const before = await shelf.list('customer-base');
    const [gone, leaving] = people as [string, string];
    for (const store of company.stores.values()) await store.erase(gone);
    await company.directory.resolve([
      {
        identifiers: [{ namespace: 'USER_ID', value: 'person-1' }],
        source: 'test',
        seenAt: null,
        consents: [
          {
            purpose: 'MODEL_TRAINING',
            channel: null,
            status: 'WITHDRAWN',
            lawfulBasis: 'CONSENT',
            policyVersion: null,
            recordedAt: TEST_NOW - DAY,
            expiresAt: null,
            proof: null,
          },
        ],
      },
    ]);
    expect(await company.directory.permissions([gone, leaving])).toEqual([null, []]);
    const version = await train('customer-base', store, { ...options(), now: TEST_NOW + 1000 });
    if ('refused' in version) throw new Error(version.refused);
    expect(version.counts).toMatchObject({
      'customers EUR': 128,
      'left out without permission': 21,
      'forgotten since the version before: withdrawn': 1,
      'forgotten since the version before: erased': 1,
    });
    const after = await shelf.list('customer-base');
    expect([after.versions.length, after.used, after.before]).toEqual([2, version.id, before.used]);
  });

  it('goes back to the version before, and forward again', async () => {
    const { used, before } = await shelf.list('customer-base');
    expect(await shelf.choose('customer-base', before!, TEST_NOW)).toBe(true);
    await shelf.look(['customer-base']);
    expect(shelf.current('customer-base')?.version.id).toBe(before);
    expect(await shelf.list('customer-base')).toMatchObject({ used: before, before: used });
    expect(await shelf.choose('customer-base', 'no such version', TEST_NOW)).toBe(false);
  });

  it('says of an older version how many of those it learned from are gone, and forgets them when it is trained again', async () => {
    const { used: older, before: newer } = await shelf.list('customer-base');
    const leavers = (version: string) => new Rosters(store).leavers('customer-base', version, company.directory);
    expect(await leavers(older!)).toEqual({ learntFrom: 130, withdrawn: 1, erased: 1 });
    expect(await leavers(newer!)).toEqual({ learntFrom: 128, withdrawn: 0, erased: 0 });
    for (const gone of [1, 0]) {
      const version = await train('customer-base', store, { ...options(), now: TEST_NOW + 4000 - 1000 * gone });
      if ('refused' in version) throw new Error(version.refused);
      expect(version.counts).toMatchObject({
        'customers learnt from': 128,
        'forgotten since the version before: withdrawn': gone,
        'forgotten since the version before: erased': gone,
      });
    }
  });

  it('says nothing of who was forgotten where it was not kept whom the version before learned from', async () => {
    const about = { trainedAt: TEST_NOW + 5000, from: null, to: null, counts: {}, metrics: {} };
    const { id } = await shelf.add('next-basket', { weight: 1 }, about);
    await shelf.choose('next-basket', id, TEST_NOW + 5000);
    expect(await new Rosters(store).leavers('next-basket', id, company.directory)).toBeNull();
    const version = await train('next-basket', store, { ...options(), now: TEST_NOW + 6000 });
    if ('refused' in version) throw new Error(version.refused);
    expect(Object.keys(version.counts).filter((name) => name.startsWith('forgotten'))).toEqual([]);
  });

  it('of two trainings at once leaves the one in use that began later', async () => {
    const later = await train('customer-base', store, { ...options(), now: TEST_NOW + 60_000 });
    const earlier = await train('customer-base', store, { ...options(), now: TEST_NOW + 30_000 });
    if ('refused' in later || 'refused' in earlier) throw new Error('nothing was trained');
    expect([later.used, earlier.used]).toEqual([true, false]);
    expect(await shelf.list('customer-base')).toMatchObject({ used: later.id });
  });

  it('keeps nothing when it is stopped', async () => {
    const { versions, used } = await shelf.list('customer-base');
    const stop = new AbortController();
    stop.abort();
    await expect(train('customer-base', store, options(stop.signal))).rejects.toThrow();
    expect(await shelf.list('customer-base')).toMatchObject({ versions, used });
  });

  it('keeps nothing when it is stopped while it fits, which hears no signal', async () => {
    const { versions, used } = await shelf.list('customer-base');
    const stop = new AbortController();
    // Everything is read by then: the timer is due while the model is fitted.
    const onRead = () => setTimeout(() => stop.abort(), 0);
    await expect(train('customer-base', store, { ...options(stop.signal), onRead, now: TEST_NOW + 2000 })).rejects.toThrow(/aborted/);
    expect(await shelf.list('customer-base')).toMatchObject({ versions, used });
  });

  it('learns the next basket from orders, and counts nobody who only looked at something', async () => {
    const looking = await someone('looks-only', ['MODEL_TRAINING']);
    const events = company.subgraphs.get('digital')?.intakes.find(({ kind }) => kind === 'event');
    if (!events) throw new Error('no events');
    const read = events.read({
      source: 'web',
      name: 'Product Viewed',
      happened_at: new Date(TEST_NOW - 90 * DAY).toISOString(),
      channel: 'WEB',
      sku: 'sku-0',
    });
    if (!read.ok) throw new Error(read.reason.message);
    const views = [looking, ...people.slice(2, 150)].map((owner, i) => ({
      record: read.record,
      owner,
      origin: `views/${i}`,
      occurrence: 1,
    }));
    await events.store(views);
    const version = await train('next-basket', store, options());
    if ('refused' in version) throw new Error(version.refused);
    // 128 allow it still; of them 32 each ordered twice, three and four times. Who looked 90 days ago did so within 30 days before their last order.
    expect(version.counts).toMatchObject({ customers: 128, 'customers learnt from': 128, 'left out without permission': 21 });
    expect(version.counts['customers who looked at products before their last order']).toBe(viewersBeforeOrder());
  });

  it('counts as learnt from whose currency had customers enough, and says why the others are left out', async () => {
    for (const name of ['ann', 'bob', 'cat']) await order(await someone(name, ['MODEL_TRAINING']), `of-${name}`, 40, { currency: 'GBP' });
    // Who bought in both is learnt from, by what was bought in EUR.
    await order(people[2]!, 'abroad', 1, { currency: 'GBP' });
    const version = await train('customer-base', store, options());
    if ('refused' in version) throw new Error(version.refused);
    expect(version.counts).toMatchObject({
      'customers EUR': 128,
      'customers learnt from': 128,
      'left out with permission': 3,
      'left out without permission': 21,
    });
    expect(version.counts).not.toHaveProperty('customers GBP');
    expect(version.leftOut).toEqual({ GBP: '4 customers are fewer than 100.' });
    expect((await shelf.list('customer-base')).versions.find(({ id }) => id === version.id)?.leftOut).toEqual(version.leftOut);
    // The order of yesterday in GBP is not in the model.
    expect(version.to).toBeLessThan(TEST_NOW - 2 * DAY);
  });

  it('takes who has signed in since for neither withdrawn nor erased', async () => {
    const device = { namespace: 'ANONYMOUS_ID', value: 'tablet' };
    const visitor = await someone('visitor', ['MODEL_TRAINING'], [device]);
    const member = await someone('member', ['MODEL_TRAINING']);
    const rosters = new Rosters(store);
    await rosters.write('customer-base', 'by hand', [visitor, member], TEST_NOW);
    await someone('member', [], [device, { namespace: 'USER_ID', value: 'member' }]);
    expect(await company.directory.members([visitor])).toEqual([[member, visitor]]);
    expect(await rosters.leavers('customer-base', 'by hand', company.directory)).toEqual({ learntFrom: 2, withdrawn: 0, erased: 0 });
  });

  it('is refused with a reason where there is nothing to learn from', async () => {
    expect(await train('sentiment', store, options())).toEqual({
      refused: 'There are no texts with stars that models may learn from. Until there are, a list of words is used.',
    });
  });
});
