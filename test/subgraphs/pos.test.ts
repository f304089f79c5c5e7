import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entityId } from '../../kernel/ids.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { pos } from '../../subgraphs/pos/module.ts';
import { ordersSpec } from '../../subgraphs/pos/records.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { customersOf, ingestRows } from '../support/domain-calls.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
let domain: Domain;
let ada: string;
let people = 0;

beforeAll(async () => {
  domain = await openDomain(pos);
});
// One store for all tests: each has customers of its own.
beforeEach(async () => {
  domain.time.now = NOW;
  ada = await someone();
});
afterAll(() => domain.close());

const someone = () => domain.customer(`someone-${people++}`);

const fromTills = (row: SourceRow) => ({ source: 'tills', currency: 'GBP', ...row });
const ingest = (kind: string, owner: string, rows: readonly SourceRow[], run?: string) =>
  ingestRows(domain, kind, owner, rows.map(fromTills), run);
const customers = (persons: Parameters<typeof customersOf>[1], selection: string) => customersOf(domain, persons, selection);

async function purchases(members: readonly string[], selection: string) {
  return (await customers([{ members }], `{ purchases ${selection} }`))[0].purchases;
}

const line = (more: SourceRow): SourceRow => ({ quantity: '1', unit_price: '1.00', placed_at: '2026-01-10T10:00:00Z', ...more });
const SUMMARY = `{ summary { orderCount itemsPerOrder totalSpent { amount currencyCode } averageOrderValue { amount } returnedTotal { amount }
  firstOrderAt lastOrderAt returnRate repeatRate byCurrency { currencyCode orderCount totalSpent { amount } } } }`;

