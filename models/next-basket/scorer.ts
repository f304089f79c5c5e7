import { Candidates, Evidence } from './candidates.ts';
import { FeatureRows, WIDTH } from './features.ts';
import type { ItemKnowledge } from './item-knowledge.ts';
import { personalTop, popularityRanks } from './personal-top.ts';
import { Purchases } from './purchases.ts';
import { scoresOf, type Trees } from './trees.ts';

/** One customer at a time: what they bought, which items come into question, and what is seen of each. Its buffers are used again. */
export class Scorer {
  readonly purchases: Purchases;
  readonly evidence: Evidence;
  readonly candidates: Candidates;
  readonly rows: FeatureRows;
  /** Places in `purchases` in the floor's order. */
  floor: Int32Array = new Int32Array(0);
  readonly knowledge: ItemKnowledge;
  readonly #popularity: Int32Array;

  constructor(knowledge: ItemKnowledge) {
    const items = knowledge.statistics.baskets.length;
    this.knowledge = knowledge;
    this.#popularity = popularityRanks(knowledge.statistics.baskets);
    this.purchases = new Purchases(items);
    this.evidence = new Evidence(items);
    this.candidates = new Candidates(items);
    this.rows = new FeatureRows(knowledge);
  }

  /** Reads baskets as `Purchases.read` does, and fills a row of features per candidate; `also` come into question too. */
  read(basketStart: Int32Array, itemOf: Int32Array, from: number, to: number, also: Iterable<number> = []): void {
    this.readPurchases(basketStart, itemOf, from, to);
    this.evidence.read(this.purchases, this.knowledge.similarity);
    this.candidates.read(this.purchases, this.evidence, this.knowledge);
    for (const item of also) this.candidates.add(item);
    this.rows.fill(this.purchases, this.floor, this.evidence, this.candidates);
  }

  /** Reads as much as the floor needs; there is no evidence then. */
  readPurchases(basketStart: Int32Array, itemOf: Int32Array, from: number, to: number): void {
    this.evidence.forget();
    this.purchases.read(basketStart, itemOf, from, to);
    this.floor = personalTop(this.purchases, this.#popularity);
  }

  /** The score of each candidate, in their order. */
  scores(trees: Trees): Float32Array {
    return scoresOf(trees, this.rows.values, WIDTH, this.candidates.size);
  }

  /** The floor's items: what was bought, then what is popular, at most `most`. */
  floorItems(most: number): number[] {
    const items = Array.from(this.floor.subarray(0, most), (place) => this.purchases.item[place]!);
    const { popular } = this.knowledge;
    for (let at = 0; at < popular.length && items.length < most; at++)
      if (this.purchases.placeOf(popular[at]!) < 0) items.push(popular[at]!);
    return items;
  }
}
