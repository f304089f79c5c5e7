import type { Catalogue } from '../../kernel/catalogue.ts';
import type { Store } from '../../kernel/storage/port.ts';
import { catalogueKey } from './intakes.ts';
import { productsSpec } from './records.ts';

/** The catalogue over pos's store. Any number of processes may hold one over the same store. */
export function openCatalogue(store: Store): Catalogue {
  const products = store.collection(productsSpec);
  return {
    async unavailable(skus) {
      const wanted = [...new Set(skus)];
      const found = wanted.length > 0 ? await products.getMany(wanted.map(catalogueKey)) : [];
      return new Set(wanted.filter((_, index) => ['OUT_OF_STOCK', 'DISCONTINUED'].includes(found[index]?.availability ?? '')));
    },
  };
}
