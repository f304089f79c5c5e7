import type { Catalogue } from '../../kernel/catalogue.ts';
import type { ShelvedModel } from '../../kernel/model-shelf.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { Basket } from '../../models/next-basket/baskets.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { NextBasketRanker, type RankedItem, type RankReason } from '../../models/next-basket/ranker.ts';
import { type CustomerRepresentation, isPersonal, Signals, source } from './source.ts';

/** One customer before the model of the next purchase. */
export interface CustomerToRank {
  readonly state: 'OK' | 'WITHHELD' | 'UNAVAILABLE';
  readonly now: EpochMs;
  readonly asOf: EpochMs | null;
  /** Oldest first; none without consent. */
  readonly baskets: readonly Basket[];
  readonly cart: readonly string[];
  /** null while none was trained. */
  readonly shelved: ShelvedModel<NextBasketModel> | null;
}

/** A product in its place. */
export interface RankedProduct {
  readonly product: { readonly sku: string };
  readonly score: number;
  readonly rank: number;
  readonly boughtBefore: boolean;
  readonly personalized: boolean;
  readonly reason: ShownRankReason;
}

export interface ShownRankReason {
  readonly code: RankReason['code'];
  readonly times: number | null;
  readonly lastAt: EpochMs | null;
  readonly product: { readonly sku: string } | null;
}

/** Reads a representation. Never throws. Without consent to PERSONALIZATION and PROFILING nothing is looked at, and everybody is ranked alike. */
export function readNextPurchase(
  customer: CustomerRepresentation,
  now: EpochMs,
  shelved: ShelvedModel<NextBasketModel> | null,
): CustomerToRank {
  const nothing = { now, asOf: null, baskets: [], cart: [], shelved };
  if (!isPersonal(customer)) return { ...nothing, state: 'WITHHELD' };
  const bought = source(customer.posBaskets, (pos) =>
    pos.list('baskets', (item) => {
      const atMs = item.instant('at');
      return atMs === null ? null : { atMs, items: item.texts('skus') };
    }),
  );
  if (bought.state !== 'OK') return { ...nothing, state: 'UNAVAILABLE' };
  const cart = new Signals(customer.digitalSignals).list('cart', (item) => item.text('sku'));
  return { ...nothing, state: 'OK', asOf: bought.asOf, baskets: bought.signals.toReversed(), cart };
}

/** A ranker holds buffers, so one is made for each model. It is asked for one customer after another, without a pause in between. */
const rankers = new WeakMap<NextBasketModel, NextBasketRanker>();

function rankerOf(model: NextBasketModel): NextBasketRanker {
  const ranker = rankers.get(model) ?? new NextBasketRanker(model);
  rankers.set(model, ranker);
  return ranker;
}

/** Few products can't be had at a time; where more of the best can't, the list is shorter. */
const SPARE = 3;

/**
 * What the customer buys next, best first, without what can't be had now; with `newOnly` what was never bought before. null while no model
 * was trained. One read of the catalogue.
 */
export async function rankedProducts(
  { state, baskets, cart, shelved }: CustomerToRank,
  { first, newOnly }: { readonly first: number; readonly newOnly: boolean },
  catalogue: Catalogue | undefined,
): Promise<readonly RankedProduct[] | null> {
  if (!shelved) return null;
  const ranker = rankerOf(shelved.model);
  const request = { baskets, first: first * SPARE, ...(cart.length > 0 && { signals: { cart } }) };
  const items = newOnly ? ranker.discover(request) : ranker.rank(request);
  const gone = (await catalogue?.unavailable(items.map(({ item }) => item))) ?? new Set<string>();
  const personalized = state === 'OK' && baskets.length > 0;
  return items
    .filter(({ item }) => !gone.has(item))
    .slice(0, first)
    .map((item, index) => ranked(item, index + 1, personalized));
}

function ranked({ item, score, isNew, reason }: RankedItem, rank: number, personalized: boolean): RankedProduct {
  return {
    product: { sku: item },
    score,
    rank,
    boughtBefore: !isNew,
    personalized,
    reason: {
      code: reason.code,
      times: reason.code === 'REPEAT' ? reason.times : null,
      lastAt: reason.code === 'REPEAT' ? reason.lastAtMs : null,
      product: reason.code === 'SIMILAR_TO' ? { sku: reason.item } : null,
    },
  };
}
