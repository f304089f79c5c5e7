import { sum } from './amounts.ts';
import type { OrderRecord } from './records.ts';
import { headerOf, linesOf } from './rules.ts';

/** How many of a customer's latest orders habits are read from. */
export const HABIT_ORDERS = 200;

/** How often a customer buys of a category. */
export interface CategoryHabit {
  readonly category: string;
  readonly orderCount: number;
  /** Of all orders looked at, 0 to 1. */
  readonly share: number;
}

const MAX_CATEGORIES = 5;

/** The orders that were not called off. */
function standing(orders: readonly OrderRecord[]): readonly OrderRecord[] {
  return orders.filter(({ tally }) => tally !== 'CANCELLED');
}

/** Mean quantity per order that has lines; null when none has. */
export function itemsPerOrder(orders: readonly OrderRecord[]): number | null {
  const detailed = standing(orders)
    .map(({ lines }) => linesOf(lines))
    .filter((lines) => lines.length > 0);
  if (detailed.length === 0) return null;
  const { unscaled, scale } = sum(detailed.flat().map(({ quantity }) => quantity));
  return Number(unscaled) / 10 ** scale / detailed.length;
}

/** The store of most orders, given newest first; the more recently used one when equal. */
export function favouriteStore(orders: readonly OrderRecord[]): string | null {
  const counts = new Map<string, number>();
  for (const order of standing(orders)) {
    const { store } = headerOf(order);
    if (store !== null) counts.set(store, (counts.get(store) ?? 0) + 1);
  }
  let favourite: string | null = null;
  for (const [store, count] of counts) if (favourite === null || count > counts.get(favourite)!) favourite = store;
  return favourite;
}

/** The categories found in most orders, at most 5; equal ones by name. `categoryOf` knows the catalogue's category of a sku. */
export function favouriteCategories(orders: readonly OrderRecord[], categoryOf: (sku: string) => string | null): readonly CategoryHabit[] {
  const looked = standing(orders);
  const counts = new Map<string, number>();
  for (const order of looked) {
    const found = new Set(linesOf(order.lines).map(({ category, sku }) => category ?? (sku === null ? null : categoryOf(sku))));
    for (const category of found) if (category !== null) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts]
    .map(([category, orderCount]) => ({ category, orderCount, share: orderCount / looked.length }))
    .sort((a, b) => b.orderCount - a.orderCount || (a.category < b.category ? -1 : 1))
    .slice(0, MAX_CATEGORIES);
}

/** Skus whose category only the catalogue can tell. */
export function uncategorised(orders: readonly OrderRecord[]): readonly string[] {
  return standing(orders).flatMap(({ lines }) =>
    linesOf(lines).flatMap(({ category, sku }) => (category === null && sku !== null ? [sku] : [])),
  );
}