describe('Customer.purchases', () => {
  it('is null for a customer whom no till knows', async () => {
    expect(await purchases([ada], SUMMARY)).toBeNull();
  });

  it('sums up orders exactly, per currency, over all members of the customer', async () => {
    const before = await someone();
    await ingest('order', ada, [
      line({ number: '1', quantity: '3', unit_price: '0.335' }),
      line({ number: '1', quantity: '3', unit_price: '0.335' }),
      line({ number: '2', unit_price: '0', placed_at: '2026-01-12T10:00:00Z' }),
    ]);
    await ingest('order', before, [line({ number: '3', currency: 'JPY', unit_price: '1200', placed_at: '2025-12-24T10:00:00Z' })]);
    await ingest('order', ada, [line({ number: '4', unit_price: '50' }), { number: '4', status: 'CANCELLED' }]);
    expect((await purchases([ada, before], SUMMARY)).summary).toEqual({
      orderCount: 3,
      // (6 + 1 + 1) / 3
      itemsPerOrder: expect.closeTo(8 / 3, 10),
      totalSpent: [
        { amount: '2.01', currencyCode: 'GBP' },
        { amount: '1200', currencyCode: 'JPY' },
      ],
      averageOrderValue: { amount: '1.01' },
      returnedTotal: [],
      firstOrderAt: '2025-12-24T10:00:00.000Z',
      lastOrderAt: '2026-01-12T10:00:00.000Z',
      returnRate: 0,
      repeatRate: expect.closeTo(2 / 3, 10),
      byCurrency: [
        { currencyCode: 'GBP', orderCount: 2, totalSpent: { amount: '2.01' } },
        { currencyCode: 'JPY', orderCount: 1, totalSpent: { amount: '1200' } },
      ],
    });
  });

  it('of a customer with returns only has no orders and no average', async () => {
    await ingest('return', ada, [{ number: 'C1', quantity: '-2', unit_price: '13.75', returned_at: '2026-01-01T00:00:00Z' }]);
    expect((await purchases([ada], SUMMARY)).summary).toMatchObject({
      orderCount: 0,
      itemsPerOrder: null,
      totalSpent: [],
      averageOrderValue: null,
      returnedTotal: [{ amount: '27.50' }],
      firstOrderAt: null,
      returnRate: null,
    });
  });

  it('comes to the same whatever the order of files and however often they come', async () => {
    const header = { number: '9', placed_at: '2026-01-01T08:00:00Z', status: 'DELIVERED', channel: 'WEB' };
    const rows = [line({ number: '9', unit_price: '2.50' }), header, line({ number: '9', unit_price: '2.50' })];
    const ben = await someone();
    expect(await ingest('order', ada, rows)).toEqual(['stored', 'stored', 'stored']);
    expect(await ingest('order', ada, rows)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await ingest('order', ben, [...rows].reverse(), 'ben')).toEqual(['stored', 'stored', 'stored']);
    // A batch of a run that was interrupted after it was stored.
    expect(await ingest('order', ben, [...rows].reverse(), 'ben')).toEqual(['stored', 'stored', 'stored']);
    const seen = '{ orders { nodes { number placedAt status channel total { amount } lines { quantity unitPrice amount } } } }';
    const expected = {
      number: '9',
      placedAt: '2026-01-01T08:00:00.000Z',
      status: 'DELIVERED',
      channel: 'WEB',
      total: { amount: '5.00' },
      lines: [
        { quantity: '1', unitPrice: '2.5', amount: '2.5' },
        { quantity: '1', unitPrice: '2.5', amount: '2.5' },
      ],
    };
    expect((await purchases([ada], seen)).orders.nodes).toEqual([expected]);
    expect((await purchases([ben], seen)).orders.nodes).toEqual([expected]);
  });

  it('keeps equal orders without a number apart by their occurrence', async () => {
    const row = line({ line_total: '11.77' });
    expect(await ingest('order', ada, [row, row])).toEqual(['stored', 'stored']);
    expect((await purchases([ada], SUMMARY)).summary).toMatchObject({ orderCount: 2, totalSpent: [{ amount: '23.54' }] });
  });

  it('sums up a period: from the first time on, up to the second', async () => {
    await ingest('order', ada, [
      line({ number: '1', placed_at: '2026-01-01T00:00:00Z' }),
      line({ number: '2', placed_at: '2026-01-31T23:59:59.999Z' }),
      line({ number: '3', placed_at: '2026-02-01T00:00:00Z' }),
    ]);
    const period = await purchases([ada], '{ summary(since: "2026-01-01T00:00:00Z", until: "2026-02-01T00:00:00Z") { orderCount } }');
    expect(period.summary.orderCount).toBe(2);
    const { errors } = await domain.entities(
      'Customer',
      [{ id: ada, members: [ada] }],
      '{ purchases { summary(since: "2026-02-01T00:00:00Z", until: "2026-02-01T00:00:00Z") { orderCount } } }',
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'until' });
  });

  it('pages orders newest first', async () => {
    await ingest(
      'order',
      ada,
      [1, 2, 3].map((day) => line({ number: `${day}`, placed_at: `2026-01-0${day}T00:00:00Z` })),
    );
    const page = (await purchases([ada], '{ orders(first: 2) { nodes { number } pageInfo { hasNextPage endCursor } } }')).orders;
    expect(page.nodes).toEqual([{ number: '3' }, { number: '2' }]);
    const rest = await purchases(
      [ada],
      `{ orders(first: 2, after: "${page.pageInfo.endCursor}") { nodes { number } pageInfo { hasNextPage } } }`,
    );
    expect(rest.orders).toEqual({ nodes: [{ number: '1' }], pageInfo: { hasNextPage: false } });
  });

  it('names the favourite store and categories, by the catalogue where lines are silent', async () => {
    await ingest('store', '', [
      { id: 'kyoto', name: '京都店', country: 'JP', time_zone: 'Asia/Tokyo', latitude: '35.01', longitude: '135.77' },
    ]);
    await ingest('product', '', [{ sku: 'cup', name: 'Cup', category: 'Crockery', price: '4.20', currency: 'GBP' }]);
    await ingest('order', ada, [
      line({ number: '1', sku: 'cup', store: 'kyoto' }),
      line({ number: '2', sku: 'cup', category: 'Gifts', store: 'kyoto' }),
      line({ number: '3', sku: 'tea', product_name: 'Sencha', store: 'elsewhere' }),
    ]);
    const seen = await purchases(
      [ada],
      `{ favouriteStore { id name country timeZone location { latitude } } favouriteCategories { category orderCount share }
         orders { nodes { lines { name product { sku name category price { amount } } } store { id name } } } }`,
    );
    expect(seen.favouriteStore).toEqual({
      id: 'kyoto',
      name: '京都店',
      country: 'JP',
      timeZone: 'Asia/Tokyo',
      location: { latitude: 35.01 },
    });
    expect(seen.favouriteCategories.map((each: { category: string }) => each.category)).toEqual(['Crockery', 'Gifts']);
    expect(seen.orders.nodes).toContainEqual({
      lines: [{ name: 'Cup', product: { sku: 'cup', name: 'Cup', category: 'Crockery', price: { amount: '4.20' } } }],
      store: { id: 'kyoto', name: '京都店' },
    });
    expect(seen.orders.nodes).toContainEqual({
      lines: [{ name: 'Sencha', product: { sku: 'tea', name: 'Sencha', category: null, price: null } }],
      store: { id: 'elsewhere', name: null },
    });
  });

  it('shows a payment as late once it is due, and its order', async () => {
    await ingest('order', ada, [line({ number: '1' })]);
    await ingest('payment', ada, [
      { number: 'p1', order_number: '1', status: 'PENDING', amount: '1', due_at: '2026-03-01T12:00:01Z' },
      { number: 'p2', order_number: 'none', status: 'PAID', amount: '1', method: 'card' },
    ]);
    const seen = '{ payments { nodes { status method dueAt order { number } } } }';
    expect((await purchases([ada], seen)).payments.nodes).toEqual([
      { status: 'PENDING', method: null, dueAt: '2026-03-01T12:00:01.000Z', order: { number: '1' } },
      { status: 'PAID', method: 'card', dueAt: null, order: null },
    ]);
    domain.time.now += 1002;
    expect((await purchases([ada], seen)).payments.nodes[0].status).toBe('LATE');
  });
});

