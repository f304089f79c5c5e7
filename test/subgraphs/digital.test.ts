import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceRow } from '../../kernel/record.ts';
import { digital } from '../../subgraphs/digital/module.ts';
import { eventSpec } from '../../subgraphs/digital/records.ts';
import { TEST_NOW } from '../support/company.ts';
import { type Domain, openDomain } from '../support/domain.ts';

let domain: Domain;
let ada: string;

beforeAll(async () => {
  domain = await openDomain(digital);
});
// One store for all tests: each has customers of its own.
beforeEach(async () => {
  domain.time.now = TEST_NOW;
  ada = await someone();
  domain.calls.clear();
});
afterAll(() => domain.close());

let people = 0;
const someone = () => domain.customer(`someone-${people++}`);

const GRANTED = ['PERSONALIZATION', 'PROFILING'];
const person = (...members: string[]) => ({ id: members[0], members, permissions: GRANTED });

const ingest = (...args: Parameters<Domain['ingest']>) => domain.ingest(...args);

async function digitalOf(members: readonly string[], selection: string) {
  const { data, errors } = await domain.entities('Customer', [person(...members)], `{ digital ${selection} }`);
  expect(errors).toBeUndefined();
  return (data as { _entities: { digital: unknown }[] })._entities[0]?.digital;
}

const at = (time: string) => `2026-02-28T${time}:00Z`;
const click = (time: string, name: string, more: SourceRow = {}) => ({ name, happened_at: at(time), channel: 'WEB', ...more });

const TRACK = `mutation ($input: EventsTrackInput!) {
  eventsTrack(input: $input) { events { id name happenedAt product { sku } } userErrors { code field } }
}`;
const track = async (events: readonly object[]) => {
  const { data, errors } = await domain.ask(TRACK, { input: { events } });
  expect(errors).toBeUndefined();
  return (data as { eventsTrack: { events: ({ id: string } | null)[]; userErrors: unknown[] } }).eventsTrack;
};
const added = (messageId: string, more: object = {}) => ({
  messageId,
  type: 'TRACK',
  name: 'Product Added',
  timestamp: '2026-03-01T09:00:00Z',
  channel: 'WEB',
  customer: ada,
  product: { sku: 'G-32', name: 'Monopoly', category: 'Games', quantity: 2, price: { amount: '18.99', currencyCode: 'EUR' } },
  ...more,
});

