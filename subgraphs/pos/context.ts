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
  readonly categories: ByMembers<readonly CategoryHabit[]>;
  readonly order: ByKey<OrderRecord>;
  readonly return: ByKey<ReturnRecord>;
  readonly payment: ByKey<PaymentRecord>;
  readonly product: Loader<string, ProductRecord | null>;
  readonly shop: Loader<string, StoreRecord | null>;
  readonly quintiles: () => Promise<QuintilesRecord | null>;
}

const membersText = (members: Members) => members.join('\n');
const keyText = ({ owner, id }: Key) => `${owner}\n${id}`;

async function historyOf(orders: Context['orders'], members: Members, range: Range = {}): Promise<readonly OrderRecord[]> {
  return (await orders({ first: HABIT_ORDERS, ...range }).load(members)).items;
}

export function context({ store, directory }: SubgraphDeps, { now }: RequestScope): Context {
  const orders = store.collection(ordersSpec);
  const returns = store.collection(returnsSpec);
  const payments = store.collection(paymentsSpec);
  const products = store.collection(productsSpec);
  const stores = store.collection(storesSpec);
  const base = loader((keys: readonly Key[]) => store.collection(quintilesSpec).getMany(keys), keyText);
  const orderPages = loaderByArguments((page: PageArguments, persons: readonly Members[]) => orders.latest(persons, page), membersText);
  return {
    now,
    store,
    directory,
    history: (members, range) => historyOf(orderPages, members, range),
    orders: orderPages,
    returns: loaderByArguments((page: PageArguments, persons: readonly Members[]) => returns.latest(persons, page), membersText),
    payments: loaderByArguments((page: PageArguments, persons: readonly Members[]) => payments.latest(persons, page), membersText),
    orderTotals: loaderByArguments(
      (range: Range, persons: readonly Members[]) => orders.totals(persons, { ...range, by: 'tally' }),
      membersText,
    ),
    returnTotals: loaderByArguments(
      (range: Range, persons: readonly Members[]) => returns.totals(persons, { ...range, by: 'currency' }),
      membersText,
    ),
    paymentTotals: loaderByArguments(
      (range: Range, persons: readonly Members[]) => payments.totals(persons, { ...range, by: 'tally' }),
      membersText,
    ),
    categories: loader(async (persons: readonly Members[]) => {
      const histories = await Promise.all(persons.map((members) => historyOf(orderPages, members)));
      const skus = [...new Set(histories.flatMap(uncategorised))];
      const found = skus.length > 0 ? await products.getMany(skus.map(catalogueKey)) : [];
      const categories = new Map(skus.map((sku, index) => [sku, found[index]?.category ?? null]));
      return histories.map((own) => favouriteCategories(own, (sku) => categories.get(sku) ?? null));
    }, membersText),
    order: loader((keys: readonly Key[]) => orders.getMany(keys), keyText),
    return: loader((keys: readonly Key[]) => returns.getMany(keys), keyText),
    payment: loader((keys: readonly Key[]) => payments.getMany(keys), keyText),
    product: loader((skus: readonly string[]) => products.getMany(skus.map(catalogueKey))),
    shop: loader((ids: readonly string[]) => stores.getMany(ids.map(catalogueKey))),
    quintiles: () => base.load(BASE),
  };
}
