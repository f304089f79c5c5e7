import type { PurchaseFact } from '../../kernel/facts.ts';
import type { OrderRecord } from './records.ts';
import { linesOf } from './rules.ts';

/** What models learn of orders: those that count (see `OrderRecord.tally`), in a currency that is known. */
export async function* purchaseFacts(orders: AsyncIterable<OrderRecord>): AsyncIterable<PurchaseFact> {
  for await (const { owner, placedAt, currency, totalMinor, tally, lines } of orders) {
    if (currency === null || tally !== currency) continue;
    const skus = new Set(linesOf(lines).map(({ sku }) => sku));
    skus.delete(null);
    yield { owner, at: placedAt, currency, totalMinor, skus: [...skus] as string[] };
  }
}
