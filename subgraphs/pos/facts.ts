import type { PurchaseFact } from '../../kernel/facts.ts';
import { productsOf } from './baskets.ts';
import type { OrderRecord } from './records.ts';

/** What models learn of orders: those that count (see `OrderRecord.tally`), in a currency that is known. */
export async function* purchaseFacts(orders: AsyncIterable<OrderRecord>): AsyncIterable<PurchaseFact> {
  for await (const order of orders) {
    const { owner, placedAt, currency, totalMinor, tally } = order;
    if (currency !== null && tally === currency) yield { owner, at: placedAt, currency, totalMinor, skus: productsOf(order) };
  }
}
