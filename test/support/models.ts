import type { Company } from '../../cli/company.ts';
import type { PurchaseFact } from '../../kernel/facts.ts';
import { ModelShelf } from '../../kernel/model-shelf.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { trainBase } from '../../training/base.ts';
import type { Learnt } from '../../training/consenting.ts';
import { trainRanking } from '../../training/next-basket.ts';

const TRAINED = { 'customer-base': trainBase, 'next-basket': trainRanking } as const;

/**
 * Has models in use that were learnt from all purchases of a company, for tests of what is computed with them. All count as made in EUR,
 * because a model takes a hundred customers of a currency.
 */
export async function useModels({ subgraphs, stores }: Company, now: EpochMs): Promise<void> {
  const store = stores.get('recommendations');
  const purchases = subgraphs.get('pos')?.facts.purchases;
  if (!store || !purchases) throw new Error('The company has no models, or nothing to learn from.');
  const shelf = new ModelShelf(store);
  for (const [kind, train] of Object.entries(TRAINED)) {
    const trained = await train(everybody(purchases()), now);
    if (!trained.ok) throw new Error(trained.message);
    const { model, from, to, counts, metrics } = trained;
    const { id } = await shelf.add(kind, model, { trainedAt: now, from, to, counts, metrics });
    await shelf.choose(kind, id, now);
  }
  await shelfOf(store).look(Object.keys(TRAINED));
}

async function* everybody(facts: AsyncIterable<PurchaseFact>): AsyncIterable<Learnt<PurchaseFact>> {
  for await (const fact of facts) yield { ...fact, person: fact.owner, currency: 'EUR' };
}
