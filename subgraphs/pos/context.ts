import { documentsOf, keyText, membersText, pagesOf } from '../../kernel/batches.ts';
import { everything } from '../../kernel/everything.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader, loaderByArguments } from '../../kernel/loader.ts';
import type { Cursor, EpochMs, GroupTotal, Key, Members, Page, Range, Store } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type CategoryHabit, favouriteCategories, HABIT_ORDERS, uncategorised } from './habits.ts';
import { catalogueKey } from './intakes.ts';
import { BASE } from './measuring.ts';
import {
  type OrderRecord,
  ordersSpec,
  type PaymentRecord,
  type ProductRecord,
  paymentsSpec,
  productsSpec,
  type QuintilesRecord,
  quintilesSpec,
  type ReturnRecord,
  returnsSpec,
  type StoreRecord,
  storesSpec,
} from './records.ts';

/** A page specification: `after` and the bounds of the period, absent where open. */
export interface PageArguments extends Range {
  readonly first: number;
  readonly after?: Cursor;
}

type ByMembers<V> = Loader<Members, V>;
type ByKey<V> = Loader<Key, V | null>;

/** What one request reads with: each batch is one store call per collection. */
export interface Context {
  readonly now: EpochMs;
  readonly store: Store;
  readonly directory: Directory;
  readonly orders: (page: PageArguments) => ByMembers<Page<OrderRecord>>;
  readonly returns: (page: PageArguments) => ByMembers<Page<ReturnRecord>>;
  readonly payments: (page: PageArguments) => ByMembers<Page<PaymentRecord>>;
  readonly orderTotals: (range: Range) => ByMembers<readonly GroupTotal[]>;
  readonly returnTotals: (range: Range) => ByMembers<readonly GroupTotal[]>;
  readonly paymentTotals: (range: Range) => ByMembers<readonly GroupTotal[]>;
  /** The latest orders that habits are read from. */
  readonly history: (members: Members, range?: Range) => Promise<readonly OrderRecord[]>;
  /** All of a person's orders. */
  readonly everyOrder: ByMembers<readonly OrderRecord[]>;
  readonly categories: ByMembers<readonly CategoryHabit[]>;
  readonly order: ByKey<OrderRecord>;
  readonly return: ByKey<ReturnRecord>;
  readonly payment: ByKey<PaymentRecord>;
  readonly product: Loader<string, ProductRecord | null>;
  readonly shop: Loader<string, StoreRecord | null>;
  readonly quintiles: () => Promise<QuintilesRecord | null>;
}

async function historyOf(orders: Context['orders'], members: Members, range: Range = {}): Promise<readonly OrderRecord[]> {
  return (await orders({ first: HABIT_ORDERS, ...range }).load(members)).items;
}

export function context({ store, directory }: SubgraphDeps): (scope: RequestScope) => Context {
  const orders = store.collection(ordersSpec);
  const returns = store.collection(returnsSpec);
  const payments = store.collection(paymentsSpec);
  const products = store.collection(productsSpec);
  const stores = store.collection(storesSpec);
  const quintiles = store.collection(quintilesSpec);

  const readOrders = pagesOf(orders);
  const readReturns = pagesOf(returns);
  const readPayments = pagesOf(payments);
  const totalOrders = (range: Range, persons: readonly Members[]) => orders.totals(persons, { ...range, by: 'tally' });
  const totalReturns = (range: Range, persons: readonly Members[]) => returns.totals(persons, { ...range, by: 'currency' });
  const totalPayments = (range: Range, persons: readonly Members[]) => payments.totals(persons, { ...range, by: 'tally' });
  // What habits are read from are the latest of all: a request for both reads them once.
  const readEveryOrder = async (orderPages: Context['orders'], persons: readonly Members[]) =>
    everything(orders, persons, await Promise.all(persons.map((members) => orderPages({ first: HABIT_ORDERS }).load(members))));
  const getOrders = documentsOf(orders);
  const getReturns = documentsOf(returns);
  const getPayments = documentsOf(payments);
  const getProducts = (skus: readonly string[]) => products.getMany(skus.map(catalogueKey));
  const getStores = (ids: readonly string[]) => stores.getMany(ids.map(catalogueKey));
  const getQuintiles = documentsOf(quintiles);
  const readCategories = async (orderPages: Context['orders'], persons: readonly Members[]) => {
    const histories = await Promise.all(persons.map((members) => historyOf(orderPages, members)));
    const skus = [...new Set(histories.flatMap(uncategorised))];
    const found = skus.length > 0 ? await getProducts(skus) : [];
    const categories = new Map(skus.map((sku, index) => [sku, found[index]?.category ?? null]));
    return histories.map((own) => favouriteCategories(own, (sku) => categories.get(sku) ?? null));
  };

  return ({ now }) => {
    const orderPages = loaderByArguments(readOrders, membersText);
    const base = loader(getQuintiles, keyText);
    return {
      now,
      store,
      directory,
      history: (members, range) => historyOf(orderPages, members, range),
      orders: orderPages,
      returns: loaderByArguments(readReturns, membersText),
      payments: loaderByArguments(readPayments, membersText),
      orderTotals: loaderByArguments(totalOrders, membersText),
      returnTotals: loaderByArguments(totalReturns, membersText),
      paymentTotals: loaderByArguments(totalPayments, membersText),
      everyOrder: loader((persons: readonly Members[]) => readEveryOrder(orderPages, persons), membersText),
      categories: loader((persons: readonly Members[]) => readCategories(orderPages, persons), membersText),
      order: loader(getOrders, keyText),
      return: loader(getReturns, keyText),
      payment: loader(getPayments, keyText),
      product: loader(getProducts),
      shop: loader(getStores),
      quintiles: () => base.load(BASE),
    };
  };
}
