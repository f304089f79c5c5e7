import { storeArrivals } from '../../kernel/fold.ts';
import type { Intake } from '../../kernel/intake.ts';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import { PRODUCT_FIELDS, type ProductRow, readProduct, readStore, STORE_FIELDS, type StoreRow } from './catalogue.ts';
import { foldOrder, foldPayment, foldProduct, foldReturn, foldStore, orderId, paymentId, returnId } from './ingest.ts';
import { ordersSpec, paymentsSpec, productsSpec, returnsSpec, storesSpec } from './records.ts';
import {
  ORDER_FIELDS,
  type OrderRow,
  orderContent,
  orderReference,
  PAYMENT_FIELDS,
  type PaymentRow,
  paymentContent,
  RETURN_FIELDS,
  type ReturnRow,
  readOrder,
  readPayment,
  readReturn,
  returnContent,
  returnReference,
} from './source.ts';

/** The key of a catalogue entry: its own id is its owner. */
export function catalogueKey(id: string) {
  return { owner: id, id };
}

/** The kinds of record that the tills, the shop and the catalogue send. */
export function posIntakes({ store }: Pick<SubgraphDeps, 'store'>) {
  const orders: Intake<OrderRow> = {
    kind: 'order',
    description: 'An order, a line of one, or both; lines and header may come in any order and from several files.',
    fields: ORDER_FIELDS,
    ownership: 'customer',
    read: readOrder,
    contentOf: orderContent,
    referenceOf: orderReference,
    happenedAt: ({ header, line }) => header?.placedAt ?? line?.line.at ?? null,
    store: (arrivals) =>
      storeArrivals(store.collection(ordersSpec), arrivals, (arrival) => ({ owner: arrival.owner, id: orderId(arrival) }), foldOrder),
  };
  const returns: Intake<ReturnRow> = {
    kind: 'return',
    description: 'A line of goods that a customer brought back.',
    fields: RETURN_FIELDS,
    ownership: 'customer',
    read: readReturn,
    contentOf: returnContent,
    referenceOf: returnReference,
    happenedAt: ({ line }) => line.line.at,
    store: (arrivals) =>
      storeArrivals(store.collection(returnsSpec), arrivals, (arrival) => ({ owner: arrival.owner, id: returnId(arrival) }), foldReturn),
  };
  const payments: Intake<PaymentRow> = {
    kind: 'payment',
    description: 'A payment made or due.',
    fields: PAYMENT_FIELDS,
    ownership: 'customer',
    read: readPayment,
    contentOf: paymentContent,
    happenedAt: ({ paidAt }) => paidAt,
    store: (arrivals) =>
      storeArrivals(store.collection(paymentsSpec), arrivals, (arrival) => ({ owner: arrival.owner, id: paymentId(arrival) }), foldPayment),
  };
  const products: Intake<ProductRow> = {
    kind: 'product',
    description: 'A catalogue entry, by sku.',
    fields: PRODUCT_FIELDS,
    ownership: 'none',
    read: readProduct,
    store: (arrivals) => storeArrivals(store.collection(productsSpec), arrivals, ({ record }) => catalogueKey(record.sku), foldProduct),
  };
  const stores: Intake<StoreRow> = {
    kind: 'store',
    description: 'A shop with staff or tills, by id.',
    fields: STORE_FIELDS,
    ownership: 'none',
    read: readStore,
    store: (arrivals) => storeArrivals(store.collection(storesSpec), arrivals, ({ record }) => catalogueKey(record.id), foldStore),
  };
  return { orders, returns, payments, products, stores };
}
