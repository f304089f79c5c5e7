import type { Catalogue, CatalogueProduct } from '../../kernel/catalogue.ts';
import { inTime } from '../../kernel/in-time.ts';
import type { Store } from '../../kernel/storage/port.ts';
import { catalogueKey } from './intakes.ts';
import { productsSpec } from './records.ts';

/** Offers are worth more in time than with the catalogue: after this it counts as not answering. */
const LONGEST_MS = 1000;

/**
 * The catalogue over pos's store. Any number of processes may hold one over the same store. What is asked in one turn of the event loop,
 * as it is for the customers of a page, is one read, which rejects after a second.
 */
export function openCatalogue(store: Store): Catalogue {
  const products = store.collection(productsSpec);
  const read = async (skus: readonly string[]): Promise<ReadonlyMap<string, CatalogueProduct>> => {
    const known = new Map<string, CatalogueProduct>();
    if (skus.length === 0) return known;
    for (const found of await products.getMany(skus.map(catalogueKey))) {
      if (!found) continue;
      const { sku, name, category, availability } = found;
      known.set(sku, { name, category, available: availability !== 'OUT_OF_STOCK' && availability !== 'DISCONTINUED' });
    }
    return known;
  };
  let wanted = new Set<string>();
  let answer: Promise<ReadonlyMap<string, CatalogueProduct>> | undefined;
  return {
    products(skus) {
      for (const sku of skus) wanted.add(sku);
      answer ??= endOfTurn().then(() => {
        const asked = [...wanted];
        wanted = new Set();
        answer = undefined;
        return inTime(read(asked), LONGEST_MS, () => new Error(`The catalogue did not answer within ${LONGEST_MS} ms.`));
      });
      return answer;
    },
  };
}

/** When all that the turn asks for has been asked, as for loaders. */
function endOfTurn(): Promise<void> {
  return Promise.resolve().then(() => new Promise((resolve) => process.nextTick(resolve)));
}
