import type { Catalogue, CatalogueItem } from './signals.ts';

/** What a model keeps of its items beside what was bought with what: columns by item. It holds no customer's purchases. */
export interface ItemCatalogue {
  readonly categories: readonly string[];
  /** Index of the category, -1 where none is known. */
  readonly categoryOf: Int32Array;
  /** ISO 4217 code of the prices; null where none is known. */
  readonly currency: string | null;
  /** Minor units, -1 where no price is known in that currency. */
  readonly priceMinor: Float64Array;
  /** Bit m - 1 for each month m that it is bought in; 0 where that is not known. */
  readonly months: Uint16Array;
  readonly stores: readonly string[];
  /** The stores that item i is not sold in: `storeOf[storeStart[i]]` up to but not including `storeOf[storeStart[i + 1]]`. */
  readonly storeStart: Int32Array;
  readonly storeOf: Int32Array;
}

/** What a catalogue says of a product, as far as it says it. */
export interface Product {
  readonly category: string | null;
  readonly priceMinor: number | null;
  readonly currency: string | null;
}

/** With fewer purchases nothing is said of an item's months: five in each are expected then. */
const FEWEST_FOR_MONTHS = 60;
/** Of the purchases that an even course would bring, so many make a month one that it is bought in. Of five expected, none or one is bought by chance (Poisson) in one month of 25. */
const IN_SEASON = 0.25;
/** A store that never sold an item, though so many were to be expected, has it not: by chance (Poisson) in one case of twenty. */
const EXPECTED_IN_STORE = 3;
const MONTHS = 12;

/** Counts when and where items are bought, purchase by purchase, to say what seasons and stores they have. */
export class ItemCatalogueBuilder {
  readonly #months = new Map<string, Uint32Array>();
  readonly #stores = new Map<string, Map<string, number>>();
  readonly #allMonths = new Uint32Array(MONTHS);
  readonly #allStores = new Map<string, number>();

  /** @param month 1 to 12. @param store null where it was bought in none. */
  add(item: string, month: number, store: string | null): void {
    const months = this.#months.get(item) ?? new Uint32Array(MONTHS);
    this.#months.set(item, months);
    months[month - 1]! += 1;
    this.#allMonths[month - 1]! += 1;
    if (store === null) return;
    const stores = this.#stores.get(item) ?? new Map<string, number>();
    this.#stores.set(item, stores);
    stores.set(store, (stores.get(store) ?? 0) + 1);
    this.#allStores.set(store, (this.#allStores.get(store) ?? 0) + 1);
  }

  /**
   * The catalogue of a model's items. Prices are those of the currency that most of them have. Seasons are said only where every month of
   * the year was seen, stores only where there are two.
   */
  catalogue(items: readonly string[], productOf: (item: string) => Product | undefined): ItemCatalogue {
    const products = items.map(productOf);
    const currency = mostOf(products.flatMap((product) => (product?.priceMinor == null ? [] : (product.currency ?? []))));
    const categories = [...new Set(products.flatMap((product) => product?.category ?? []))].sort();
    const placeOf = new Map(categories.map((category, place) => [category, place]));
    const stores = [...this.#allStores.keys()].sort();
    const without = items.map((item) => this.#storesWithout(item, stores));
    const storeStart = new Int32Array(items.length + 1);
    for (const [index, { length }] of without.entries()) storeStart[index + 1] = storeStart[index]! + length;
    return {
      categories,
      categoryOf: Int32Array.from(products, (product) => placeOf.get(product?.category ?? '') ?? -1),
      currency,
      priceMinor: Float64Array.from(products, (product) => (product?.currency === currency && product?.priceMinor) || -1),
      months: Uint16Array.from(items, (item) => this.#seasonOf(item)),
      stores,
      storeStart,
      storeOf: Int32Array.from(without.flat()),
    };
  }

  #seasonOf(item: string): number {
    const months = this.#months.get(item);
    const bought = months ? sum(months) : 0;
    if (!months || bought < FEWEST_FOR_MONTHS || this.#allMonths.includes(0)) return 0;
    const all = sum(this.#allMonths);
    return months.reduce((bits, count, at) => bits | (count >= IN_SEASON * bought * (this.#allMonths[at]! / all) ? 1 << at : 0), 0);
  }

  #storesWithout(item: string, stores: readonly string[]): number[] {
    const sold = this.#stores.get(item);
    if (!sold || stores.length < 2) return [];
    const [bought, all] = [sum(sold.values()), sum(this.#allStores.values())];
    return stores.flatMap((store, place) =>
      !sold.has(store) && (bought * this.#allStores.get(store)!) / all >= EXPECTED_IN_STORE ? [place] : [],
    );
  }
}

/** An item catalogue, to be asked item by item. */
export function catalogueOf(items: readonly string[], kept: ItemCatalogue): Catalogue {
  const entries = new Map(items.map((item, index) => [item, entryOf(kept, index)]));
  return (item) => entries.get(item);
}

function entryOf({ categories, categoryOf, priceMinor, months, stores, storeStart, storeOf }: ItemCatalogue, index: number): CatalogueItem {
  const category = categories[categoryOf[index]!];
  const without = new Set(storeOf.subarray(storeStart[index]!, storeStart[index + 1]!));
  return {
    ...(category !== undefined && { category }),
    ...(priceMinor[index]! >= 0 && { priceMinor: priceMinor[index]! }),
    ...(months[index]! > 0 && { months: Array.from({ length: MONTHS }, (_, at) => at + 1).filter((m) => months[index]! & (1 << (m - 1))) }),
    ...(without.size > 0 && { stores: stores.filter((_, place) => !without.has(place)) }),
  };
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}

/** The most frequent; of equal ones the first by its text. Null of none. */
function mostOf(texts: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  let most: string | null = null;
  for (const text of [...counts.keys()].sort()) if (most === null || counts.get(text)! > counts.get(most)!) most = text;
  return most;
}
