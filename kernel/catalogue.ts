/** What the catalogue says of a product. */
export interface CatalogueProduct {
  /** As customers know it; null where the catalogue has no name. */
  readonly name: string | null;
  /** The category that purchases are summed up by; null where the catalogue has none. */
  readonly category: string | null;
  /** False where it says that it can't be had now. */
  readonly available: boolean;
}

/** The one port to the catalogue, for subgraphs that show products: whether they can be had. Given to every module, so that none imports another. */
export interface Catalogue {
  /** Those of the skus that it knows. What is asked in one turn of the event loop is one read. */
  products(skus: readonly string[]): Promise<ReadonlyMap<string, CatalogueProduct>>;
}
