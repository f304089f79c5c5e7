import { readFileSync } from 'node:fs';
import { OperatorError } from '../../kernel/errors.ts';
import { type History, HistoryBuilder } from '../../models/next-basket/baskets.ts';
import { evaluateRanker, type MethodScore, type NextBasketEvaluation } from '../../models/next-basket/evaluation.ts';
import type { Interval } from '../../models/next-basket/metrics.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { NextBasketRanker } from '../../models/next-basket/ranker.ts';
import { trainNextBasket } from '../../models/next-basket/training.ts';

export interface EvaluateNextBasketFlags {
  /** Paths of two JSON files: what was bought, and the basket after it. */
  readonly history: string;
  readonly future: string;
  readonly seed?: number;
}

export interface NextBasketReport {
  readonly model: NextBasketModel;
  readonly evaluation: NextBasketEvaluation;
  /** CPU time of training, of user and system. */
  readonly trainingMs: number;
}

/**
 * `c360 evaluate next-basket --history FILE --future FILE`: trains on the history, ranks for each customer what comes next, and prints it
 * beside popularity and personal top. Both files are JSON, customer -> list of baskets, oldest first, of item ids; of the future the first
 * basket with anything in it counts. A basket that is [-1] alone is the mark of beginning or end that published sets have, and no basket.
 */
export function evaluateNextBasket(
  { history: historyFile, future: futureFile, seed = 1 }: EvaluateNextBasketFlags,
  print: (line: string) => void,
): void {
  const builder = new HistoryBuilder();
  for (const [customer, baskets] of basketsByCustomer(historyFile)) builder.add(customer, baskets);
  const history = builder.history();
  const future = new Map(basketsByCustomer(futureFile));
  const next = new Map([...future].flatMap(([customer, baskets]) => firstBasket(customer, baskets)));
  if (!history.customers.some((customer) => next.has(customer)))
    throw new OperatorError('Nothing can be evaluated:', [nothing(history, future, historyFile, futureFile)]);
  for (const line of reportLines(history, future, reportNextBasket(history, next, seed))) print(line);
}

/** What is to be foreseen of a customer. An empty basket is none: nothing in it could be found. */
function firstBasket(customer: string, baskets: readonly string[][]): readonly (readonly [string, readonly string[]])[] {
  const basket = baskets.find((items) => items.length > 0);
  return basket ? [[customer, basket]] : [];
}

function nothing({ customers }: History, future: ReadonlyMap<string, unknown>, historyFile: string, futureFile: string): string {
  if (customers.length === 0) return `${historyFile}: holds no basket with anything in it. Give what was bought before.`;
  const shared = customers.filter((customer) => future.has(customer)).length;
  return shared > 0
    ? `${futureFile}: has nothing but empty baskets for the ${shared} customers whom ${historyFile} names, too. Give what they bought afterwards.`
    : `${futureFile}: names no customer of ${historyFile}. Give two files whose keys are the same customers.`;
}

/** Trains and evaluates, and measures the CPU time of it. */
export function reportNextBasket(history: History, next: ReadonlyMap<string, readonly string[]>, seed = 1): NextBasketReport {
  const startedMs = cpuMs();
  const model = trainNextBasket(history, { seed });
  const trainingMs = cpuMs() - startedMs;
  return { model, evaluation: evaluateRanker(history, next, new NextBasketRanker(model), cpuMs, seed), trainingMs };
}