describe('Customer.digital', () => {
  it('is null for a customer of whom nothing is known', async () => {
    expect(await digitalOf([ada], '{ lastSeenAt }')).toBeNull();
  });

  it('sums up a visit: cart, views, interests, devices', async () => {
    await ingest('event', ada, [
      click('09:00', 'Product Viewed', { sku: 'a', product_name: 'Uno', category: 'Games', device_id: 'd1', device_type: 'ios' }),
      click('09:01', 'Product Added', { sku: 'a', quantity: '2', price: '3.00', currency: 'EUR', category: 'Games' }),
      click('09:02', 'Product Viewed', { sku: 'b' }),
      click('10:00', 'Product Added', { sku: 'b' }),
    ]);
    domain.time.now = Date.parse(at('09:01')) + 30 * 86_400_000;
    const seen = await digitalOf(
      [ada],
      `{ lastSeenAt devices { id type lastSeenAt } interests { topic score }
         recentlyViewed { product { sku } name viewedAt }
         cart { updatedAt lines { product { sku } quantity unitPrice { amount currencyCode } } }
         sessions { nodes { startedAt lastEventAt eventCount channel } } }`,
    );
    expect(seen).toEqual({
      lastSeenAt: '2026-02-28T10:00:00.000Z',
      devices: [{ id: 'd1', type: 'ios', lastSeenAt: '2026-02-28T09:00:00.000Z' }],
      interests: [{ topic: 'Games', score: expect.closeTo(1, 4) }],
      recentlyViewed: [
        { product: { sku: 'b' }, name: null, viewedAt: '2026-02-28T09:02:00.000Z' },
        { product: { sku: 'a' }, name: 'Uno', viewedAt: '2026-02-28T09:00:00.000Z' },
      ],
      cart: {
        updatedAt: '2026-02-28T10:00:00.000Z',
        lines: [
          { product: { sku: 'a' }, quantity: 2, unitPrice: { amount: '3.00', currencyCode: 'EUR' } },
          { product: { sku: 'b' }, quantity: 1, unitPrice: null },
        ],
      },
      sessions: {
        nodes: [
          { startedAt: '2026-02-28T10:00:00.000Z', lastEventAt: '2026-02-28T10:00:00.000Z', eventCount: 1, channel: 'WEB' },
          { startedAt: '2026-02-28T09:00:00.000Z', lastEventAt: '2026-02-28T09:02:00.000Z', eventCount: 3, channel: 'WEB' },
        ],
      },
    });
  });

  it('comes to the same when events arrive late, twice and in another order', async () => {
    const rows = [
      click('09:00', 'Product Added', { sku: 'a', message_id: '1' }),
      click('09:10', 'Order Completed', { message_id: '2' }),
      click('09:20', 'Product Added', { sku: 'b', message_id: '3' }),
      click('09:45', 'Product Viewed', { sku: 'c', category: 'Books', message_id: '4' }),
    ];
    const ben = await someone();
    await ingest('event', ada, rows);
    for (const row of rows.toReversed()) await ingest('event', ben, [row, row]);
    const all =
      '{ lastSeenAt cart { lines { product { sku } quantity } updatedAt } interests { topic score } recentlyViewed { product { sku } } sessions { nodes { startedAt eventCount } } }';
    const inOrder = await digitalOf([ada], all);
    expect(inOrder).toMatchObject({ cart: { lines: [{ product: { sku: 'b' }, quantity: 1 }] }, sessions: { nodes: [{ eventCount: 4 }] } });
    expect(await digitalOf([ben], all)).toEqual(inOrder);
  });

  it('joins the ids of one person: what was put in as a visitor is bought as a customer', async () => {
    const visitor = await someone();
    await ingest('event', visitor, [click('09:00', 'Product Added', { sku: 'a' })]);
    await ingest('event', ada, [click('09:05', 'Product Viewed', { sku: 'b' })]);
    expect(await digitalOf([ada, visitor], '{ cart { lines { product { sku } } } events { nodes { name } } }')).toEqual({
      cart: { lines: [{ product: { sku: 'a' } }] },
      events: { nodes: [{ name: 'Product Viewed' }, { name: 'Product Added' }] },
    });
    await ingest('event', ada, [click('09:10', 'Order Completed')]);
    expect(await digitalOf([ada, visitor], '{ cart { lines { product { sku } } } }')).toEqual({ cart: null });
  });

  it('pages through events within a period, newest first', async () => {
    await ingest(
      'event',
      ada,
      ['09:00', '09:10', '09:20', '09:30'].map((time) => click(time, `at ${time}`)),
    );
    const query = (after: string) =>
      `{ events(first: 2, until: "${at('09:30')}"${after}) { nodes { name } pageInfo { hasNextPage endCursor } } }`;
    const first = (await digitalOf([ada], query(''))) as {
      events: { nodes: unknown[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
    };
    expect(first.events.nodes).toEqual([{ name: 'at 09:20' }, { name: 'at 09:10' }]);
    expect(first.events.pageInfo.hasNextPage).toBe(true);
    expect(await digitalOf([ada], query(`, after: "${first.events.pageInfo.endCursor}"`))).toMatchObject({
      events: { nodes: [{ name: 'at 09:00' }], pageInfo: { hasNextPage: false } },
    });
  });

  it('lists errors, each with its event', async () => {
    await ingest('event', ada, [click('09:00', 'Sign In'), click('09:01', 'Account Locked', { error: 'ACCOUNT_LOCKED' })]);
    expect(await digitalOf([ada], '{ errors { nodes { kind at channel event { name } } } }')).toEqual({
      errors: {
        nodes: [{ kind: 'ACCOUNT_LOCKED', at: '2026-02-28T09:01:00.000Z', channel: 'WEB', event: { name: 'Account Locked' } }],
      },
    });
  });

  it('answers a hundred customers with one store call per collection', async () => {
    const crowd = await Promise.all(Array.from({ length: 100 }, someone));
    for (const owner of crowd) await ingest('event', owner, [click('09:00', 'Outage', { error: 'OUTAGE' })]);
    domain.calls.clear();
    const { data, errors } = await domain.entities(
      'Customer',
      crowd.map((id) => person(id)),
      `{ digital { lastSeenAt sessions { nodes { id } } events(first: 5) { nodes { session { id } } } errors { nodes { event { id } } } campaignTouches { nodes { id } } }
         digitalSignals { state cart { sku } } }`,
    );
    expect(errors).toBeUndefined();
    expect((data as { _entities: { digital: unknown }[] })._entities.every((each) => each.digital !== null)).toBe(true);
    expect(domain.calls.list.toSorted()).toEqual([
      'campaign_touches.latest',
      'digital_errors.latest',
      'digital_events.getMany',
      'digital_events.latest',
      'digital_events.totals',
      'digital_summaries.getMany',
    ]);
  });
});

describe('Customer.digitalSignals', () => {
  it('tells what lies in the cart', async () => {
    await ingest('event', ada, [click('09:00', 'Product Added', { sku: 'a', product_name: 'Uno' })]);
    const { data } = await domain.entities(
      'Customer',
      [person(ada)],
      '{ digitalSignals { state lastSeenAt cart { sku name quantity } cartUpdatedAt } }',
    );
    expect(data).toEqual({
      _entities: [
        {
          digitalSignals: {
            state: 'OK',
            lastSeenAt: '2026-02-28T09:00:00.000Z',
            cart: [{ sku: 'a', name: 'Uno', quantity: 1 }],
            cartUpdatedAt: '2026-02-28T09:00:00.000Z',
          },
        },
      ],
    });
  });

  const WHOLE_CART = '{ digitalSignals { cart { sku name quantity } cartSkus cartItems } }';
  const wholeCart = async () => {
    const { data } = await domain.entities('Customer', [person(ada)], WHOLE_CART);
    type Told = { cart: readonly { sku: string }[]; cartSkus: readonly string[]; cartItems: number };
    return (data!._entities as [{ digitalSignals: Told }])[0].digitalSignals;
  };
  /** Puts so many products in, one after another, named by `skuOf`. */
  const fill = (count: number, skuOf: (index: number) => string) =>
    ingest(
      'event',
      ada,
      Array.from({ length: count }, (_, index) => ({
        ...click('09:00', 'Product Added', { sku: skuOf(index), quantity: index === 0 ? '3' : '1' }),
        happened_at: new Date(Date.parse(at('09:00')) + index * 1000).toISOString(),
      })),
    );

  it('tells of a large cart the last 20 lines, and all products and how many items there are', async () => {
    await fill(60, (index) => `sku-${index}`);
    const { cart, cartSkus, cartItems } = await wholeCart();
    expect(cart.map(({ sku }) => sku)).toEqual(Array.from({ length: 20 }, (_, index) => `sku-${40 + index}`));
    expect(cartSkus).toEqual(Array.from({ length: 60 }, (_, index) => `sku-${index}`));
    expect(cartItems).toBe(62);
  });

  it('is bounded: the 200 products last put in, or as many as keep it within 32 KB', async () => {
    await fill(230, (index) => `sku-${index}`);
    expect((await wholeCart()).cartSkus).toEqual(Array.from({ length: 200 }, (_, index) => `sku-${30 + index}`));
    await fill(400, (index) => `${'長'.repeat(100)}${index}`);
    const told = await wholeCart();
    expect(told.cartSkus.at(-1)).toBe(`${'長'.repeat(100)}399`);
    // 16,384 bytes; of each 300 and its number, quotes and comma: 306.
    expect(told.cartSkus).toHaveLength(53);
    expect(told.cartItems).toBe(200);
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(32_768);
  });

  const sent = (more: object) => ({ campaign: 'spring', channel: 'EMAIL', state: 'SENT', happened_at: at('08:00'), ...more });
  const SENDING =
    '{ digitalSignals { touches { channel sentAt arrivedAt bouncedAt } unsubscribed { channel at } errorKind errorAt cart { sku } } }';
  const sending = async (permitted: object) => {
    const { data } = await domain.entities('Customer', [permitted], SENDING);
    return (data!._entities as [{ digitalSignals: Record<string, unknown> }])[0].digitalSignals;
  };

  it('tells which messages went out within 30 days and what became of them, and nothing of other channels', async () => {
    await ingest('campaign_touch', ada, [
      sent({}),
      sent({ state: 'DELIVERED', happened_at: at('08:01') }),
      sent({ state: 'CLICKED', happened_at: at('08:30') }),
      sent({ channel: 'SMS', happened_at: at('07:00') }),
      sent({ channel: 'SMS', state: 'BOUNCED', happened_at: at('07:01') }),
      sent({ channel: 'POSTAL' }),
      sent({ campaign: 'old', happened_at: '2026-01-01T00:00:00Z' }),
    ]);
    expect((await sending(person(ada))).touches).toEqual([
      { channel: 'EMAIL', sentAt: '2026-02-28T08:00:00.000Z', arrivedAt: '2026-02-28T08:30:00.000Z', bouncedAt: null },
      { channel: 'SMS', sentAt: '2026-02-28T07:00:00.000Z', arrivedAt: null, bouncedAt: '2026-02-28T07:01:00.000Z' },
    ]);
  });

  it('remembers where campaigns are unwanted, however long ago that was said and under which id', async () => {
    const once = await domain.customer(`once-${ada}`);
    await ingest('campaign_touch', once, [sent({ state: 'UNSUBSCRIBED', happened_at: '2019-05-01T00:00:00Z' })]);
    await ingest('campaign_touch', ada, [
      sent({ channel: 'SMS', state: 'UNSUBSCRIBED', happened_at: at('09:00') }),
      sent({ channel: 'SMS', state: 'SENT', happened_at: at('10:00') }),
    ]);
    // What events add to the summary leaves it there.
    await ingest('event', ada, [click('09:00', 'Product Added', { sku: 'a' })]);
    expect(await sending({ ...person(ada), members: [ada, once] })).toMatchObject({
      cart: [{ sku: 'a' }],
      unsubscribed: [
        { channel: 'EMAIL', at: '2019-05-01T00:00:00.000Z' },
        { channel: 'SMS', at: '2026-02-28T09:00:00.000Z' },
      ],
    });
  });

  it('tells what last went wrong within a week, where that is known', async () => {
    const failed = (day: string, error: string) => ({ ...click('09:00', 'Failed'), happened_at: `${day}T09:00:00Z`, error });
    await ingest('event', ada, [failed('2026-02-10', 'OUTAGE')]);
    expect(await sending(person(ada))).toMatchObject({ errorKind: null, errorAt: null });
    await ingest('event', ada, [failed('2026-02-26', 'PAYMENT_FAILED'), failed('2026-02-27', 'UNKNOWN')]);
    expect(await sending(person(ada))).toMatchObject({ errorKind: 'PAYMENT_FAILED', errorAt: '2026-02-26T09:00:00.000Z' });
  });

  it('tells what was looked at within 30 days, the last first, each once, without a further read', async () => {
    await ingest('event', ada, [
      { ...click('09:00', 'Product Viewed', { sku: 'old' }), happened_at: '2026-01-30T11:59:59Z' },
      { ...click('09:00', 'Product Viewed', { sku: 'c' }), happened_at: '2026-01-30T12:00:00Z' },
      click('09:00', 'Product Viewed', { sku: 'a' }),
      click('09:01', 'Product Viewed', { sku: 'b' }),
      click('09:02', 'Product Viewed', { sku: 'a' }),
      click('09:03', 'Product Added', { sku: 'd' }),
    ]);
    domain.time.now = Date.UTC(2026, 2, 1, 12);
    domain.calls.clear();
    const { data } = await domain.entities('Customer', [person(ada)], '{ digitalSignals { cart { sku } viewed { sku at } } }');
    expect(domain.calls.list).toEqual(['digital_summaries.getMany']);
    expect(data).toEqual({
      _entities: [
        {
          digitalSignals: {
            cart: [{ sku: 'd' }],
            viewed: [
              { sku: 'a', at: '2026-02-28T09:02:00.000Z' },
              { sku: 'b', at: '2026-02-28T09:01:00.000Z' },
              { sku: 'c', at: '2026-01-30T12:00:00.000Z' },
            ],
          },
        },
      ],
    });
  });

  it('reads no more than is asked for: who wants the cart costs no look at messages and errors', async () => {
    domain.calls.clear();
    await domain.entities('Customer', [person(ada)], '{ digitalSignals { cart { sku } } }');
    expect(domain.calls.list).toEqual(['digital_summaries.getMany']);
    domain.calls.clear();
    await domain.entities('Customer', [person(ada)], SENDING);
    expect(domain.calls.list.toSorted()).toEqual(['campaign_touches.latest', 'digital_errors.latest', 'digital_summaries.getMany']);
  });

  it.each([[null], [[]], [['PERSONALIZATION']]])('reads nothing with permissions %j', async (permissions) => {
    await ingest('event', ada, [click('09:00', 'Product Added', { sku: 'a' })]);
    domain.calls.clear();
    const { data } = await domain.entities(
      'Customer',
      [{ id: ada, members: [ada], permissions }],
      '{ digitalSignals { state lastSeenAt cart { sku } cartSkus cartItems viewed { sku } cartUpdatedAt touches { sentAt } unsubscribed { at } errorKind errorAt } }',
    );
    const nothing = {
      lastSeenAt: null,
      cart: [],
      cartSkus: [],
      cartItems: 0,
      viewed: [],
      cartUpdatedAt: null,
      touches: [],
      unsubscribed: [],
      errorKind: null,
      errorAt: null,
    };
    expect(data).toEqual({ _entities: [{ digitalSignals: { state: 'WITHHELD', ...nothing } }] });
    expect(domain.calls.list).toEqual([]);
  });
});

describe('the event intake', () => {
  it('stores equal clicks of one file, and nothing of a second run', async () => {
    const rows = [click('09:00', 'Product Viewed', { sku: 'a' }), click('09:00', 'Product Viewed', { sku: 'a' })];
    expect(await ingest('event', ada, rows)).toEqual(['stored', 'stored']);
    expect(await ingest('event', ada, rows)).toEqual(['stored', 'stored']);
    expect(await ingest('event', ada, rows, 'second run')).toEqual(['duplicate', 'duplicate']);
    expect(await digitalOf([ada], '{ events { nodes { name } } }')).toEqual({
      events: { nodes: [{ name: 'Product Viewed' }, { name: 'Product Viewed' }] },
    });
  });

  it('keeps the first of two events of one message id', async () => {
    expect(
      await ingest('event', ada, [
        click('09:00', 'Product Added', { sku: 'a', message_id: '1' }),
        click('09:01', 'Other', { message_id: '1' }),
      ]),
    ).toEqual(['stored', 'duplicate']);
    expect(await digitalOf([ada], '{ lastSeenAt events { nodes { name } } }')).toEqual({
      lastSeenAt: '2026-02-28T09:00:00.000Z',
      events: { nodes: [{ name: 'Product Added' }] },
    });
  });

  it('repairs what a crash between its writes left undone', async () => {
    await ingest('event', ada, [click('09:00', 'Product Added', { sku: 'a', message_id: '1', error: 'OUTAGE' })]);
    const [whole] = (await domain.store.collection(eventSpec).latest([[ada]], { first: 1 }))[0]!.items;
    // Only the event itself was written before the crash.
    const ben = await someone();
    await domain.store.collection(eventSpec).insertOnce([{ ...whole!, owner: ben, version: 0 }]);
    expect(await digitalOf([ben], '{ lastSeenAt }')).toBeNull();
    await ingest('event', ben, [click('09:00', 'Product Added', { sku: 'a', message_id: '1', error: 'OUTAGE' })]);
    expect(await digitalOf([ben], '{ cart { lines { quantity } } errors { nodes { kind } } }')).toEqual({
      cart: { lines: [{ quantity: 1 }] },
      errors: { nodes: [{ kind: 'OUTAGE' }] },
    });
  });

  it('takes nothing in again of an erased customer', async () => {
    await ingest('event', ada, [click('09:00', 'Product Viewed')]);
    await domain.store.erase(ada);
    expect(await ingest('event', ada, [click('09:01', 'Product Viewed')])).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
    expect(await ingest('campaign_touch', ada, [{ campaign: 'c', state: 'SENT', happened_at: at('09:00') }])).toMatchObject([
      { code: 'CUSTOMER_ERASED' },
    ]);
    expect(await digitalOf([ada], '{ lastSeenAt }')).toBeNull();
  });

  it('loses nothing to writers at the same time', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        ingest('event', ada, [click(`09:0${index}`, 'Product Added', { sku: 'a', message_id: `${index}` })]),
      ),
    );
    expect(await digitalOf([ada], '{ cart { lines { quantity } } }')).toEqual({ cart: { lines: [{ quantity: 10 }] } });
  });
});

