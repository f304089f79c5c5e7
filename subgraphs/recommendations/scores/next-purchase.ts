import type { Catalogue } from '../../../kernel/catalogue.ts';
import type { ShelvedModel } from '../../../kernel/model-shelf.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { Basket } from '../../../models/next-basket/baskets.ts';
import type { NextBasketModel } from '../../../models/next-basket/next-basket-model.ts';
import { NextBasketRanker, type RankedItem, type RankReason, type RankRequest } from '../../../models/next-basket/ranker.ts';
import type { Signals as RankSignals } from '../../../models/next-basket/signals.ts';
import { tasteOf } from '../../../models/next-basket/taste.ts';
import { type CustomerRepresentation, isPersonal, type Signals, source } from '../representation.ts';
import { cartSkusOf } from '../source.ts';

/** One customer before the model of the next purchase. */
export interface CustomerToRank {
  /** Of pos. Without it nothing else is used. */
  readonly state: 'OK' | 'WITHHELD' | 'UNAVAILABLE';
  readonly now: EpochMs;
  readonly asOf: EpochMs | null;
  /** Of digital. */
  readonly digital: { readonly state: CustomerToRank['state']; readonly asOf: EpochMs | null };
  /** Oldest first; none without consent. */
  readonly baskets: readonly Required<Basket>[];
  /** Products in the cart. */
  readonly cart: readonly string[];
  /** Products looked at within 30 days, the last first. */
  readonly viewed: readonly string[];
  /** The store of most orders. */
  readonly store: string | null;
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
  const nothing = { now, asOf: null, baskets: [], cart: [], viewed: [], store: null, shelved };
  if (!isPersonal(customer)) return { ...nothing, state: 'WITHHELD', digital: { state: 'WITHHELD', asOf: null } };
  const behaviour = source(customer.digitalSignals, (digital) => ({
    cart: cartSkusOf(digital),
    viewed: digital.list('viewed', (item) => item.text('sku')),
  }));
  const digital = { state: behaviour.state, asOf: behaviour.state === 'OK' ? behaviour.asOf : null };
  const bought = source(customer.posBaskets, (pos) => ({ baskets: pos.list('baskets', basketOf), store: pos.text('store') }));
  if (bought.state !== 'OK') return { ...nothing, state: 'UNAVAILABLE', digital };
  const { baskets, store } = bought.signals;
  const { cart, viewed } = behaviour.state === 'OK' ? behaviour.signals : nothing;
  return { state: 'OK', now, asOf: bought.asOf, digital, baskets: baskets.toReversed(), cart, viewed, store, shelved };
}

function basketOf(item: Signals): Required<Basket> | null {
  const atMs = item.instant('at');
  return atMs === null ? null : { atMs, items: item.texts('skus') };
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

export interface Wanted {
  readonly first: number;
  /** Only what was never bought before. */
  readonly newOnly: boolean;
}

/** What the customer buys next, best first, whether it can be had or not. */
export function rankedItems(customer: CustomerToRank, model: NextBasketModel, { first, newOnly }: Wanted): readonly RankedItem[] {
  const ranker = rankerOf(model);
  const signals = signalsOf(customer, ranker, model, newOnly);
  const request: RankRequest = { baskets: customer.baskets, first, ...(signals && { signals }) };
  return newOnly ? ranker.discover(request) : ranker.rank(request);
}

/** undefined where there is nothing that could change the ranking: that is far cheaper. */
function signalsOf(
  { state, now, baskets, cart, viewed, store }: CustomerToRank,
  { catalogue }: NextBasketRanker,
  { method, trees, signalWeights }: NextBasketModel,
  newOnly: boolean,
): RankSignals | undefined {
  if (state !== 'OK') return undefined;
  // Weights of taste are learnt beside the trees; until they are, they are 0.
  const { category, price, season, store: ofStore } = signalWeights;
  const tells = trees !== null && (newOnly || method === 'BLEND') && [category, price, season, ofStore].some((weight) => weight !== 0);
  if (!tells && cart.length === 0 && viewed.length === 0) return undefined;
  const taste = tells
    ? {
        ...tasteOf(
          baskets.map(({ items }) => items),
          catalogue,
        ),
        month: new Date(now).getUTCMonth() + 1,
        ...(store !== null && { store }),
      }
    : {};
  return { cart, viewed, ...taste };
}

/** As `rankedItems`, without what can't be had now. null while no model was trained. One read of the catalogue. */
export async function rankedProducts(
  customer: CustomerToRank,
  { first, newOnly }: Wanted,
  catalogue: Catalogue | undefined,
): Promise<readonly RankedProduct[] | null> {
  const { state, baskets, cart, viewed, shelved } = customer;
  if (!shelved) return null;
  const items = rankedItems(customer, shelved.model, { first: first * SPARE, newOnly });
  const known = await catalogue?.products(items.map(({ item }) => item));
  const personalized = state === 'OK' && baskets.length + cart.length + viewed.length > 0;
  return items
    .filter(({ item }) => known?.get(item)?.available !== false)
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
