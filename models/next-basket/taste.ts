import type { Catalogue, Signals } from './signals.ts';

/** With fewer prices there is no band. */
const FEWEST_PRICES = 4;

/**
 * What purchases say of taste: by category the share of the baskets that held something of it, and as price band the middle half of the
 * catalogue's prices of what was bought, each piece once for each basket. What is not known is left out.
 */
export function tasteOf(baskets: readonly (readonly string[])[], catalogue: Catalogue): Pick<Signals, 'categories' | 'priceBand'> {
  const counts = new Map<string, number>();
  const prices: number[] = [];
  for (const basket of baskets) {
    const found = new Set<string>();
    for (const item of basket) {
      const { category, priceMinor } = catalogue(item) ?? {};
      if (category !== undefined) found.add(category);
      if (priceMinor !== undefined) prices.push(priceMinor);
    }
    for (const category of found) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  prices.sort((a, b) => a - b);
  const quartile = (of: number) => prices[Math.round((prices.length - 1) * of)]!;
  return {
    ...(counts.size > 0 && { categories: Object.fromEntries([...counts].map(([category, count]) => [category, count / baskets.length])) }),
    ...(prices.length >= FEWEST_PRICES && { priceBand: { lowMinor: quartile(0.25), highMinor: quartile(0.75) } }),
  };
}