it('answers a page of 100 customers with one store call per collection', async () => {
  await ingest('order', ada, [line({ number: '1', sku: 'x' })]);
  const persons = [{ members: [ada] }, ...Array.from({ length: 99 }, (_, i) => ({ members: [`cus_${i}`] }))];
  domain.calls.clear();
  const found = await customers(
    persons,
    `{ posSignals { orderCount } purchases { orders(first: 5) { nodes { lines { product { name } } } } summary { orderCount itemsPerOrder } favouriteCategories { category } } }`,
  );
  expect(found[0].purchases.summary.orderCount).toBe(1);
  expect(domain.calls.list.sort()).toEqual([
    'orders.latest', // the page
    'orders.latest', // the latest 200, for habits
    'orders.totals',
    'payments.latest', // whether there is any, for those without orders
    'payments.totals', // up to now, for signals
    'products.getMany', // categories
    'products.getMany', // names
    'quintiles.getMany',
    'returns.totals',
  ]);
});

describe('posSignals', () => {
  const SIGNALS = `{ posSignals { state orderCount firstOrderAt lastOrderAt totalSpent { amount currencyCode } latePaymentCount rank { recency frequency monetary } } }`;

  it('are withheld without touching the store when the customer has not agreed', async () => {
    await ingest('order', ada, [line({ number: '1' })]);
    domain.calls.clear();
    for (const permissions of [[], ['PROFILING'], ['PERSONALIZATION']])
      expect(await customers([{ members: [ada], permissions }], SIGNALS)).toEqual([
        {
          posSignals: {
            state: 'WITHHELD',
            orderCount: 0,
            firstOrderAt: null,
            lastOrderAt: null,
            totalSpent: [],
            latePaymentCount: 0,
            rank: null,
          },
        },
      ]);
    expect(domain.calls.list).toEqual([]);
  });

  it('count late payments and rank the customer once the customer base is measured', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, someone));
    for (const [i, owner] of people.entries())
      await ingest('order', owner, [
        line({
          number: `r${i}`,
          currency: 'SEK',
          unit_price: `${100 + i}`,
          placed_at: `2026-02-${String(i + 1).padStart(2, '0')}T00:00:00Z`,
        }),
      ]);
    const best = people[19]!;
    await ingest('payment', best, [
      { number: 'late', status: 'PENDING', amount: '1', currency: 'SEK', due_at: '2026-02-28T00:00:00Z' },
      { number: 'open', status: 'PENDING', amount: '1', currency: 'SEK', due_at: '2026-03-28T00:00:00Z' },
    ]);
    const job = domain.subgraph.jobs[0]!;
    await job.run(new AbortController().signal);
    const [{ posSignals }] = await customers([{ members: [best] }], SIGNALS);
    expect(posSignals).toMatchObject({
      state: 'OK',
      orderCount: 1,
      latePaymentCount: 1,
      totalSpent: [{ amount: '119.00', currencyCode: 'SEK' }],
    });
    expect(posSignals.rank).toMatchObject({ recency: 5, monetary: 5 });
    domain.calls.clear();
    await job.run(new AbortController().signal);
    expect(domain.calls.list).toEqual(['quintiles.getMany']);
  });
});

