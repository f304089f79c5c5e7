import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type { ProductFact, PurchaseFact } from '../../kernel/facts.ts';
import type { Learnt } from '../../training/consenting.ts';
import { DATA } from './line.ts';

/** Baskets of item ids by customer, oldest first: what the command reads from its two files. */
export interface BasketSet {
  readonly history: Readonly<Record<string, readonly (readonly string[])[]>>;
  readonly future: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** The same history as the product learns from it, with what the set says beside of stores and items. */
  readonly facts: { readonly purchases: readonly Learnt<PurchaseFact>[]; readonly products: readonly ProductFact[] };
  /** When the basket of `future` was bought. */
  readonly futureAt: ReadonlyMap<string, number>;
}

interface Purchase {
  readonly customer: string;
  readonly basket: string;
  readonly item: string;
  /** ISO-like, so that it sorts as text. */
  readonly at: string;
  readonly store: string | null;
  /** Of one, before discounts. */
  readonly priceMinor: number;
}

interface Bought {
  readonly at: string;
  readonly store: string | null;
  readonly items: Set<string>;
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
    .map((row) => ({
      customer: row.CustomerID!,
      basket: row.InvoiceNo!,
      item: row.StockCode!,
      at: row.InvoiceDate!,
      store: null,
      priceMinor: Math.round(100 * Number(row.UnitPrice)),
    }));
  const buyers = new Map<string, Set<string>>();
  for (const { item, customer, at } of purchases) if (at < cut) buyers.set(item, (buyers.get(item) ?? new Set()).add(customer));
  const items = purchases.filter(({ item }) => (buyers.get(item)?.size ?? 0) >= FEWEST_BUYERS);
  const before = items.filter(({ at }) => at < cut);
  return basketSet(basketsOf(items), pricedAs(before), (baskets) => [
    baskets.filter(({ at }) => at < cut),
    baskets.find(({ at }) => at >= cut),
  ]);
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
    store: row.store_id!,
    priceMinor: Math.round((100 * (Number(row.sales_value) + Number(row.retail_disc))) / Math.max(1, Number(row.quantity))),
  }));
  const categories = new Map(rowsOf('complete-journey/products.csv.gz')?.map((row) => [row.product_id!, row.product_category!]));
  const products = pricedAs(purchases).map((product) => ({ ...product, category: categories.get(product.sku) ?? null }));
  return basketSet(basketsOf(purchases), products, (baskets) =>
    baskets.length < 3 ? [[], undefined] : [baskets.slice(0, -1), baskets.at(-1)],
  );
}

/** @param split a customer's baskets, oldest first, into those known and the next. Without a known one the customer is left out. */
function basketSet(
  customers: ReadonlyMap<string, readonly Bought[]>,
  products: readonly ProductFact[],
  split: (baskets: readonly Bought[]) => readonly [known: readonly Bought[], next: Bought | undefined],
): BasketSet {
  const history: Record<string, string[][]> = {};
  const future: Record<string, string[][]> = {};
  const known = new Map<string, readonly Bought[]>();
  const futureAt = new Map<string, number>();
  for (const [customer, baskets] of customers) {
    const [before, next] = split(baskets);
    if (before.length === 0) continue;
    known.set(customer, before);
    history[customer] = before.map(({ items }) => [...items]);
    if (!next) continue;
    future[customer] = [[...next.items]];
    futureAt.set(customer, timeOf(next.at));
  }
  // In the order of `history`, so that both ways of learning shuffle alike.
  const purchases = Object.keys(history).flatMap((customer) =>
    known.get(customer)!.map(({ at, items, store }) => ({
      owner: customer,
      person: customer,
      at: timeOf(at),
      currency: CURRENCY,
      totalMinor: 0,
      skus: [...items],
      store,
    })),
  );
  return { history, future, facts: { purchases, products }, futureAt };
}

const CURRENCY = 'XXX';
const timeOf = (at: string) => Date.parse(`${at.replace(' ', 'T')}Z`);

/** Items at the middle of the prices that they were sold for. */
function pricedAs(purchases: readonly Purchase[]): readonly ProductFact[] {
  const prices = new Map<string, number[]>();
  for (const { item, priceMinor } of purchases) {
    const known = prices.get(item);
    if (known) known.push(priceMinor);
    else prices.set(item, [priceMinor]);
  }
  const middle = (of: number[]) => of.sort((a, b) => a - b)[of.length >> 1]!;
  return [...prices].map(([sku, of]) => ({ sku, category: null, priceMinor: middle(of), currency: CURRENCY }));
}

function basketsOf(purchases: readonly Purchase[]): ReadonlyMap<string, readonly Bought[]> {
  const customers = new Map<string, Map<string, Bought>>();
  for (const { customer, basket, item, at, store } of purchases) {
    const baskets = customers.get(customer) ?? new Map<string, Bought>();
    customers.set(customer, baskets);
    const known = baskets.get(basket);
    if (known) known.items.add(item);
    else baskets.set(basket, { at, store, items: new Set([item]) });
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
