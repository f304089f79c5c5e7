import type { Basket, History } from './baskets.ts';
import { type Interval, ndcgAt, pairedBootstrap, recallAt } from './metrics.ts';
import type { NextBasketRanker } from './ranker.ts';

const K = 10;

/** Means over customers, at 10. */
export interface MethodScore {
  readonly method: string;
  readonly recall: number;
  readonly ndcg: number;
  /** Of `rank` less this method, customer by customer, with its 95 % interval. */
  readonly recallGain: Interval;
  readonly ndcgGain: Interval;
  /** Clock time per customer, in microseconds. */
  readonly usPerCustomer: number;
}

export interface NextBasketEvaluation {
  /** Customers with a history and a next basket. */
  readonly customers: number;
  /** Those whose next basket is known and whose history is not; they are left out. */
  readonly withoutHistory: number;
  /** Share of what was in the next baskets that its customer had bought before. */
  readonly repeatShare: number;
  /** The whole next basket is the target. `rank` comes first. */
  readonly next: readonly MethodScore[];
  /**
   * The target is what of the next basket its customer had never bought, of the customers who bought anything new: `discover` beside popular
   * items never bought, and beside the floor's own list, in which a new item stands only where its customer has bought fewer than 10.
   */
  readonly fresh: readonly MethodScore[];
  readonly freshCustomers: number;
}

interface Case {
  readonly baskets: readonly Basket[];
  readonly bought: ReadonlySet<string>;
  readonly target: ReadonlySet<string>;
}

type Method = readonly [name: string, rank: (one: Case) => readonly string[]];

/**
 * Compares a ranker with plain methods on each customer's next basket.
 *
 * @param next by customer, the items of the basket after those of `history`; an empty one is left out. An item that no history has counts as one
 *   that nobody finds.
 * @param clockMs gives a time in milliseconds; CPU time measures best.
 */
export function evaluateRanker(
  history: History,
  next: ReadonlyMap<string, readonly string[]>,
  ranker: NextBasketRanker,
  clockMs: () => number,
  seed = 1,
): NextBasketEvaluation {
  const cases = casesOf(history, next);
  const popular = byPopularity(history);
  const items = (ranked: readonly { readonly item: string }[]) => ranked.map(({ item }) => item);
  const nextMethods: readonly Method[] = [
    ['rank', ({ baskets }) => items(ranker.rank({ baskets, first: K }))],
    ['personal top, popularity tie-break', ({ baskets }) => items(ranker.fallback({ baskets, first: K }))],
    ['personal top', ({ baskets }) => filled(personalTop(baskets), popular)],
    ['popularity', () => popular.slice(0, K)],
  ];
  const freshMethods: readonly Method[] = [
    ['discover', ({ baskets }) => items(ranker.discover({ baskets, first: K }))],
    ['popularity, never bought', ({ bought }) => firstNew(popular, bought)],
    ['personal top, popularity tie-break', ({ baskets }) => items(ranker.fallback({ baskets, first: K }))],
  ];
  const fresh = cases
    .map((one) => ({ ...one, target: new Set([...one.target].filter((item) => !one.bought.has(item))) }))
    .filter(({ target }) => target.size > 0);
  const inTargets = cases.reduce((sum, { target }) => sum + target.size, 0);
  const newInTargets = fresh.reduce((sum, { target }) => sum + target.size, 0);
  return {
    customers: cases.length,
    withoutHistory: [...next.values()].filter((basket) => basket.length > 0).length - cases.length,
    repeatShare: inTargets === 0 ? 0 : 1 - newInTargets / inTargets,
    next: compared(cases, nextMethods, clockMs, seed),
    fresh: compared(fresh, freshMethods, clockMs, seed),
    freshCustomers: fresh.length,
  };
}

function compared(cases: readonly Case[], methods: readonly Method[], clockMs: () => number, seed: number): MethodScore[] {
  if (cases.length === 0) return [];
  const measured = methods.map(([method, rank]) => {
    const startedMs = clockMs();
    const lists = cases.map(rank);
    const usPerCustomer = (1000 * (clockMs() - startedMs)) / cases.length;
    const recall = cases.map(({ target }, at) => recallAt(K, lists[at]!, target));
    const ndcg = cases.map(({ target }, at) => ndcgAt(K, lists[at]!, target));
    return { method, recall, ndcg, usPerCustomer };
  });
  const [ours] = measured;
  return measured.map(({ method, recall, ndcg, usPerCustomer }) => ({
    method,
    recall: mean(recall),
    ndcg: mean(ndcg),
    recallGain: pairedBootstrap(ours!.recall, recall, { seed }),
    ndcgGain: pairedBootstrap(ours!.ndcg, ndcg, { seed }),
    usPerCustomer,
  }));
}

function casesOf(history: History, next: ReadonlyMap<string, readonly string[]>): Case[] {
  const { customers, items, customerStart, basketStart, itemOf } = history;
  const cases: Case[] = [];
  for (const [customer, id] of customers.entries()) {
    const target = new Set(next.get(id));
    if (target.size === 0) continue;
    const baskets: Basket[] = [];
    for (let basket = customerStart[customer]!; basket < customerStart[customer + 1]!; basket++)
      baskets.push({ items: Array.from(itemOf.subarray(basketStart[basket]!, basketStart[basket + 1]!), (item) => items[item]!) });
    cases.push({ baskets, bought: new Set(baskets.flatMap((basket) => basket.items)), target });
  }
  return cases;
}

/** Items by the baskets that held them, most first; of equals the one seen first. */
function byPopularity({ items, itemOf }: History): string[] {
  const count = new Int32Array(items.length);
  for (const item of itemOf) count[item]! += 1;
  return Array.from(count.keys())
    .sort((a, b) => count[b]! - count[a]! || a - b)
    .map((item) => items[item]!);
}

/** Items by the customer's own baskets that held them; of equals the one bought first. */
function personalTop(baskets: readonly Basket[]): string[] {
  const count = new Map<string, number>();
  for (const { items } of baskets) for (const item of items) count.set(item, (count.get(item) ?? 0) + 1);
  return [...count].sort(([, a], [, b]) => b - a).map(([item]) => item);
}

function filled(ranked: readonly string[], popular: readonly string[]): string[] {
  return [...ranked.slice(0, K), ...firstNew(popular, new Set(ranked))].slice(0, K);
}

function firstNew(popular: readonly string[], bought: ReadonlySet<string>): string[] {
  const first: string[] = [];
  for (const item of popular) {
    if (first.length === K) break;
    if (!bought.has(item)) first.push(item);
  }
  return first;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