describe('posBaskets', () => {
  const BASKETS = '{ posBaskets { state store baskets { at skus } } }';

  it('tells the last products bought and the store of most orders, from one read for a page of customers', async () => {
    const other = await someone();
    await ingest('order', ada, [
      line({ number: 'b1', sku: 'tea', store: 'north' }),
      line({ number: 'b2', sku: 'tea', store: 'south', placed_at: '2026-02-10T10:00:00Z' }),
      line({ number: 'b3', sku: 'milk', store: 'north', placed_at: '2026-02-20T10:00:00Z' }),
    ]);
    domain.calls.clear();
    const [mine, theirs] = await customers([{ members: [ada] }, { members: [other] }], BASKETS);
    expect(domain.calls.list).toEqual(['orders.latest']);
    expect(mine.posBaskets).toEqual({
      state: 'OK',
      store: 'north',
      baskets: [
        { at: '2026-02-20T10:00:00.000Z', skus: ['milk'] },
        { at: '2026-02-10T10:00:00.000Z', skus: ['tea'] },
        { at: '2026-01-10T10:00:00.000Z', skus: ['tea'] },
      ],
    });
    expect(theirs.posBaskets).toEqual({ state: 'OK', store: null, baskets: [] });
  });

  it('tells the time zone of that store where it is asked for, from one read for a page, and only where a store is named', async () => {
    const [other, none] = [await someone(), await someone()];
    await ingest('store', '', [{ id: 'north', time_zone: 'Asia/Tokyo' }, { id: 'south' }]);
    await ingest('order', ada, [line({ number: 'z1', sku: 'tea', store: 'north' })]);
    await ingest('order', other, [line({ number: 'z2', sku: 'tea', store: 'south' })]);
    await ingest('order', none, [line({ number: 'z3', sku: 'tea' })]);
    const zones = async (...members: string[]) =>
      (
        await customers(
          members.map((one) => ({ members: [one] })),
          '{ posBaskets { storeTimeZone } }',
        )
      ).map(({ posBaskets }) => posBaskets.storeTimeZone);
    domain.calls.clear();
    expect(await zones(ada, other, none)).toEqual(['Asia/Tokyo', null, null]);
    expect(domain.calls.list).toEqual(['orders.latest', 'stores.getMany']);
    domain.calls.clear();
    expect(await zones(none)).toEqual([null]);
    expect(domain.calls.list).toEqual(['orders.latest']);
  });

  it('is bounded: 200 products, which with their orders are at most 32 KB', async () => {
    const sku = (n: number) => `sku-of-a-usual-length-${n}`;
    await ingest(
      'order',
      ada,
      Array.from({ length: 300 }, (_, n) =>
        line({ number: `n${n}`, sku: sku(n), store: 'north', placed_at: new Date(NOW - n * 86_400_000).toISOString() }),
      ),
    );
    const [{ posBaskets }] = await customers([{ members: [ada] }], BASKETS);
    expect(posBaskets.baskets).toHaveLength(200);
    expect(JSON.stringify(posBaskets).length).toBeLessThan(32_768);
  });

  it.each([[null], [['PROFILING']]])('reads nothing with permissions %j', async (permissions) => {
    await ingest('order', ada, [line({ number: 'b1', sku: 'tea', store: 'north' })]);
    domain.calls.clear();
    const { data } = await domain.entities('Customer', [{ id: ada, members: [ada], permissions }], BASKETS);
    expect(data).toEqual({ _entities: [{ posBaskets: { state: 'WITHHELD', store: null, baskets: [] } }] });
    expect(domain.calls.list).toEqual([]);
  });
});

