import { describe, expect, it } from 'vitest';
import type { ProductFact, PurchaseFact, ViewFact } from '../../kernel/facts.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { randomOf } from '../../models/random.ts';
import type { Learnt } from '../../training/consenting.ts';
import { trainRanking } from '../../training/next-basket.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 2, 1, 12);
const PEOPLE = 400;
const random = randomOf(3);
const any = (of: number) => Math.floor(random() * of);

const purchases: Learnt<PurchaseFact>[] = [];
const views: Learnt<ViewFact>[] = [];
// Nobody has habits. All look at what they are going to buy the day before, at something else an hour ahead, and at a third thing long ago.
for (let i = 0; i < PEOPLE; i++) {
  const person = { owner: `cus_${i}`, person: `cus_${i}` };
  const last = NOW - any(300) * DAY;
  for (let n = 3; n >= 0; n--) {
    const at = last - n * 40 * DAY;
    const bought = `sku-${any(40)}`;
    purchases.push({ ...person, at, currency: 'EUR', totalMinor: 100, skus: [bought], store: n === 0 ? null : `shop-${i % 2}` });
    if (n > 0) continue;
    views.push({ ...person, at: at - DAY, sku: bought });
    views.push({ ...person, at: at - 60_000, sku: `sku-${any(40)}` });
    views.push({ ...person, at: at - 31 * DAY, sku: `sku-${any(40)}` });
  }
}
const products: ProductFact[] = Array.from({ length: 60 }, (_, n) => ({
  sku: `sku-${n}`,
  category: n < 30 ? `category-${n % 3}` : null,
  priceMinor: 100 * (1 + n),
  currency: 'EUR',
}));

async function* each<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values;
}

async function trained(seen: readonly Learnt<ViewFact>[]) {
  const result = await trainRanking({ purchases: each(purchases), products: each(products), views: each(seen) }, NOW);
  if (!result.ok) throw new Error(result.message);
  return { ...result, model: result.model as NextBasketModel };
}

describe('training the next basket', () => {
  it('learns how much it tells that a product was looked at before an order, but not within the hour or a month before', async () => {
    const { model, counts, metrics } = await trained(views);
    expect(counts['customers who looked at products before their last order']).toBe(PEOPLE);
    // 3 of 4 held back: judged 1.5; what everybody bought the day after is worth far more.
    expect(metrics['weight of viewed']).toBeGreaterThan(3);
    expect(model.signalWeights.nearCart).toBe(1.5);
  });

  it('keeps the judged weight of views where there are none', async () => {
    const { metrics, counts } = await trained([]);
    expect(metrics['weight of viewed']).toBe(1.5);
    expect(counts['customers who looked at products before their last order']).toBe(0);
  });

  it('keeps what the catalogue says of what was bought, and nothing of what was not', async () => {
    const { model, counts } = await trained([]);
    expect(model.items).toHaveLength(40);
    expect(counts).toMatchObject({ products: 40, 'with a category': 30, 'with a price': 40 });
    expect(model.catalogue?.categories).toEqual(['category-0', 'category-1', 'category-2']);
    expect(model.catalogue?.currency).toBe('EUR');
    expect(model.catalogue?.stores).toEqual(['shop-0', 'shop-1']);
    expect(JSON.stringify(model)).not.toContain('cus_');
  });
});
