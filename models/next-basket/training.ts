import { randomOf } from '../random.ts';
import { type History, withoutLastBaskets } from './baskets.ts';
import { BestOf } from './best-of.ts';
import { ExampleBuilder, lastBasket } from './examples.ts';
import type { ItemCatalogue } from './item-catalogue.ts';
import { itemKnowledge } from './item-knowledge.ts';
import { ndcgAt, recallAt } from './metrics.ts';
import type { NextBasketModel, Validation } from './next-basket-model.ts';
import { Scorer } from './scorer.ts';
import { SignalExampleBuilder, type SignalSource } from './signal-examples.ts';
import { fitSignalWeights, judgedWeights } from './signal-weights.ts';
import { growTrees } from './tree-growth.ts';
import type { Trees } from './trees.ts';

export interface TrainingOptions {
  /** Equal seeds and equal histories give equal models. */
  readonly seed?: number;
  /** What was known of customers beside their baskets, just before the last one. */
  readonly signals?: SignalSource;
  /** What is known of the history's items, in their order, to be kept with the model. */
  readonly catalogue?: ItemCatalogue;
}

const TREES = { trees: 100, learningRate: 0.1, l2: 5, groupShare: 0.5, featureShare: 0.6 };
/** Candidates learnt from; customers beyond them are left out, by chance. 24 features of 500,000 rows are 48 MB, and 12 MB in bins. */
const MOST_ROWS = 500_000;
/** Customers, and the share of all who bought twice, on whom blend and floor are compared. */
const MOST_VALIDATED = 2_000;
const VALIDATED = 0.25;
/** With fewer, a difference between the two says nothing. */
const FEWEST_VALIDATED = 50;

/**
 * Learns what customers buy next. The last basket of each is the target and all before it the history: features of both are learnt from what
 * was known before, the trees on most customers, and blend and floor compared on the others; then the trees are grown again on all, and the
 * items learnt from every basket. Deterministic.
 *
 * With c customers, i items bought in all and at most 100 counted a customer: O(i + c * 100^2) for the items, and a constant for the trees,
 * whose rows are bounded.
 */
export function trainNextBasket(history: History, { seed = 1, signals, catalogue }: TrainingOptions = {}): NextBasketModel {
  const learnt = learnBlend(history, seed, signals);
  return {
    kind: 'next-basket',
    format: 1,
    method: learnt && !isWorse(learnt.validation) ? 'BLEND' : 'FLOOR',
    items: history.items,
    knowledge: itemKnowledge(history),
    trees: learnt?.trees ?? null,
    signalWeights: learnt?.signalWeights ?? judgedWeights(),
    validation: learnt?.validation ?? null,
    ...(catalogue && { catalogue }),
  };
}

function learnBlend(history: History, seed: number, signals: SignalSource | undefined) {
  const customers = shuffled(customersWhoCameBack(history), seed);
  const validated = customers.splice(0, Math.min(MOST_VALIDATED, Math.floor(customers.length * VALIDATED)));
  if (validated.length < FEWEST_VALIDATED) return undefined;
  const before = withoutLastBaskets(history);
  const scorer = new Scorer(itemKnowledge(before));
  const builder = new ExampleBuilder(MOST_ROWS);
  for (const customer of customers) if (builder.hasRoom) builder.add(history, customer, scorer);
  // Of a small base the baskets before the last ones are targets too, with items learnt from what was known before those.
  if (builder.hasRoom) {
    const earlier = new Scorer(itemKnowledge(withoutLastBaskets(before)));
    for (const customer of customers) if (builder.hasRoom && basketsOf(before, customer) >= 2) builder.add(before, customer, earlier);
  }
  const learntFrom = builder.rows;
  const trial = growTrees(builder.examples(), { ...TREES, seed });
  const validation = compare(history, validated, scorer, trial);
  const signalWeights = signals ? weighSignals(history, validated, scorer, trial, signals) : judgedWeights();
  for (const customer of validated) if (builder.hasRoom) builder.add(history, customer, scorer);
  const trees = builder.rows > learntFrom ? growTrees(builder.examples(), { ...TREES, seed }) : trial;
  return { trees, validation, signalWeights };
}

function customersWhoCameBack(history: History): number[] {
  return Array.from(history.customers.keys()).filter((customer) => basketsOf(history, customer) >= 2);
}

function basketsOf({ customerStart }: History, customer: number): number {
  return customerStart[customer + 1]! - customerStart[customer]!;
}

function shuffled(values: number[], seed: number): number[] {
  const random = randomOf(seed);
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [values[at], values[other]] = [values[other]!, values[at]!];
  }
  return values;
}

/** By more than chance alone often does: a blend that is as good as the floor on few customers is mostly better on all. */
function isWorse({ gain, standardError }: Validation): boolean {
  return gain < -standardError;
}

function compare(history: History, customers: readonly number[], scorer: Scorer, trees: Trees): Validation {
  const { customerStart, basketStart, itemOf } = history;
  const n = customers.length;
  const best = new BestOf(10);
  const blend = { recallAt10: 0, ndcgAt10: 0 };
  const floor = { recallAt10: 0, ndcgAt10: 0 };
  let gain = 0;
  let squares = 0;
  for (const customer of customers) {
    const target = lastBasket(history, customer);
    scorer.read(basketStart, itemOf, customerStart[customer]!, customerStart[customer + 1]! - 1);
    for (const [candidate, score] of scorer.scores(trees).entries()) best.offer(scorer.candidates.item[candidate]!, score);
    const ranked: number[] = [];
    best.drain((item) => ranked.unshift(item));
    const ours = { recallAt10: recallAt(10, ranked, target), ndcgAt10: ndcgAt(10, ranked, target) };
    const plain = scorer.floorItems(10);
    const theirs = { recallAt10: recallAt(10, plain, target), ndcgAt10: ndcgAt(10, plain, target) };
    for (const measure of ['recallAt10', 'ndcgAt10'] as const) {
      blend[measure] += ours[measure] / n;
      floor[measure] += theirs[measure] / n;
    }
    const difference = (ours.recallAt10 - theirs.recallAt10 + ours.ndcgAt10 - theirs.ndcgAt10) / 2;
    gain += difference / n;
    squares += difference ** 2 / n;
  }
  return { customers: n, blend, floor, gain, standardError: Math.sqrt((squares - gain ** 2) / n) };
}

function weighSignals(history: History, customers: readonly number[], scorer: Scorer, trees: Trees, source: SignalSource) {
  const builder = new SignalExampleBuilder(history, scorer, trees, source);
  for (const customer of customers) builder.add(customer);
  return fitSignalWeights(builder.examples());
}
