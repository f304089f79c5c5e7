/** The one port to the catalogue, for subgraphs that show products: whether they can be had. Given to every module, so that none imports another. */
export interface Catalogue {
  /** Those of the skus that the catalogue says can't be had now. What it does not know can. One read. */
  unavailable(skus: readonly string[]): Promise<ReadonlySet<string>>;
}
