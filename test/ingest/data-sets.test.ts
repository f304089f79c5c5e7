import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counts, dataFile, type Ingesting, openIngesting } from '../support/ingest.ts';
import { MONGODB_URI } from '../support/mongo.ts';

const present = dataFile('README.md') !== null;
if (MONGODB_URI) console.log('MONGODB_URI is set: the public data sets are SKIPPED, they are for the embedded store.');

type Row = Readonly<Record<string, string>>;

/** A file's rows by csv-parse, which the product does not read with. */
function rowsOf(name: string, delimiter = ','): readonly Row[] {
  const bytes = readFileSync(dataFile(name)!);
  return parseCsv(name.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true, delimiter, bom: true });
}

function distinct(rows: readonly Row[], ...columns: string[]): number {
  return new Set(rows.map((row) => columns.map((column) => row[column]).join('\n'))).size;
}

const allStored = (read: number) => ({ read, stored: read, duplicates: 0, quarantined: 0, reasons: {} });

/** Order count and total in cents per customer, as the graph tells them. */
async function purchases(world: Ingesting, namespace: string, numbers: readonly string[]): Promise<Record<string, string>> {
  const subgraph = world.company.subgraphs.get('pos')!;
  const query = parse(
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { purchases { summary { orderCount totalSpent { amount } } } } } }',
  );
  const found: Record<string, string> = {};
  for (let from = 0; from < numbers.length; from += 100) {
    const page = numbers.slice(from, from + 100);
    const ids = await world.company.directory.find(page.map((value) => ({ namespace, value })));
    const { data, errors } = await subgraph.execute(
      query,
      { r: ids.map((id) => ({ __typename: 'Customer', id, members: [id], permissions: [] })) },
      subgraph.context({ requestId: 'test', now: world.company.time.now }),
    );
    expect(errors).toBeUndefined();
    const people = JSON.parse(JSON.stringify(data?._entities)) as {
      purchases: { summary: { orderCount: number; totalSpent: { amount: string }[] } };
    }[];
    for (const [index, { purchases: all }] of people.entries())
      found[page[index]!] = `${all.summary.orderCount} ${all.summary.totalSpent.map(({ amount }) => amount).join()}`;
  }
  return found;
}

/** The same from (customer, order, cents) triples. */
function expectedPurchases(lines: readonly (readonly [customer: string, order: string, cents: number])[]): Record<string, string> {
  const customers = new Map<string, { orders: Set<string>; cents: number }>();
  for (const [customer, order, cents] of lines) {
    const one = customers.get(customer) ?? { orders: new Set(), cents: 0 };
    one.orders.add(order);
    one.cents += cents;
    customers.set(customer, one);
  }
  return Object.fromEntries(
    [...customers].map(([customer, { orders, cents }]) => [customer, `${orders.size} ${(cents / 100).toFixed(2)}`]),
  );
}

const cents = (amount: string) => Math.round(Number(amount) * 100);

