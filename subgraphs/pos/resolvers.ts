import { type CustomerReference, membersOf, signalsAllowed } from '../../kernel/customer.ts';
import { badArgument } from '../../kernel/errors.ts';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { minorDigits } from '../../kernel/money.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { Cursor, Key, Range } from '../../kernel/storage/port.ts';
import type { PurchasesPaymentsArgs, PurchasesSummaryArgs, Resolvers } from '../../schema/generated/pos.ts';
import { basketsOf } from './baskets.ts';
import type { Context, PageArguments } from './context.ts';
import { favouriteStore, itemsPerOrder } from './habits.ts';
import { numberedId } from './ingest.ts';
import { recordOrder, recordPayment, recordReturn } from './mutations.ts';
import { purchaseDays } from './purchase-days.ts';
import { purchaseRank } from './quintiles.ts';
import { headerOf, latePayments, linesOf, orderAmounts, paymentStatus, type Summary, summarise } from './rules.ts';

type PageInput = Partial<Pick<PurchasesPaymentsArgs, 'first' | 'after'>>;

function page({ first, after }: PageInput): PageArguments & { after?: Cursor } {
  const cursor = decodeCursor(after);
  return { first: pageSize(first), ...(cursor && { after: cursor }) };
}

function period({ since, until }: PurchasesSummaryArgs): Range {
  if (typeof since === 'number' && typeof until === 'number' && until <= since)
    throw badArgument('until', 'is not after "since"', 'Leave it out for a period that is still running.');
  return { ...(typeof since === 'number' && { from: since }), ...(typeof until === 'number' && { to: until }) };
}

async function summary(customer: CustomerReference, range: Range, context: Context): Promise<Summary> {
  const members = membersOf(customer);
  const [orders, returns] = await Promise.all([context.orderTotals(range).load(members), context.returnTotals(range).load(members)]);
  return summarise(orders, returns);
}

/** The record with that entity id; null for one that is malformed or not stored. */
function byId<T>(prefix: string, id: string, load: (key: Key) => Promise<T | null>): Promise<T | null> | null {
  const key = parseEntityId(prefix, id);
  return key && load(key);
}

/** The order of the same customer that a return or payment names. */
function orderOf(record: Key & { readonly source: string; readonly orderNumber: string | null }, context: Context) {
  return record.orderNumber === null
    ? null
    : context.order.load({ owner: record.owner, id: numberedId(record.source, record.orderNumber) });
}

