import type { Logger } from 'pino';
import type { Catalogue, CatalogueProduct } from '../../../kernel/catalogue.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { ContentIndex } from '../content/content-index.ts';
import type { ChosenContent, ContentFacts, ContentKind, ContentPiece } from '../content/records.ts';
import type { PastBasket } from '../records.ts';
import { type CustomerRepresentation, isPersonal, source } from '../representation.ts';
import { purchasesOf, viewsOf } from '../source.ts';

const DAY_MS = 86_400_000;
/** Advice is given on what was bought within this time. */
export const ADVICE_MS = 60 * DAY_MS;
/** What was looked at within this time is of interest; digital reports no further back. */
export const INTEREST_MS = 30 * DAY_MS;
/** An event is mentioned so long before it begins. */
export const EVENT_AHEAD_MS = 30 * DAY_MS;
/** A request may be decided for a time that is so far ahead. */
const CONTEXT_AHEAD_MS = 30 * DAY_MS;
/** Of each kind so many are chosen: the rules show the first that suits the time that is decided for. */
const MOST_CHOSEN = 3;

/** What content is chosen with. */
export interface ContentSources {
  /** As in use when the request began. */
  readonly pieces: ContentIndex;
  readonly catalogue: Catalogue | undefined;
  readonly log: Logger;
}

type Products = ReadonlyMap<string, CatalogueProduct>;

/**
 * The content that suits this customer. null without consent, and where there is no content at all. A domain that did not answer told of nothing, and
 * without the catalogue only what is about products themselves is found. The catalogue is asked in the turn in which this is called, so that it is
 * one read together with what else is asked for a page of customers, and only where content is about categories.
 */
export async function contentFacts(
  customer: CustomerRepresentation,
  now: EpochMs,
  { pieces, catalogue, log }: ContentSources,
): Promise<ContentFacts | null> {
  if (pieces.isEmpty || !isPersonal(customer)) return null;
  const bought = source(customer.posBaskets, purchasesOf);
  const behaviour = source(customer.digitalSignals, viewsOf);
  const { baskets, store } = bought.state === 'OK' ? bought.signals : { baskets: [], store: null };
  const viewed = (behaviour.state === 'OK' ? behaviour.signals : []).filter(({ at }) => at > now - INTEREST_MS);
  const purchases = latestPurchases(baskets);
  const lately = purchases.filter(({ at }) => at > now - ADVICE_MS);
  const categorised = [
    ...(pieces.hasCategories('ADVICE') ? lately : []),
    ...(pieces.hasCategories('ARTICLE') ? [...purchases, ...viewed] : []),
  ];
  const products = await inCatalogue([...new Set(categorised.map(({ sku }) => sku))], catalogue, log);
  return {
    advice: suiting(about('ADVICE', lately, pieces, products), now),
    articles: suiting(articlesFor(viewed, baskets, pieces, products), now),
    events: store === null ? [] : eventsIn(store, pieces, now),
  };
}

async function inCatalogue(skus: readonly string[], catalogue: Catalogue | undefined, log: Logger): Promise<Products> {
  if (skus.length === 0 || !catalogue) return new Map();
  try {
    return await catalogue.products(skus);
  } catch (err) {
    log.warn({ err }, 'no content is chosen by category: the catalogue did not answer');
    return new Map();
  }
}

/** A product that was bought, or looked at, and when last. */
interface Interest {
  readonly sku: string;
  readonly at: EpochMs;
}

/** Each product with its last purchase, newest first; products of one purchase in its order. */
function latestPurchases(baskets: readonly PastBasket[]): readonly Interest[] {
  const latest = new Map<string, Interest>();
  for (const { at, skus } of baskets.toReversed()) for (const sku of skus) if (!latest.has(sku)) latest.set(sku, { sku, at });
  return [...latest.values()].sort((a, b) => b.at - a.at);
}

/** The pieces about these products or, after those, about their categories, in the order of the products. */
function* about(kind: ContentKind, interests: readonly Interest[], pieces: ContentIndex, products: Products): Iterable<ChosenContent> {
  const seen = new Set<string>();
  for (const { sku, at } of interests) {
    for (const piece of pieces.about(kind, 'sku', sku)) yield { piece, sku, category: null, store: null, at };
    const category = products.get(sku)?.category ?? null;
    if (category === null || seen.has(category)) continue;
    seen.add(category);
    for (const piece of pieces.about(kind, 'category', category)) yield { piece, sku, category, store: null, at };
  }
}

function* articlesFor(viewed: readonly Interest[], baskets: readonly PastBasket[], pieces: ContentIndex, products: Products) {
  yield* about('ARTICLE', viewed, pieces, products);
  yield* aboutFavourite(baskets, pieces, products);
}

/** The articles about the category bought most: of most products in the baskets, each time counted; of several the one bought last. */
function* aboutFavourite(baskets: readonly PastBasket[], pieces: ContentIndex, products: Products): Iterable<ChosenContent> {
  const counts = new Map<string, { times: number; last: number }>();
  for (const [nth, { skus }] of baskets.entries())
    for (const sku of skus) {
      const category = products.get(sku)?.category;
      if (category != null) counts.set(category, { times: (counts.get(category)?.times ?? 0) + 1, last: nth });
    }
  const [favourite] = [...counts].sort(([a, x], [b, y]) => y.times - x.times || y.last - x.last || (a < b ? -1 : 1));
  if (!favourite) return;
  const [category] = favourite;
  for (const piece of pieces.about('ARTICLE', 'category', category)) yield { piece, sku: null, category, store: null, at: null };
}

function hasEnded({ endsAt }: ContentPiece, now: EpochMs): boolean {
  return endsAt !== null && endsAt <= now;
}

/** The first few that are shown now, each once, then those that will be, for a request that is decided for later. */
function suiting(found: Iterable<ChosenContent>, now: EpochMs): readonly ChosenContent[] {
  const chosen = new Map<string, ChosenContent>();
  const later: ChosenContent[] = [];
  for (const one of found) {
    const { id, startsAt } = one.piece;
    if (chosen.has(id) || hasEnded(one.piece, now)) continue;
    if (startsAt === null || startsAt <= now) chosen.set(id, one);
    else if (startsAt <= now + CONTEXT_AHEAD_MS && !later.some(({ piece }) => piece.id === id)) later.push(one);
    if (chosen.size === MOST_CHOSEN) break;
  }
  return [...chosen.values(), ...later].slice(0, MOST_CHOSEN);
}

/** The events there that are on or near, the first to begin first. */
function eventsIn(store: string, pieces: ContentIndex, now: EpochMs): readonly ChosenContent[] {
  return pieces
    .about('EVENT', 'store', store)
    .filter((piece) => !hasEnded(piece, now) && (piece.startsAt ?? 0) <= now + EVENT_AHEAD_MS + CONTEXT_AHEAD_MS)
    .toSorted((a, b) => (a.startsAt ?? 0) - (b.startsAt ?? 0) || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_CHOSEN)
    .map((piece) => ({ piece, sku: null, category: null, store, at: null }));
}
