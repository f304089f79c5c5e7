import type { PurchaseFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { HistoryBuilder } from '../models/next-basket/baskets.ts';
import { trainNextBasket } from '../models/next-basket/training.ts';
import type { Learnt } from './consenting.ts';
import { rounded, type Trained } from './trainer.ts';

const SEED = 1;

/** The ranking of the next purchase from all orders with products. Memory grows with the products bought: some 100 bytes each. */
export async function trainRanking(purchases: AsyncIterable<Learnt<PurchaseFact>>, now: EpochMs): Promise<Trained> {
  const byPerson = new Map<string, { readonly at: EpochMs; readonly skus: readonly string[] }[]>();
  let [from, to, baskets] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for await (const { person, at, skus } of purchases) {
    if (at > now || skus.length === 0) continue;
    const own = byPerson.get(person) ?? [];
    own.push({ at, skus });
    byPerson.set(person, own);
    [from, to] = [Math.min(from, at), Math.max(to, at)];
    baskets += 1;
  }
  if (baskets === 0) return { ok: false, message: 'There are no orders with products of customers who allow models to learn from them.' };
  const builder = new HistoryBuilder();
  for (const [person, own] of byPerson)
    builder.add(
      person,
      own.sort((a, b) => a.at - b.at).map(({ skus }) => skus),
    );
  const model = trainNextBasket(builder.history(), { seed: SEED });
  const { validation } = model;
  return {
    ok: true,
    model,
    from,
    to,
    counts: { customers: byPerson.size, baskets, products: model.items.length, 'uses the blend': model.method === 'BLEND' ? 1 : 0 },
    metrics: validation
      ? {
          'customers held back': validation.customers,
          'blend recall@10': rounded(validation.blend.recallAt10),
          'personal top recall@10': rounded(validation.floor.recallAt10),
          'blend ndcg@10': rounded(validation.blend.ndcgAt10),
          'personal top ndcg@10': rounded(validation.floor.ndcgAt10),
        }
      : {},
  };
}