describe('entities', () => {
  it('are found by id, and a malformed or unknown one fails no other', async () => {
    await ingest('event', ada, [click('09:00', 'Product Viewed'), click('09:05', 'Product Viewed')]);
    await ingest('campaign_touch', ada, [{ campaign: 'spring', channel: 'EMAIL', state: 'SENT', happened_at: at('08:00') }]);
    const ids = (await digitalOf(
      [ada],
      '{ sessions { nodes { id } } events { nodes { id } } campaignTouches { nodes { id } } }',
    )) as Record<string, { nodes: { id: string }[] }>;
    const idOf = (list: string) => ids[list]?.nodes[0]?.id;
    const { data, errors } = await domain.ask(
      `query ($of: [_Any!]!) { _entities(representations: $of) {
         ... on Session { id owner eventCount } ... on DigitalEvent { id owner name } ... on CampaignTouch { id owner campaign } } }`,
      {
        of: [
          { __typename: 'Session', id: idOf('sessions') },
          { __typename: 'DigitalEvent', id: idOf('events') },
          { __typename: 'CampaignTouch', id: idOf('campaignTouches') },
          { __typename: 'DigitalEvent', id: 'evt_!' },
          { __typename: 'DigitalEvent', id: idOf('campaignTouches') },
          { __typename: 'Session', id: `${idOf('sessions')}x` },
          { __typename: 'CampaignTouch', id: `tch_${Buffer.from(`${ada}\nnone`).toString('base64url')}` },
        ],
      },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      _entities: [
        { id: idOf('sessions'), owner: ada, eventCount: 2 },
        { id: idOf('events'), owner: ada, name: 'Product Viewed' },
        { id: idOf('campaignTouches'), owner: ada, campaign: 'spring' },
        null,
        null,
        null,
        null,
      ],
    });
  });
});

