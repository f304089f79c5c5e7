import type { History } from './baskets.ts';
import { lastBasket } from './examples.ts';
import type { Scorer } from './scorer.ts';
import type { SignalExamples } from './signal-weights.ts';
import { type Catalogue, SIGNAL_NAMES, SignalReader, type Signals } from './signals.ts';
import type { Trees } from './trees.ts';

export interface SignalSource {
  readonly catalogue: Catalogue;
  /** What was known of a customer just before their last basket; undefined where nothing was. */
  readonly of: (customer: string) => Signals | undefined;
}

const WIDTH = SIGNAL_NAMES.length;

/** Collects the signals of customers' candidates before their last baskets, with what those held and what the trees say without signals. */
export class SignalExampleBuilder {
  readonly #history: History;
  readonly #scorer: Scorer;
  readonly #trees: Trees;
  readonly #source: SignalSource;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #groups: { readonly values: Float32Array; readonly score: Float32Array; readonly label: Uint8Array }[] = [];

  /** @param trees grown without these customers, or their purchases would seem explained already. */
  constructor(history: History, scorer: Scorer, trees: Trees, source: SignalSource) {
    this.#history = history;
    this.#scorer = scorer;
    this.#trees = trees;
    this.#source = source;
    this.#indexOf = new Map(history.items.map((item, index) => [item, index]));
  }

  add(customer: number): void {
    const { customers, items, customerStart, basketStart, itemOf } = this.#history;
    const signals = this.#source.of(customers[customer]!);
    if (!signals) return;
    const reader = new SignalReader(signals, this.#source.catalogue, this.#scorer.knowledge.similarity, (item) => this.#indexOf.get(item));
    this.#scorer.read(basketStart, itemOf, customerStart[customer]!, customerStart[customer + 1]! - 1, reader.items());
    const { item, size } = this.#scorer.candidates;
    const target = lastBasket(this.#history, customer);
    const group = { values: new Float32Array(size * WIDTH), score: this.#scorer.scores(this.#trees), label: new Uint8Array(size) };
    for (let at = 0; at < size; at++) {
      reader.read(item[at]!, items[item[at]!]!, group.values, at * WIDTH);
      group.label[at] = target.has(item[at]!) ? 1 : 0;
    }
    this.#groups.push(group);
  }

  examples(): SignalExamples {
    const groupStart = new Int32Array(this.#groups.length + 1);
    for (const [index, { score }] of this.#groups.entries()) groupStart[index + 1] = groupStart[index]! + score.length;
    const rows = groupStart[this.#groups.length]!;
    const all = { values: new Float32Array(rows * WIDTH), score: new Float32Array(rows), label: new Uint8Array(rows), groupStart };
    for (const [index, { values, score, label }] of this.#groups.entries()) {
      all.values.set(values, groupStart[index]! * WIDTH);
      all.score.set(score, groupStart[index]!);
      all.label.set(label, groupStart[index]!);
    }
    return all;
  }
}
