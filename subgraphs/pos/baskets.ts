import type { EpochMs } from '../../kernel/storage/port.ts';
import type { OrderRecord } from './records.ts';
import { linesOf, orderCounts } from './rules.ts';

/** What was in one order that counts, each product once. */
export interface PurchasedBasket {
  readonly at: EpochMs;
  readonly skus: readonly string[];
}

/** Signals are bounded: more of a history changes no ranking. */
const MOST_PRODUCTS = 200;

/** Of orders given newest first, those with products, until they hold MOST_PRODUCTS together; the last one is cut there. */
export function basketsOf(orders: readonly OrderRecord[]): readonly PurchasedBasket[] {
  const baskets: PurchasedBasket[] = [];
  let room = MOST_PRODUCTS;
  for (const order of orders) {
    if (room === 0) break;
    const skus = productsOf(order).slice(0, room);
    if (skus.length > 0) baskets.push({ at: order.placedAt, skus });
    room -= skus.length;
  }
  return baskets;
}

/** The products of an order that counts, each once, in the order of the lines; none of another. */
export function productsOf(order: OrderRecord): readonly string[] {
  if (!orderCounts(order)) return [];
  const skus = new Set(linesOf(order.lines).map(({ sku }) => sku));
  skus.delete(null);
  return [...skus] as string[];
}