describe('eventsTrack', () => {
  it('stores events and answers them, a repeat like the first', async () => {
    const first = await track([added('m1')]);
    expect(first).toEqual({
      events: [
        { id: expect.stringMatching(/^evt_/), name: 'Product Added', happenedAt: '2026-03-01T09:00:00.000Z', product: { sku: 'G-32' } },
      ],
      userErrors: [],
    });
    expect(await track([added('m1')])).toEqual(first);
    expect(await digitalOf([ada], '{ cart { lines { quantity } } interests { topic } }')).toEqual({
      cart: { lines: [{ quantity: 2 }] },
      interests: [{ topic: 'Games' }],
    });
  });

  it('refuses each event for itself and keeps the others', async () => {
    await track([added('m1')]);
    const { events, userErrors } = await track([
      added('m1', { name: 'Product Removed' }),
      added('m2', { customer: 'cus_00000000000000000000' }),
      added('m3', { name: null }),
      added('m4', { timestamp: '2026-03-02T12:00:01Z' }),
      added('m5', { product: { sku: 'a', quantity: 0 } }),
      added('m6', { product: { sku: 'a', price: { amount: '1.005', currencyCode: 'EUR' } } }),
      added('m7', { customer: null }),
      added('m8', { userId: 'ada' }),
      added('m9', { customer: null, type: 'IDENTIFY', userId: 'ada', anonymousId: 'null' }),
      added('m10', { customer: null, type: 'ALIAS', userId: 'ada', previousId: 'undefined' }),
      added('m11', { product: { sku: 'a', quantity: 1_000_001 } }),
      added('m12', { product: { sku: 'a\ud800' } }),
      added('m13', { properties: [{ key: 'referrer', value: '\0' }] }),
      added('m14', { sessionId: ' ' }),
      added('m15', { path: `/${'p'.repeat(498)}👩`, properties: [{ key: 'referrer', value: '' }] }),
    ]);
    expect(userErrors).toEqual([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'events', '0', 'messageId'] },
      { code: 'CUSTOMER_UNKNOWN', field: ['input', 'events', '1', 'customer'] },
      { code: 'FIELD_MISSING', field: ['input', 'events', '2', 'name'] },
      { code: 'TIMESTAMP_IN_FUTURE', field: ['input', 'events', '3', 'timestamp'] },
      { code: 'QUANTITY_INVALID', field: ['input', 'events', '4', 'product', 'quantity'] },
      { code: 'AMOUNT_INVALID', field: ['input', 'events', '5', 'product', 'price', 'amount'] },
      { code: 'OWNER_MISSING', field: ['input', 'events', '6', 'customer'] },
      { code: 'OWNER_AMBIGUOUS', field: ['input', 'events', '7', 'customer'] },
      { code: 'IDENTIFIER_INVALID', field: ['input', 'events', '8', 'anonymousId'] },
      { code: 'IDENTIFIER_INVALID', field: ['input', 'events', '9', 'previousId'] },
      { code: 'QUANTITY_INVALID', field: ['input', 'events', '10', 'product', 'quantity'] },
      { code: 'TEXT_INVALID', field: ['input', 'events', '11', 'product', 'sku'] },
      { code: 'TEXT_INVALID', field: ['input', 'events', '12', 'properties', '0', 'value'] },
      { code: 'TEXT_INVALID', field: ['input', 'events', '13', 'sessionId'] },
    ]);
    expect(events.map((event) => event !== null)).toEqual([...Array(14).fill(false), true]);
  });

  it('fills a cart as often as it likes, and the cart is still shown', async () => {
    const many = { product: { sku: 'G-32', quantity: 1_000_000 } };
    await track(Array.from({ length: 100 }, (_, index) => added(`m${index}`, many)));
    expect(await digitalOf([ada], '{ cart { lines { quantity } } }')).toEqual({ cart: { lines: [{ quantity: 100_000_000 }] } });
  });

  it.each([0, 101])('refuses a batch of %i', async (size) => {
    const { events, userErrors } = await track(Array.from({ length: size }, (_, index) => added(`m${index}`)));
    expect(events).toEqual([]);
    expect(userErrors).toEqual([{ code: 'BATCH_SIZE_INVALID', field: ['input', 'events'] }]);
  });

  it('joins a visitor to the user at the moment of identification', async () => {
    const visitor = (messageId: string, more: object = {}) => added(messageId, { customer: null, anonymousId: 'anon-1', ...more });
    await track([visitor('m1'), visitor('m2', { type: 'IDENTIFY', userId: 'newcomer' })]);
    const newcomer = await domain.customer('newcomer');
    expect(await digitalOf([newcomer], '{ events { nodes { type } } }')).toEqual({
      events: { nodes: expect.arrayContaining([{ type: 'TRACK' }, { type: 'IDENTIFY' }]) },
    });
  });

  it('knows a visitor’s event that is sent again after they signed in', async () => {
    const anonymousId = `anon-of-${ada}`;
    const visitor = (messageId: string, more: object = {}) => added(messageId, { customer: null, anonymousId, ...more });
    const first = await track([visitor('m1')]);
    await track([visitor('m2', { type: 'IDENTIFY', userId: `user-of-${ada}` })]);
    expect(await track([visitor('m1')])).toEqual(first);
    const [person] = await domain.directory.find([{ namespace: 'ANONYMOUS_ID', value: anonymousId }]);
    const [members = []] = await domain.directory.members([person ?? '']);
    expect(members).toHaveLength(2);
    expect(await digitalOf(members, '{ sessions { nodes { eventCount } } events { nodes { type } } }')).toEqual({
      sessions: { nodes: [{ eventCount: 1 }, { eventCount: 1 }] },
      events: { nodes: expect.toSatisfy((nodes: unknown[]) => nodes.length === 2) },
    });
  });

  it('takes an event of a signed-in user as the user’s, without saying who the visitor is', async () => {
    const user = await someone();
    const anonymousId = `anon-of-${user}`;
    await track([
      added('m1', { customer: null, anonymousId }),
      added('m2', { customer: null, anonymousId, userId: `someone-${people - 1}`, name: 'Order Completed' }),
    ]);
    expect(await digitalOf([user], '{ events { nodes { name } } }')).toEqual({ events: { nodes: [{ name: 'Order Completed' }] } });
    const [visitor] = await domain.directory.find([{ namespace: 'ANONYMOUS_ID', value: anonymousId }]);
    expect(visitor).not.toBe(user);
  });
});

