import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { counts, dataFile, type Ingesting, openIngesting } from '../support/ingest.ts';
import { MONGODB_URI } from '../support/mongo.ts';

const file = dataFile('online-retail/online-retail.csv.gz');
if (MONGODB_URI) console.log('MONGODB_URI is set: half a million rows of Online Retail are SKIPPED, they are for the embedded store.');

interface Expected {
  /** Ten-thousandths of a pound by invoice. */
  readonly orders: Map<string, bigint>;
  readonly returns: Map<string, bigint>;
}

/** Who bought what, from the file alone: no code of the product has a part in it. */
function independently(path: string): ReadonlyMap<string, Expected> {
  const customers = new Map<string, Expected>();
  const [header = '', ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  expect(header.trim()).toBe('InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country');
  for (const line of lines) {
    // Only descriptions are quoted, and none holds a line end; what follows them has no commas of its own.
    const cells = line
      .replace(/"(?:[^"]|"")*"/g, 'quoted')
      .trim()
      .split(',');
    const [invoice = '', , , quantity = '', , price = '', customer = ''] = cells;
    if (customer === '') continue;
    const id = customer.replace(/\.0$/, '');
    let one = customers.get(id);
    if (!one) {
      one = { orders: new Map(), returns: new Map() };
      customers.set(id, one);
    }
    const [whole = '', fraction = ''] = price.split('.');
    const amount = BigInt(quantity) * BigInt(whole + fraction.padEnd(4, '0'));
    if (invoice.startsWith('C')) one.returns.set(invoice, (one.returns.get(invoice) ?? 0n) - amount);
    else if (BigInt(quantity) > 0n && !price.startsWith('-')) one.orders.set(invoice, (one.orders.get(invoice) ?? 0n) + amount);
  }
  return customers;
}

/** Pounds and pence of ten-thousandths, each invoice rounded half up. */
function pounds(invoices: ReadonlyMap<string, bigint>): string {
  let pence = 0n;
  for (const amount of invoices.values()) pence += (amount + 50n) / 100n;
  return `${pence / 100n}.${String(pence % 100n).padStart(2, '0')}`;
}

const QUERY = parse(`query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Customer {
      purchases { summary { orderCount totalSpent { amount currencyCode } returnedTotal { amount currencyCode } averageOrderValue { amount } } }
    }
  }
}`);

describe.skipIf(!file || MONGODB_URI)('Online Retail', () => {
  let world: Ingesting;
  beforeAll(async () => {
    world = await openIngesting(['identity', 'pos']);
  });
  afterAll(() => world.close());

  it('is read whole: every row is stored or quarantined, equal lines are stored too', async () => {
    expect(counts(await world.ingest(file!, world.example('online-retail')))).toEqual({
      read: 541_909,
      stored: 406_829,
      duplicates: 0,
      quarantined: 135_080,
      reasons: { NO_IDENTIFIER: 135_080 },
    });
    expect(await world.quarantine.summary('online-retail/online-retail')).toEqual([{ code: 'NO_IDENTIFIER', count: 135_080 }]);
  }, 300_000);

  it('gives every customer the orders and totals that the file has', async () => {
    const expected = independently(file!);
    expect(expected.size).toBe(4_372);
    const subgraph = world.company.subgraphs.get('pos')!;
    const numbers = [...expected.keys()];
    const returnsOnly = numbers.filter((number) => expected.get(number)!.orders.size === 0);
    expect(returnsOnly).toHaveLength(33);
    for (let from = 0; from < numbers.length; from += 100) {
      const page = numbers.slice(from, from + 100);
      const ids = await world.company.directory.find(page.map((value) => ({ namespace: 'POS_ID', value })));
      const answer = await subgraph.execute(
        QUERY,
        { representations: ids.map((id) => ({ __typename: 'Customer', id, members: [id], permissions: [] })) },
        subgraph.context({ requestId: 'test', now: world.company.time.now }),
      );
      expect(answer.errors).toBeUndefined();
      const found = JSON.parse(JSON.stringify(answer.data?._entities)) as {
        purchases: { summary: { averageOrderValue: object | null } };
      }[];
      const wanted = page.map((number) => {
        const { orders, returns } = expected.get(number)!;
        const money = (invoices: Map<string, bigint>) => (invoices.size === 0 ? [] : [{ amount: pounds(invoices), currencyCode: 'GBP' }]);
        return { orderCount: orders.size, totalSpent: money(orders), returnedTotal: money(returns) };
      });
      expect(found.map(({ purchases: { summary } }) => ({ ...summary, averageOrderValue: undefined }))).toEqual(wanted);
      for (const [index, { orderCount }] of wanted.entries()) {
        expect(found[index]!.purchases.summary.averageOrderValue === null).toBe(orderCount === 0);
      }
    }
  }, 120_000);

  it('stores nothing when it is read again, counts the quarantined rows again, and lists them once', async () => {
    expect(counts(await world.ingest(file!, world.example('online-retail')))).toEqual({
      read: 541_909,
      stored: 0,
      duplicates: 406_829,
      quarantined: 135_080,
      reasons: { NO_IDENTIFIER: 135_080 },
    });
    expect(await world.quarantine.summary('online-retail/online-retail')).toEqual([{ code: 'NO_IDENTIFIER', count: 135_080 }]);
  }, 300_000);
});
