import type { ProductFact, PurchaseFact } from '../../kernel/facts.ts';
import { productsOf } from './baskets.ts';
import type { OrderRecord, ProductRecord } from './records.ts';
import { headerOf, orderCounts } from './rules.ts';

/** What models learn of orders: those that count. */
export async function* purchaseFacts(orders: AsyncIterable<OrderRecord>): AsyncIterable<PurchaseFact> {
  for await (const order of orders) {
    if (!orderCounts(order)) continue;
    const { owner, placedAt, currency, totalMinor } = order;
    yield { owner, at: placedAt, currency, totalMinor, skus: productsOf(order), store: headerOf(order).store };
  }
}

/** What the catalogue says of each product. */
export async function* productFacts(products: AsyncIterable<ProductRecord>): AsyncIterable<ProductFact> {
  for await (const { sku, category, priceMinor, currency } of products) yield { sku, category, priceMinor, currency };
}