describe('campaignTouchRecord', () => {
  const RECORD = `mutation ($input: CampaignTouchRecordInput!) {
    campaignTouchRecord(input: $input) { campaignTouch { campaign state at history { state } } userErrors { code field } }
  }`;
  const record = async (more: object = {}) => {
    const input = {
      idempotencyKey: `${ada}/1`,
      customer: ada,
      campaign: 'spring',
      channel: 'EMAIL',
      messageId: 'm1',
      state: 'SENT',
      ...more,
    };
    const { data, errors } = await domain.ask(RECORD, { input });
    expect(errors).toBeUndefined();
    return (data as { campaignTouchRecord: unknown }).campaignTouchRecord;
  };

  it('records what became of a message, and repeats change nothing', async () => {
    const sent = await record();
    expect(sent).toEqual({
      campaignTouch: { campaign: 'spring', state: 'SENT', at: '2026-03-01T12:00:00.000Z', history: [{ state: 'SENT' }] },
      userErrors: [],
    });
    domain.time.now += 60_000;
    expect(await record()).toEqual(sent);
    expect(await record({ idempotencyKey: `${ada}/2`, state: 'CLICKED' })).toMatchObject({
      campaignTouch: { state: 'CLICKED', at: '2026-03-01T12:01:00.000Z', history: [{ state: 'SENT' }, { state: 'CLICKED' }] },
    });
    expect(await digitalOf([ada], '{ lastSeenAt campaignTouches { nodes { state } } }')).toEqual({
      lastSeenAt: null,
      campaignTouches: { nodes: [{ state: 'CLICKED' }] },
    });
  });

  it.each([
    [{ idempotencyKey: '' }, 'TEXT_INVALID', 'idempotencyKey'],
    [{ campaign: ' ' }, 'TEXT_INVALID', 'campaign'],
    [{ title: 'a\ud800' }, 'TEXT_INVALID', 'title'],
    [{ at: '2026-03-01T12:00:01Z' }, 'TIME_INVALID', 'at'],
  ])('refuses %j as %s', async (mistake, code, field) => {
    expect(await record(mistake)).toEqual({ campaignTouch: null, userErrors: [{ code, field: ['input', field] }] });
  });

  it('refuses an unknown customer and a key used for something else', async () => {
    expect(await record({ customer: 'cus_00000000000000000000' })).toEqual({
      campaignTouch: null,
      userErrors: [{ code: 'CUSTOMER_UNKNOWN', field: ['input', 'customer'] }],
    });
    await record({ idempotencyKey: `${ada}/3` });
    expect(await record({ idempotencyKey: `${ada}/3`, state: 'OPENED' })).toEqual({
      campaignTouch: null,
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] }],
    });
  });
});
