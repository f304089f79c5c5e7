import { type ProductFact, type PurchaseFact, VIEWED_LATELY_MS, type ViewFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { HistoryBuilder } from '../models/next-basket/baskets.ts';
import { catalogueOf, ItemCatalogueBuilder } from '../models/next-basket/item-catalogue.ts';
import type { NextBasketModel } from '../models/next-basket/next-basket-model.ts';
import type { Catalogue, Signals } from '../models/next-basket/signals.ts';
import { tasteOf } from '../models/next-basket/taste.ts';
import { trainNextBasket } from '../models/next-basket/training.ts';
import type { Learnt } from './consenting.ts';
import { rounded, type Trained } from './trainer.ts';

const SEED = 1;
/** What is looked at within the hour before an order is part of ordering; it would seem to foretell what is chosen already. */
const ORDERING_MS = 3_600_000;

interface Ordered {
  readonly at: EpochMs;
  readonly skus: readonly string[];
  readonly store: string | null;
}

interface View {
  readonly at: EpochMs;
  readonly sku: string;
}

/** Read one after another, in this order. */
export interface RankingFacts {
  readonly purchases: AsyncIterable<Learnt<PurchaseFact>>;
  readonly products: AsyncIterable<ProductFact>;
  readonly views: AsyncIterable<Learnt<ViewFact>>;
}

/**
 * The ranking of the next purchase from all orders with products, with what is known of the products, and from what customers looked at
 * before their last order. Memory grows with the products bought: some 100 bytes each.
 */
export async function trainRanking({ purchases, products, views }: RankingFacts, now: EpochMs): Promise<Trained> {
  const byPerson = new Map<string, Ordered[]>();
  let [from, to, baskets] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for await (const { person, at, skus, store } of purchases) {
    if (at > now || skus.length === 0) continue;
    const own = byPerson.get(person) ?? [];
    own.push({ at, skus, store });
    byPerson.set(person, own);
    [from, to] = [Math.min(from, at), Math.max(to, at)];
    baskets += 1;
  }
  if (baskets === 0) return { ok: false, message: 'There are no orders with products of customers who allow models to learn from them.' };
  const builder = new HistoryBuilder();
  const items = new ItemCatalogueBuilder();
  for (const [person, own] of byPerson) {
    own.sort((a, b) => a.at - b.at);
    builder.add(
      person,
      own.map(({ skus }) => skus),
    );
    for (const { at, skus, store } of own) for (const sku of skus) items.add(sku, monthOf(at), store);
  }
  const history = builder.history();
  const described = await describedOf(products, new Set(history.items));
  const kept = items.catalogue(history.items, (item) => described.get(item));
  const viewed = await viewsBefore(views, byPerson);
  const catalogue = catalogueOf(history.items, kept);
  const of = (person: string) => signalsBefore(byPerson.get(person) ?? [], viewed.get(person) ?? [], catalogue);
  const model = trainNextBasket(history, { seed: SEED, catalogue: kept, signals: { catalogue, of } });
  return {
    ok: true,
    model,
    learntFrom: byPerson.keys(),
    from,
    to,
    counts: {
      customers: byPerson.size,
      baskets,
      products: model.items.length,
      'with a category': kept.categoryOf.filter((category) => category >= 0).length,
      'with a price': kept.priceMinor.filter((price) => price >= 0).length,
      'with seasons': kept.months.filter((months) => months > 0).length,
      'customers who looked at products before their last order': viewed.size,
      'uses the blend': model.method === 'BLEND' ? 1 : 0,
    },
    metrics: metricsOf(model),
  };
}

function metricsOf({ validation, signalWeights }: NextBasketModel): Readonly<Record<string, number>> {
  if (!validation) return {};
  const weights = Object.entries(signalWeights).map(([signal, weight]) => [`weight of ${signal}`, rounded(weight)]);
  return {
    'customers held back': validation.customers,
    'blend recall@10': rounded(validation.blend.recallAt10),
    'personal top recall@10': rounded(validation.floor.recallAt10),
    'blend ndcg@10': rounded(validation.blend.ndcgAt10),
    'personal top ndcg@10': rounded(validation.floor.ndcgAt10),
    ...Object.fromEntries(weights),
  };
}

async function describedOf(products: AsyncIterable<ProductFact>, wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, ProductFact>> {
  const described = new Map<string, ProductFact>();
  for await (const product of products) if (wanted.has(product.sku)) described.set(product.sku, product);
  return described;
}

/** By person who ordered more than once, what they looked at lately when they ordered last. */
async function viewsBefore(views: AsyncIterable<Learnt<ViewFact>>, byPerson: ReadonlyMap<string, readonly Ordered[]>) {
  const viewed = new Map<string, View[]>();
  for await (const { person, at, sku } of views) {
    const own = byPerson.get(person);
    const last = own && own.length > 1 ? own.at(-1) : undefined;
    if (!last || at < last.at - VIEWED_LATELY_MS || at > last.at - ORDERING_MS) continue;
    const known = viewed.get(person) ?? [];
    known.push({ at, sku });
    viewed.set(person, known);
  }
  return viewed;
}

/** What the signals of a customer were just before the last of their orders, which are oldest first. */
function signalsBefore(orders: readonly Ordered[], views: readonly View[], catalogue: Catalogue): Signals {
  const before = orders.slice(0, -1);
  const last = orders.at(-1);
  const store = storeOfMost(before);
  const viewed = views.toSorted((a, b) => b.at - a.at || (a.sku < b.sku ? -1 : 1)).map(({ sku }) => sku);
  return {
    ...tasteOf(
      before.map(({ skus }) => skus),
      catalogue,
    ),
    ...(viewed.length > 0 && { viewed: [...new Set(viewed)] }),
    ...(last && { month: monthOf(last.at) }),
    ...(store !== null && { store }),
  };
}

/** As pos names the favourite store: that of most orders; of equal ones the more recently used. */
export function storeOfMost(orders: readonly Pick<Ordered, 'store'>[]): string | null {
  const counts = new Map<string, number>();
  for (const { store } of orders.toReversed()) if (store !== null) counts.set(store, (counts.get(store) ?? 0) + 1);
  let most: string | null = null;
  for (const [store, count] of counts) if (most === null || count > counts.get(most)!) most = store;
  return most;
}

const monthOf = (at: EpochMs) => new Date(at).getUTCMonth() + 1;