describe.skipIf(!present || MONGODB_URI)('public data sets', () => {
  let world: Ingesting;
  beforeAll(async () => {
    world = await openIngesting(['identity', 'crm', 'pos', 'loyalty', 'digital', 'feedback']);
  });
  afterAll(() => world.close());

  const ingest = async (mapping: string, file: string) => counts(await world.ingest(dataFile(file)!, world.example(mapping)));

  it('Olist: people, catalogue, orders, items, payments and reviews come to what the files say', async () => {
    const [customers, orders, items] = ['customers', 'orders', 'order_items'].map((name) => rowsOf(`olist/olist_${name}_dataset.csv`));
    // A person who ordered twice from one address says nothing new the second time.
    const said = distinct(customers!, 'customer_unique_id', 'customer_zip_code_prefix', 'customer_city', 'customer_state');
    expect([customers!.length, said]).toEqual([4_000, 3_998]);
    const people = await ingest('olist-customers', 'olist/olist_customers_dataset.csv');
    expect(people).toEqual({ read: 4_000, stored: said, duplicates: 4_000 - said, quarantined: 0, reasons: {} });

    // Too early: nobody knows whose these are yet.
    const early = await ingest('olist-payments', 'olist/olist_order_payments_dataset.csv');
    expect(early).toEqual({ read: 4_161, stored: 0, duplicates: 0, quarantined: 4_161, reasons: { ORDER_UNKNOWN: 4_161 } });
    expect(await ingest('olist-products', 'olist/olist_products_dataset.csv')).toEqual(allStored(3_132));
    expect(await ingest('olist-orders', 'olist/olist_orders_dataset.csv')).toEqual(allStored(orders!.length));
    expect(await ingest('olist-items', 'olist/olist_order_items_dataset.csv')).toEqual(allStored(items!.length));
    expect(await ingest('olist-payments', 'olist/olist_order_payments_dataset.csv')).toEqual(allStored(4_161));
    expect(await ingest('olist-reviews', 'olist/olist_order_reviews_dataset.csv')).toEqual(allStored(3_986));

    const person = new Map(customers!.map((row) => [row.customer_id!, row.customer_unique_id!]));
    const counted = orders!.filter(({ order_status }) => order_status !== 'canceled' && order_status !== 'unavailable');
    const buyer = new Map(counted.map((row) => [row.order_id!, person.get(row.customer_id!)!]));
    const lines = items!.flatMap((row) => {
      const who = buyer.get(row.order_id!);
      return who ? [[who, row.order_id!, cents(row.price!) + cents(row.freight_value!)] as const] : [];
    });
    const expected = expectedPurchases(lines);
    const found = await purchases(world, 'OLIST_CUSTOMER', Object.keys(expected));
    expect(found).toEqual(expected);
  }, 120_000);

  it('CDNOW: each row is an order, equal ones of a day too, and numbers keep their zeros', async () => {
    const lines = readFileSync(dataFile('cdnow/CDNOW_master.txt')!, 'utf8').trimEnd().split(/\r?\n/).slice(1);
    const rows = lines.map((line, index) => {
      const [customer = '', , , dollars = ''] = line.trim().split(/ +/);
      return [customer, `${index}`, cents(dollars)] as const;
    });
    expect(await ingest('cdnow', 'cdnow/CDNOW_master.txt')).toEqual(allStored(69_659));
    const expected = expectedPurchases(rows);
    expect(Object.keys(expected)).toHaveLength(23_570);
    expect(expected['00001']).toBe('1 11.77');
    expect(await purchases(world, 'CDNOW_ID', Object.keys(expected))).toEqual(expected);
  }, 240_000);

  it('Complete Journey: households, products, baskets and coupons', async () => {
    const transactions = rowsOf('complete-journey/transactions_sample.csv.gz');
    expect(await ingest('complete-journey-demographics', 'complete-journey/demographics.csv.gz')).toEqual(allStored(801));
    expect(await ingest('complete-journey-products', 'complete-journey/products.csv.gz')).toEqual(allStored(92_346));
    // One sale of 4.440892e-16 dollars, the rest of a sum that should have been nothing, is no amount.
    const amounts = transactions.filter(({ sales_value }) => /^\d+(\.\d+)?$/.test(sales_value!));
    expect([transactions.length, amounts.length]).toEqual([75_000, 74_999]);
    expect(await ingest('complete-journey-transactions', 'complete-journey/transactions_sample.csv.gz')).toEqual({
      read: 75_000,
      stored: 74_999,
      duplicates: 0,
      quarantined: 1,
      reasons: { FIELD_INVALID: 1 },
    });
    expect(await ingest('complete-journey-redemptions', 'complete-journey/coupon_redemptions.csv.gz')).toEqual(allStored(2_102));
    const expected = expectedPurchases(amounts.map((row) => [row.household_id!, row.basket_id!, cents(row.sales_value!)] as const));
    expect(await purchases(world, 'CJ_HOUSEHOLD', Object.keys(expected))).toEqual(expected);
  }, 240_000);

  it('YooChoose: every click of every session', async () => {
    const clicks = rowsOf('clicks/yoochoose-100k.tsv.gz', '\t');
    expect(await ingest('yoochoose', 'clicks/yoochoose-100k.tsv.gz')).toEqual(allStored(clicks.length));
    expect(clicks).toHaveLength(70_278);
    const sessions = [...new Set(clicks.map((row) => row.SessionId!))];
    const found = await world.company.directory.find(sessions.map((value) => ({ namespace: 'YOOCHOOSE_SESSION', value })));
    expect(new Set(found).size).toBe(sessions.length);
  }, 240_000);

  it("women's reviews: of products, by nobody", async () => {
    expect(rowsOf('reviews/womens-clothing-reviews.csv.gz')).toHaveLength(23_486);
    expect(await ingest('womens-reviews', 'reviews/womens-clothing-reviews.csv.gz')).toEqual(allStored(23_486));
    expect(await ingest('womens-reviews', 'reviews/womens-clothing-reviews.csv.gz')).toMatchObject({ stored: 0, duplicates: 23_486 });
  }, 120_000);
});