describe('a reference', () => {
  it('that is malformed or unknown is null and fails nobody else', async () => {
    await ingest('order', ada, [line({ number: '1' })]);
    const [{ id, owner }] = (await purchases([ada], '{ orders { nodes { id owner } } }')).orders.nodes;
    expect(owner).toBe(ada);
    const { data, errors } = await domain.entities(
      'Order',
      [{ id: 'nonsense' }, { id }, { id: entityId('ord', { owner: ada, id: 'none' }) }, { id: entityId('pay', { owner: ada, id: '1' }) }],
      '{ number }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ _entities: [null, { number: '1' }, null, null] });
  });

  it('by query is null for what is not there', async () => {
    const { data } = await domain.ask('{ order(id: "x") { id } product(sku: "nothing") { sku } store(id: "nowhere") { id } }');
    expect(data).toEqual({ order: null, product: null, store: null });
  });
});

it('takes nothing in for a customer who was erased', async () => {
  await ingest('order', ada, [line({ number: '1' })]);
  await domain.store.erase(ada);
  expect(await ingest('order', ada, [line({ number: '2' })])).toMatchObject([{ code: 'CUSTOMER_ERASED' }]);
  expect(await domain.store.collection(ordersSpec).totals([[ada]])).toEqual([[]]);
});

describe('Product.availability', () => {
  const product = async (sku: string) =>
    ((await domain.ask(`{ product(sku: "${sku}") { name price { amount } availability availabilityAt } }`)).data as { product: object })
      .product;
  const cup = { sku: 'mug', name: 'Mug', price: '4.20', currency: 'GBP' };

  it('is what the catalogue said, with its time, and UNKNOWN where it is silent', async () => {
    await ingest('product', '', [
      { ...cup, sku: 'bowl', availability: 'LOW_STOCK', updated_at: '2026-02-01T00:00:00Z' },
      { ...cup, sku: 'jug' },
    ]);
    expect(await product('bowl')).toMatchObject({ availability: 'LOW_STOCK', availabilityAt: '2026-02-01T00:00:00.000Z' });
    expect(await product('jug')).toMatchObject({ availability: 'UNKNOWN', availabilityAt: null });
    const [line] = await domain
      .entities('Product', [{ sku: 'unheard-of' }], '{ availability availabilityAt }')
      .then(({ data }) => (data as { _entities: object[] })._entities);
    expect(line).toEqual({ availability: 'UNKNOWN', availabilityAt: null });
  });

  it('comes from a stock file of its own as well, which changes nothing else, whatever comes first', async () => {
    const stock = (availability: string, at: string) => ({ sku: 'mug', availability, availability_at: `2026-02-${at}T00:00:00Z` });
    await ingest('product', '', [stock('IN_STOCK', '03')]);
    await ingest('product', '', [{ ...cup, updated_at: '2025-01-01T00:00:00Z' }]);
    expect(await product('mug')).toEqual({
      name: 'Mug',
      price: { amount: '4.20' },
      availability: 'IN_STOCK',
      availabilityAt: '2026-02-03T00:00:00.000Z',
    });
    await ingest('product', '', [stock('OUT_OF_STOCK', '05'), stock('LOW_STOCK', '04')]);
    expect(await product('mug')).toMatchObject({ name: 'Mug', availability: 'OUT_OF_STOCK', availabilityAt: '2026-02-05T00:00:00.000Z' });
    await ingest('product', '', [{ ...cup, name: 'Large mug', updated_at: '2026-03-01T00:00:00Z' }]);
    expect(await product('mug')).toMatchObject({ name: 'Large mug', availability: 'OUT_OF_STOCK' });
  });

  it('is refused where it is none of the states', () => {
    const intake = domain.subgraph.intakes.find(({ kind }) => kind === 'product')!;
    expect(intake.read({ source: 'shop', sku: 'mug', availability: 'SOON' })).toMatchObject({
      ok: false,
      reason: { code: 'FIELD_INVALID', field: 'availability' },
    });
  });
});
