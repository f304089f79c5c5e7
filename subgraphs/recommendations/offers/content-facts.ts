import type { Logger } from 'pino';
import type { Catalogue, CatalogueProduct } from '../../../kernel/catalogue.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { ContentIndex, ContentSubject } from '../content/content-index.ts';
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

/** What content is chosen with. */
export interface ContentSources {
  /** As in use when the request began. */
  readonly pieces: ContentIndex;
  readonly catalogue: Catalogue | undefined;
  readonly log: Logger;
}

type Products = ReadonlyMap<string, CatalogueProduct>;

/**
 * The content that suits this customer at that time: of each kind the first that is on then, or, of events, ahead. null without consent, and where there
 * is no content at all. A domain that did not answer told of nothing, and without the catalogue only what is about products themselves is found. The
 * catalogue is asked in the turn in which this is called, so that it is one read together with what else is asked for a page of customers, and only
 * where a category could come first.
 */
export async function contentFacts(
  customer: CustomerRepresentation,
  at: EpochMs,
  { pieces, catalogue, log }: ContentSources,
): Promise<ContentFacts | null> {
  if (pieces.isEmpty || !isPersonal(customer)) return null;
  const bought = source(customer.posBaskets, purchasesOf);
  const behaviour = source(customer.digitalSignals, viewsOf);
  const { baskets, store } = bought.state === 'OK' ? bought.signals : { baskets: [], store: null };
  const purchases = latestPurchases(baskets);
  const lately = purchases.filter((purchase) => at - purchase.at < ADVICE_MS);
  const viewed = (behaviour.state === 'OK' ? behaviour.signals : []).filter((view) => at - view.at < INTEREST_MS);
  const find: Find = (kind, what, value) => pieces.about(kind, what, value).find((piece) => isOn(piece, at));
  const [advice, article] = [byProduct('ADVICE', lately, find), byProduct('ARTICLE', viewed, find)];
  const unclear = [
    ...(pieces.hasCategories('ADVICE') ? advice.before : []),
    ...(pieces.hasCategories('ARTICLE') ? [...article.before, ...(article.found ? [] : purchases)] : []),
  ];
  const products = await inCatalogue([...new Set(unclear.map(({ sku }) => sku))], catalogue, log);
  return {
    advice: byCategory('ADVICE', advice.before, find, products) ?? advice.found,
    article: byCategory('ARTICLE', article.before, find, products) ?? article.found ?? onFavourite(baskets, find, products),
    event: store === null ? null : eventIn(store, pieces, at),
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

/** The first piece about it that is on, those changed last first. Looks at each piece about it once at most. */
type Find = (kind: ContentKind, what: ContentSubject, value: string) => ContentPiece | undefined;

/** The piece about the first product that has one, and the products before it: the category of one of those comes first. */
function byProduct(
  kind: ContentKind,
  interests: readonly Interest[],
  find: Find,
): { readonly found: ChosenContent | null; readonly before: readonly Interest[] } {
  for (const [nth, { sku, at }] of interests.entries()) {
    const piece = find(kind, 'sku', sku);
    if (piece) return { found: { piece, sku, category: null, store: null, at }, before: interests.slice(0, nth) };
  }
  return { found: null, before: interests };
}

/** The piece about the category of the first product whose category has one. */
function byCategory(kind: ContentKind, interests: readonly Interest[], find: Find, products: Products): ChosenContent | null {
  const seen = new Set<string>();
  for (const { sku, at } of interests) {
    const category = products.get(sku)?.category ?? null;
    if (category === null || seen.has(category)) continue;
    seen.add(category);
    const piece = find(kind, 'category', category);
    if (piece) return { piece, sku, category, store: null, at };
  }
  return null;
}

/** The article about the category bought most: of most products in the baskets, each time counted; of several the one bought last. */
function onFavourite(baskets: readonly PastBasket[], find: Find, products: Products): ChosenContent | null {
  const counts = new Map<string, { times: number; last: number }>();
  for (const [nth, { skus }] of baskets.entries())
    for (const sku of skus) {
      const category = products.get(sku)?.category;
      if (category != null) counts.set(category, { times: (counts.get(category)?.times ?? 0) + 1, last: nth });
    }
  const [favourite] = [...counts].sort(([a, x], [b, y]) => y.times - x.times || y.last - x.last || (a < b ? -1 : 1));
  if (!favourite) return null;
  const [category] = favourite;
  const piece = find('ARTICLE', 'category', category);
  return piece ? { piece, sku: null, category, store: null, at: null } : null;
}

/** Whether it is shown at that time. */
function isOn({ startsAt, endsAt }: ContentPiece, at: EpochMs): boolean {
  return (startsAt === null || startsAt <= at) && (endsAt === null || endsAt > at);
}

/** Of the events there that are on or near the first to begin. */
function eventIn(store: string, pieces: ContentIndex, at: EpochMs): ChosenContent | null {
  let first: ContentPiece | null = null;
  for (const piece of pieces.about('EVENT', 'store', store)) {
    const isNear = startOf(piece) <= at + EVENT_AHEAD_MS && (piece.endsAt === null || piece.endsAt > at);
    if (isNear && (first === null || startOf(piece) < startOf(first) || (startOf(piece) === startOf(first) && piece.id < first.id)))
      first = piece;
  }
  return first && { piece: first, sku: null, category: null, store, at: null };
}

const startOf = ({ startsAt }: ContentPiece) => startsAt ?? 0;
