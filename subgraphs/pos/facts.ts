import type { PurchaseFact } from '../../kernel/facts.ts';
import { productsOf } from './baskets.ts';
import type { OrderRecord } from './records.ts';
import { orderCounts } from './rules.ts';

/** What models learn of orders: those that count. */
export async function* purchaseFacts(orders: AsyncIterable<OrderRecord>): AsyncIterable<PurchaseFact> {
  for await (const order of orders) {
    if (!orderCounts(order)) continue;
    const { owner, placedAt, currency, totalMinor } = order;
    yield { owner, at: placedAt, currency, totalMinor, skus: productsOf(order) };
  }
}
