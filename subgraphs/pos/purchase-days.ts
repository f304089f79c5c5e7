import type { OrderRecord } from './records.ts';
import { orderCounts } from './rules.ts';

const DAY_MS = 86_400_000;

/** The days on which a customer bought in one currency: what models of a customer base count. Days are UTC's, since 1970-01-01. */
export interface PurchaseDays {
  readonly currency: string;
  readonly days: number;
  readonly firstDay: number;
  readonly lastDay: number;
  /** Minor units. */
  readonly spentMinor: number;
  /** Of it, what was spent on the first day. */
  readonly firstSpentMinor: number;
}

/** Of the orders that count, by currency, that of most days first. */
export function purchaseDays(orders: readonly OrderRecord[]): readonly PurchaseDays[] {
  const spent = new Map<string, Map<number, number>>();
  for (const { currency, placedAt, totalMinor } of orders.filter(orderCounts)) {
    const days = spent.get(currency) ?? new Map<number, number>();
    const day = Math.floor(placedAt / DAY_MS);
    spent.set(currency, days.set(day, (days.get(day) ?? 0) + totalMinor));
  }
  return [...spent]
    .map(([currency, byDay]) => {
      const days = [...byDay.keys()];
      const [firstDay, lastDay] = [Math.min(...days), Math.max(...days)];
      const spentMinor = [...byDay.values()].reduce((sum, minor) => sum + minor, 0);
      return { currency, days: days.length, firstDay, lastDay, spentMinor, firstSpentMinor: byDay.get(firstDay) ?? 0 };
    })
    .sort((a, b) => b.days - a.days || b.lastDay - a.lastDay || (a.currency < b.currency ? -1 : 1));
}
