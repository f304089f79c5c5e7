import type { Logger } from 'pino';
import type { Catalogue } from '../../../kernel/catalogue.ts';
import type { ShelvedModel } from '../../../kernel/model-shelf.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { NextBasketModel } from '../../../models/next-basket/next-basket-model.ts';
import type { NewProduct, ProductFacts } from '../records.ts';
import type { CustomerRepresentation } from '../representation.ts';
import { rankedItems, readNextPurchase } from '../scores/next-purchase.ts';
import { rhythmsOf } from './rhythm.ts';

/** New products that are looked at: the first of them that can be had is offered. */
const MOST_NEW = 5;
/** Products with a rhythm that are looked at. */
const MOST_AGAIN = 20;

/** What product facts are made with. */
export interface ProductSources {
  readonly nextBasket: ShelvedModel<NextBasketModel> | null;
  readonly catalogue: Catalogue | undefined;
  readonly log: Logger;
}

/**
 * What the offers of products rest on beside the purchases: what the model ranks first of what was never bought, and what the catalogue says.
 * Kept with a decision, so that explaining it needs neither the model nor the catalogue of that time. null without consent, and where pos or
 * the catalogue did not answer. One read of the catalogue for all customers of a page.
 */
export async function productFacts(
  customer: CustomerRepresentation,
  now: EpochMs,
  { nextBasket, catalogue, log }: ProductSources,
): Promise<ProductFacts | null> {
  const read = readNextPurchase(customer, now, nextBasket);
  if (read.state !== 'OK') return null;
  const ranked = nextBasket ? rankedItems(read, nextBasket.model, { first: MOST_NEW, newOnly: true }) : [];
  const news = ranked.flatMap(({ item: sku, reason }): NewProduct[] => {
    if (reason.code === 'VIEWED') return [{ sku, reason: reason.code, like: null }];
    // What is merely popular is no reason to offer it to this customer.
    return reason.code === 'SIMILAR_TO' ? [{ sku, reason: reason.code, like: reason.item }] : [];
  });
  const baskets = read.baskets.map(({ atMs, items }) => ({ at: atMs, skus: items }));
  const again = rhythmsOf(baskets).slice(0, MOST_AGAIN);
  const skus = [...new Set([...news, ...again].map(({ sku }) => sku))];
  try {
    const known = (await catalogue?.products(skus)) ?? new Map();
    return {
      model: nextBasket?.version.id ?? null,
      news,
      known: skus.flatMap((sku) => {
        const product = known.get(sku);
        return product ? [{ sku, name: product.name, available: product.available }] : [];
      }),
    };
  } catch (err) {
    log.warn({ err }, 'no product is offered: the catalogue did not answer');
    return null;
  }
}
