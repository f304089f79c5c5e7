import { fork } from 'node:child_process';
import { once } from 'node:events';
import { interval, reportNextBasket } from '../../cli/commands/evaluate-next-basket.ts';
import { historyOf } from '../../models/next-basket/baskets.ts';
import type { MethodScore, NextBasketEvaluation } from '../../models/next-basket/evaluation.ts';
import { ndcgAt, recallAt } from '../../models/next-basket/metrics.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { rankedItems } from '../../subgraphs/recommendations/scores/next-purchase.ts';
import { storeOfMost, trainRanking } from '../../training/next-basket.ts';
import type { Line, Section } from './line.ts';
import type { LoadReport } from './next-basket-load.ts';
import { type BasketSet, completeJourney, onlineRetail } from './next-basket-sets.ts';

const FLOOR = 'personal top, popularity tie-break';

export const section: Section = async function* () {
  yield* load();
  yield* realSet('Online Retail before 2011-11-01', () => onlineRetail('2011-11-01'), true);
  yield* realSet('Online Retail before 2011-07-01', () => onlineRetail('2011-07-01'), false);
  yield* realSet('Complete Journey, the sample of lines', completeJourney, false);
};

async function* load(): AsyncGenerator<Line> {
  const child = fork(new URL('./next-basket-load.ts', import.meta.url), { execArgv: process.execArgv });
  const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [LoadReport | number];
  if (typeof message === 'number') throw new Error(`The load ended with code ${message}.`);
  const { customers, purchases, items, trainingMs, memoryMegabytes, rankUs, fallbackUs, recall, floorRecall } = message;
  const what = `${customers} made-up customers, ${purchases} purchases of ${items} items`;
  yield { what: `${what}: training`, ours: `${(trainingMs / 1000).toFixed(1)} s of CPU`, beside: 'under 60 s', holds: trainingMs < 60_000 };
  yield {
    what: `${what}: memory of the process`,
    ours: `${memoryMegabytes.toFixed(0)} MB`,
    beside: 'under 512 MB',
    holds: memoryMegabytes < 512,
  };
  yield { what: 'ranking one of them', ours: `${rankUs.toFixed(0)} us of CPU`, beside: 'under 1,500 us', holds: rankUs < 1_500 };
  yield {
    what: 'the fallback for one of them',
    ours: `${fallbackUs.toFixed(0)} us of CPU`,
    beside: 'under 100 us',
    holds: fallbackUs < 100,
  };
  yield {
    what: 'recall@10 on them (made of habits: for sanity only)',
    ours: recall.toFixed(4),
    beside: `${FLOOR} ${floorRecall.toFixed(4)}`,
  };
}

/** `promised` says whether the issue promised figures for this set. */
async function* realSet(name: string, read: () => BasketSet | undefined, promised: boolean): AsyncGenerator<Line> {
  const set = read();
  if (!set) {
    yield { what: name, ours: 'LEFT OUT', beside: 'the data are not there: set C360_DATA' };
    return;
  }
  const next = new Map(Object.entries(set.future).map(([customer, [basket = []]]) => [customer, basket]));
  const { model, evaluation, trainingMs } = reportNextBasket(historyOf(Object.entries(set.history)), next);
  const [ours, ...others] = evaluation.next;
  const floor = others.find(({ method }) => method === FLOOR)!;
  const published = promised ? '; measured before: 0.177 / 0.278' : '';
  yield {
    what: `${name}: recall@10 / NDCG@10 of ${evaluation.customers} customers, ${model.items.length} items, ${model.method}`,
    ours: both(ours!),
    beside: `${others.map((other) => `${other.method} ${both(other)}`).join('; ')}${published}`,
  };
  yield {
    what: `${name}: recall@10 less ${FLOOR}, 95 % of a paired bootstrap`,
    ours: interval(floor.recallGain),
    beside: promised ? 'lower bound above -0.01' : `NDCG@10 ${interval(floor.ndcgGain)}`,
    ...(promised && { holds: floor.recallGain.low > -0.01 }),
  };
  yield* discovered(name, evaluation, promised);
  yield await withTaste(name, set, evaluation);
  yield { what: `${name}: training`, ours: `${(trainingMs / 1000).toFixed(1)} s of CPU`, beside: 'under 60 s', holds: trainingMs < 60_000 };
}

function* discovered(name: string, { fresh, freshCustomers }: NextBasketEvaluation, promised: boolean): Generator<Line> {
  const [ours, popular, floor] = fresh;
  yield {
    what: `${name}: of what ${freshCustomers} customers bought for the first time, the share in 10 items of \`discover\` / NDCG@10`,
    ours: both(ours!),
    beside: `10 of ${FLOOR} ${both(floor!)}; 10 popular items never bought ${both(popular!)}`,
    ...(promised && { holds: ours!.recall >= 3 * floor!.recall }),
  };
}

/** The same by the product's own training and signals: taste, seasons and stores, as far as the set tells of them. */
async function withTaste(name: string, { facts, future, futureAt }: BasketSet, plain: NextBasketEvaluation): Promise<Line> {
  const trained = await trainRanking({ purchases: each(facts.purchases), products: each(facts.products), views: each([]) }, Date.now());
  if (!trained.ok) throw new Error(trained.message);
  const model = trained.model as NextBasketModel;
  const ordered = new Map<string, (typeof facts.purchases)[number][]>();
  for (const order of facts.purchases) ordered.set(order.owner, [...(ordered.get(order.owner) ?? []), order]);
  const sums = { recall: 0, ndcg: 0, fresh: 0, freshCustomers: 0, ms: 0 };
  const cases = Object.entries(future);
  for (const [customer, [basket = []]] of cases) {
    const own = ordered.get(customer)!;
    const ranked = {
      ...NOBODY,
      now: futureAt.get(customer)!,
      baskets: own.map(({ at, skus }) => ({ atMs: at, items: skus })),
      store: storeOfMost(own),
    };
    const target = new Set(basket);
    const startedMs = cpuMs();
    const items = rankedItems(ranked, model, { first: 10, newOnly: false }).map(({ item }) => item);
    sums.ms += cpuMs() - startedMs;
    sums.recall += recallAt(10, items, target) / cases.length;
    sums.ndcg += ndcgAt(10, items, target) / cases.length;
    const bought = new Set(own.flatMap(({ skus }) => skus));
    const fresh = new Set(basket.filter((item) => !bought.has(item)));
    if (fresh.size === 0) continue;
    sums.freshCustomers += 1;
    const found = rankedItems(ranked, model, { first: 10, newOnly: true }).map(({ item }) => item);
    sums.fresh += recallAt(10, found, fresh);
  }
  const us = (1000 * sums.ms) / cases.length;
  return {
    what: `${name}: with categories, prices, seasons and stores, recall@10 / NDCG@10; recall@10 of \`discover\`; ranking one customer`,
    ours: `${both(sums)}; ${(sums.fresh / sums.freshCustomers).toFixed(4)}; ${us.toFixed(0)} us of CPU`,
    beside: `without ${both(plain.next[0]!)}; ${plain.fresh[0]!.recall.toFixed(4)}; under 1,500 us`,
    holds: us < 1_500,
  };
}

const NOBODY = { state: 'OK', asOf: null, digital: { state: 'OK', asOf: null }, cart: [], viewed: [], shelved: null } as const;

async function* each<T>(values: readonly T[]): AsyncIterable<T> {
  yield* values;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function both({ recall, ndcg }: Pick<MethodScore, 'recall' | 'ndcg'>): string {
  return `${recall.toFixed(4)} / ${ndcg.toFixed(4)}`;
}
