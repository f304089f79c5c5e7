import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { DATA } from './line.ts';

/** Baskets of item ids by customer, oldest first: what the command reads from its two files. */
export interface BasketSet {
  readonly history: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly future: Readonly<Record<string, readonly (readonly string[])[]>>;
}

interface Purchase {
  readonly customer: string;
  readonly basket: string;
  readonly item: string;
  /** ISO-like, so that it sorts as text. */
  readonly at: string;
}

/** Codes of products; the others are postage, fees, samples and corrections. */
const PRODUCT_CODE = /^\d{5}/;
/** An item that fewer customers bought before the split is no item of the task. */
const FEWEST_BUYERS = 5;

/**
 * Online Retail, split in time: history is what was bought before `cut`, future the first invoice from then on of each customer known by
 * then. Cancelled invoices (C...) and lines without customer, quantity or price are left out. Undefined where the file is absent.
 */
export function onlineRetail(cut: string): BasketSet | undefined {
  const rows = rowsOf('online-retail/online-retail.csv.gz');
  if (!rows) return undefined;
  const purchases = rows
    .filter((row) => row.CustomerID && !row.InvoiceNo?.startsWith('C') && PRODUCT_CODE.test(row.StockCode ?? ''))
    .filter((row) => Number(row.Quantity) > 0 && Number(row.UnitPrice) > 0)
    .map((row) => ({ customer: row.CustomerID!, basket: row.InvoiceNo!, item: row.StockCode!, at: row.InvoiceDate! }));
  const buyers = new Map<string, Set<string>>();
  for (const { item, customer, at } of purchases) if (at < cut) buyers.set(item, (buyers.get(item) ?? new Set()).add(customer));
  const set = { history: {} as Record<string, string[][]>, future: {} as Record<string, string[][]> };
  for (const [customer, baskets] of basketsOf(purchases.filter(({ item }) => (buyers.get(item)?.size ?? 0) >= FEWEST_BUYERS))) {
    const before = baskets.filter(({ at }) => at < cut).map(({ items }) => [...items]);
    const after = baskets.find(({ at }) => at >= cut);
    if (before.length === 0) continue;
    set.history[customer] = before;
    if (after) set.future[customer] = [[...after.items]];
  }
  return set;
}

/** The sample of Complete Journey: the last basket of each household that has three or more, against all before. */
export function completeJourney(): BasketSet | undefined {
  const rows = rowsOf('complete-journey/transactions_sample.csv.gz');
  if (!rows) return undefined;
  const purchases = rows.map((row) => ({
    customer: row.household_id!,
    basket: row.basket_id!,
    item: row.product_id!,
    at: row.transaction_timestamp!,
  }));
  const set = { history: {} as Record<string, string[][]>, future: {} as Record<string, string[][]> };
  for (const [customer, baskets] of basketsOf(purchases)) {
    const items = baskets.map((basket) => [...basket.items]);
    if (items.length < 3) continue;
    set.future[customer] = items.slice(-1);
    set.history[customer] = items.slice(0, -1);
  }
  return set;
}

function basketsOf(purchases: readonly Purchase[]): Map<string, { at: string; items: Set<string> }[]> {
  const customers = new Map<string, Map<string, { at: string; items: Set<string> }>>();
  for (const { customer, basket, item, at } of purchases) {
    const baskets = customers.get(customer) ?? new Map<string, { at: string; items: Set<string> }>();
    customers.set(customer, baskets);
    const known = baskets.get(basket);
    if (known) known.items.add(item);
    else baskets.set(basket, { at, items: new Set([item]) });
  }
  return new Map(
    [...customers].map(([customer, baskets]) => [customer, [...baskets.values()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))]),
  );
}

function rowsOf(name: string): Record<string, string>[] | undefined {
  const path = `${DATA}/${name}`;
  if (!existsSync(path)) return undefined;
  return parse(gunzipSync(readFileSync(path)), { columns: true, bom: true }) as Record<string, string>[];
}
