/**
 * What the next basket costs on a set of the largest kind promised, in a process of its own so that its memory is nobody else's. Made of
 * habits, for sanity and for load: what a method is worth is told by real sets only.
 */

import { reportNextBasket } from '../../cli/commands/evaluate-next-basket.ts';
import { type History, HistoryBuilder } from '../../models/next-basket/baskets.ts';
import { randomOf } from '../../models/random.ts';

/** What the process reports. */
export interface LoadReport {
  readonly customers: number;
  readonly purchases: number;
  readonly items: number;
  readonly trainingMs: number;
  /** Of the whole process at most, the history and the runtime included. */
  readonly memoryMegabytes: number;
  readonly rankUs: number;
  readonly fallbackUs: number;
  readonly recall: number;
  readonly floorRecall: number;
}

const CUSTOMERS = 20_000;
const BASKETS = 20;
const BASKET_SIZE = 10;
const ITEMS = 14_000;
const HABITS = 20;

/** Customers who buy each of their habits again after its own interval, and beside it what is popular. */
function madeOfHabits(seed: number): { readonly history: History; readonly next: ReadonlyMap<string, readonly string[]> } {
  const random = randomOf(seed);
  const popularItem = () => Math.floor(Math.exp(random() * Math.log(ITEMS + 1))) - 1;
  const builder = new HistoryBuilder();
  const next = new Map<string, readonly string[]>();
  for (let customer = 0; customer < CUSTOMERS; customer++) {
    const habits = Array.from({ length: HABITS }, () => ({
      item: Math.floor(random() * ITEMS),
      every: 2 + Math.floor(random() * 8),
      due: 0,
    }));
    for (const habit of habits) habit.due = Math.floor(random() * habit.every);
    const baskets: string[][] = [];
    for (let number = 0; number <= BASKETS; number++) {
      const basket = new Set<string>();
      for (const habit of habits) {
        if (number < habit.due || random() < 0.2) continue;
        basket.add(`item-${habit.item}`);
        habit.due = number + habit.every;
      }
      while (basket.size < BASKET_SIZE) basket.add(`item-${popularItem()}`);
      baskets.push([...basket]);
    }
    next.set(`customer-${customer}`, baskets.pop()!);
    builder.add(`customer-${customer}`, baskets);
  }
  return { history: builder.history(), next };
}

const { history, next } = madeOfHabits(1);
const { evaluation, trainingMs } = reportNextBasket(history, next);
const [rank, floor] = evaluation.next;
const report: LoadReport = {
  customers: history.customers.length,
  purchases: history.itemOf.length,
  items: history.items.length,
  trainingMs,
  memoryMegabytes: process.resourceUsage().maxRSS / 1024,
  rankUs: rank!.usPerCustomer,
  fallbackUs: floor!.usPerCustomer,
  recall: rank!.recall,
  floorRecall: floor!.recall,
};
process.send?.(report);