const ownerOf = ({ owner }: Key) => owner || null;
const shop = (id: string | null) => (id === null ? null : { id });
const inMajorUnits = ({ amountMinor, currency }: { amountMinor: number; currency: string }) => amountMinor / 10 ** minorDigits(currency);

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    purchases: async (customer, _, context) => {
      const members = membersOf(customer);
      // Orders and returns are what the summary and the signals read too: asked together, a page is one call of each.
      const [orders, returns] = await Promise.all([context.orderTotals({}).load(members), context.returnTotals({}).load(members)]);
      const known = orders.length > 0 || returns.length > 0 || (await context.payments({ first: 1 }).load(members)).items.length > 0;
      return known ? { members } : null;
    },
    posSignals: async (customer, _, context) => {
      const asOf = context.now;
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf, orderCount: 0, totalSpent: [], latePaymentCount: 0 };
      const [purchases, due, base] = await Promise.all([
        summary(customer, {}, context),
        context.paymentTotals({ to: context.now }).load(membersOf(customer)),
        context.quintiles(),
      ]);
      return {
        state: 'OK',
        asOf,
        orderCount: purchases.orderCount,
        firstOrderAt: purchases.firstOrderAt,
        lastOrderAt: purchases.lastOrderAt,
        totalSpent: purchases.byCurrency
          .filter(({ orderCount }) => orderCount > 0)
          .map(({ totalSpent }) => totalSpent)
          .sort((a, b) => inMajorUnits(b) - inMajorUnits(a)),
        latePaymentCount: latePayments(due),
        rank: purchaseRank(purchases, base),
      };
    },
    posBaskets: async (customer, _, context) => {
      const asOf = context.now;
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf, baskets: [] };
      const orders = await context.history(membersOf(customer));
      return { state: 'OK', asOf, baskets: basketsOf(orders), store: favouriteStore(orders) };
    },
    posHistory: async (customer, _, context) => {
      const asOf = context.now;
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf, bases: [] };
      return { state: 'OK', asOf, bases: purchaseDays(await context.everyOrder.load(membersOf(customer))) };
    },
  },
  PosBaskets: {
    storeTimeZone: async ({ store }, _, context) => (store == null ? null : ((await context.shop.load(store))?.timeZone ?? null)),
  },
  Purchases: {
    orders: async ({ members }, args, context) => {
      const wanted = page(args);
      const found = await context.orders(wanted).load(members);
      return connection(
        found,
        ({ placedAt, id }) => ({ at: placedAt, id }),
        (order) => order,
        wanted.after,
      );
    },
    returns: async ({ members }, args, context) => {
      const wanted = page(args);
      const found = await context.returns(wanted).load(members);
      return connection(
        found,
        ({ returnedAt, id }) => ({ at: returnedAt, id }),
        (item) => item,
        wanted.after,
      );
    },
    payments: async ({ members }, args, context) => {
      const wanted = page(args);
      const found = await context.payments(wanted).load(members);
      return connection(
        found,
        ({ at, id }) => ({ at, id }),
        (payment) => payment,
        wanted.after,
      );
    },
    summary: async ({ members }, args, context) => {
      const range = period(args);
      const { orderCount, firstOrderAt, lastOrderAt, repeatRate, byCurrency } = await summary({ id: '', members }, range, context);
      return { orderCount, firstOrderAt, lastOrderAt, repeatRate, byCurrency, members, range };
    },
    favouriteStore: async ({ members }, _, context) => shop(favouriteStore(await context.history(members))),
    favouriteCategories: ({ members }, _, context) => context.categories.load(members),
  },
  PurchaseSummary: {
    itemsPerOrder: async ({ members, range }, _, context) => itemsPerOrder(await context.history(members, range)),
    totalSpent: ({ byCurrency }) => byCurrency.filter(({ orderCount }) => orderCount > 0).map(({ totalSpent }) => totalSpent),
    averageOrderValue: ({ byCurrency }) => byCurrency[0]?.averageOrderValue ?? null,
    returnedTotal: ({ byCurrency }) => byCurrency.map(({ returnedTotal }) => returnedTotal).filter(({ amountMinor }) => amountMinor > 0),
    returnRate: ({ byCurrency }) => byCurrency[0]?.returnRate ?? null,
  },
  CurrencySummary: { currencyCode: ({ currency }) => currency },
  Order: {
    __resolveReference: ({ id }, context) => byId('ord', id, (key) => context.order.load(key)),
    id: (order) => entityId('ord', order),
    owner: ownerOf,
    store: (order) => shop(headerOf(order).store),
    channel: (order) => headerOf(order).channel ?? 'UNKNOWN',
    status: (order) => headerOf(order).status ?? 'UNKNOWN',
    placedAt: ({ placedAt }) => placedAt || null,
    lines: ({ lines }) => linesOf(lines),
    subtotal: (order) => orderAmounts(order)?.subtotal ?? null,
    discountTotal: (order) => orderAmounts(order)?.discountTotal ?? null,
    taxTotal: (order) => orderAmounts(order)?.taxTotal ?? null,
    shippingTotal: (order) => orderAmounts(order)?.shippingTotal ?? null,
    total: ({ totalMinor, currency }) => (currency === null ? null : { amountMinor: totalMinor, currency }),
  },
  OrderLine: {
    product: ({ sku, name, category }) => (sku === null ? null : { sku, name, category }),
    name: async ({ sku, name }, _, context) => name ?? (sku === null ? null : ((await context.product.load(sku))?.name ?? null)),
  },
  Return: {
    __resolveReference: ({ id }, context) => byId('ret', id, (key) => context.return.load(key)),
    id: (record) => entityId('ret', record),
    owner: ownerOf,
    order: (record, _, context) => orderOf(record, context),
    store: ({ store }) => shop(store),
    channel: ({ channel }) => channel ?? 'UNKNOWN',
    lines: ({ lines }) => linesOf(lines),
    total: ({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency }),
  },
  Payment: {
    __resolveReference: ({ id }, context) => byId('pay', id, (key) => context.payment.load(key)),
    id: (payment) => entityId('pay', payment),
    owner: ownerOf,
    order: (payment, _, context) => orderOf(payment, context),
    status: (payment, _, { now }) => paymentStatus(payment, now),
    amount: ({ amountMinor, currency }) => ({ amountMinor, currency }),
  },
  Product: {
    __resolveReference: ({ sku }) => ({ sku }),
    gtin: async ({ sku }, _, context) => (await context.product.load(sku))?.gtin ?? null,
    name: async ({ sku, name }, _, context) => (await context.product.load(sku))?.name ?? name ?? null,
    brand: async ({ sku }, _, context) => (await context.product.load(sku))?.brand ?? null,
    category: async ({ sku, category }, _, context) => (await context.product.load(sku))?.category ?? category ?? null,
    price: async ({ sku }, _, context) => {
      const product = await context.product.load(sku);
      if (product?.priceMinor == null || product.currency === null) return null;
      return { amountMinor: product.priceMinor, currency: product.currency };
    },
    availability: async ({ sku }, _, context) => (await context.product.load(sku))?.availability ?? 'UNKNOWN',
    availabilityAt: async ({ sku }, _, context) => (await context.product.load(sku))?.availabilityAt || null,
  },
  Store: {
    __resolveReference: async ({ id }) => ({ id }),
    name: async ({ id }, _, context) => (await context.shop.load(id))?.name ?? null,
    country: async ({ id }, _, context) => (await context.shop.load(id))?.country ?? null,
    timeZone: async ({ id }, _, context) => (await context.shop.load(id))?.timeZone ?? null,
    location: async ({ id }, _, context) => {
      const store = await context.shop.load(id);
      if (store?.latitude == null || store.longitude === null) return null;
      return { latitude: store.latitude, longitude: store.longitude };
    },
  },
  Query: {
    order: (_, { id }, context) => byId('ord', id, (key) => context.order.load(key)),
    product: async (_, { sku }, context) => ((await context.product.load(sku)) ? { sku } : null),
    store: async (_, { id }, context) => ((await context.shop.load(id)) ? { id } : null),
  },
  Mutation: {
    orderRecord: (_, { input }, context) => recordOrder(input, context),
    returnRecord: (_, { input }, context) => recordReturn(input, context),
    paymentRecord: (_, { input }, context) => recordPayment(input, context),
  },
};