function reportLines(
  { customers, items, basketStart, itemOf }: History,
  future: ReadonlyMap<string, readonly string[][]>,
  { model, evaluation, trainingMs }: NextBasketReport,
): string[] {
  const { validation } = model;
  const compared =
    validation === null
      ? 'too few customers bought twice to learn from'
      : `on ${count(validation.customers)} customers kept apart, recall@10 / NDCG@10: blend ${pair(validation.blend.recallAt10, validation.blend.ndcgAt10)}, ` +
        `floor ${pair(validation.floor.recallAt10, validation.floor.ndcgAt10)}`;
  const withoutNext = new Set([...customers, ...future.keys()]).size - evaluation.customers - evaluation.withoutHistory;
  const passedOver = [...future.values()].filter(([first]) => first?.length === 0).length;
  return [
    `${count(customers.length)} customers, ${count(basketStart.length - 1)} baskets, ${count(itemOf.length)} purchases of ${count(items.length)} items.`,
    `Trained in ${(trainingMs / 1000).toFixed(1)} s of CPU; ${Math.round(process.resourceUsage().maxRSS / 1024)} MB of memory at most.`,
    `Method: ${model.method} (${compared}).`,
    '',
    `Next basket of ${count(evaluation.customers)} customers; left out: ${count(evaluation.withoutHistory)} without a history, ` +
      `${count(withoutNext)} without a basket to come, ${count(passedOver)} first baskets to come that are empty (the next one counts).`,
    `${(100 * evaluation.repeatShare).toFixed(1)} % of it was bought before:`,
    ...table(evaluation.next),
    '',
    `Items never bought before, of the ${count(evaluation.freshCustomers)} customers who bought any:`,
    ...table(evaluation.fresh),
  ];
}

function table(scores: readonly MethodScore[]): string[] {
  const rows = scores.map(({ method, recall, ndcg, recallGain, ndcgGain, usPerCustomer }, place) => [
    method,
    recall.toFixed(4),
    ndcg.toFixed(4),
    place === 0 ? '' : interval(recallGain),
    place === 0 ? '' : interval(ndcgGain),
    Math.round(usPerCustomer).toString(),
  ]);
  const head = ['method', 'recall@10', 'NDCG@10', 'first less this, recall (95 %)', 'NDCG (95 %)', 'us a customer'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd());
}

/** A difference and its bounds, such as "+0.0115 (+0.0062 to +0.0167)". */
export function interval({ mean, low, high }: Interval): string {
  return `${signed(mean)} (${signed(low)} to ${signed(high)})`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(4)}`;
}

function pair(recall: number, ndcg: number): string {
  return `${recall.toFixed(4)} / ${ndcg.toFixed(4)}`;
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function* basketsByCustomer(file: string): Generator<[customer: string, baskets: string[][]]> {
  const customers = readJson(file);
  if (typeof customers !== 'object' || customers === null || Array.isArray(customers))
    throw unreadable(file, 'is not an object of customers', 'Give {"customer": [[item, ...], ...], ...}.');
  for (const [customer, baskets] of Object.entries(customers as Record<string, unknown>)) {
    if (!Array.isArray(baskets)) throw unreadable(file, `key "${customer}": is not a list of baskets`, 'Give a list of lists of item ids.');
    yield [customer, baskets.filter((basket) => !isMark(basket)).map((basket, place) => itemsOf(basket, place, customer, file))];
  }
}

function isMark(basket: unknown): boolean {
  return Array.isArray(basket) && basket.length === 1 && basket[0] === -1;
}

function itemsOf(basket: unknown, place: number, customer: string, file: string): string[] {
  const where = `key "${customer}", basket ${place + 1}`;
  if (!Array.isArray(basket)) throw unreadable(file, `${where}: is not a list of items`, 'Give a list of item ids.');
  return basket.map((item: unknown, at) => {
    if (typeof item === 'string' || (typeof item === 'number' && Number.isFinite(item))) return String(item);
    throw unreadable(file, `${where}, item ${at + 1}: is not an item id`, 'An id is a string or a number.');
  });
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, `can't be opened (${(error as NodeJS.ErrnoException).code})`, 'Give the path of a JSON file.');
  }
  try {
    // A byte order mark is no JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw unreadable(file, `is not JSON (${(error as Error).message})`, 'Give {"customer": [[item, ...], ...], ...}.');
  }
}

function unreadable(file: string, problem: string, remedy: string): OperatorError {
  return new OperatorError('The baskets can not be read:', [`${file}: ${problem}. ${remedy}`]);
}
