import { BestOf } from './best-of.ts';
import type { ItemKnowledge } from './item-knowledge.ts';
import type { ItemSimilarity } from './item-similarity.ts';
import type { Purchases } from './purchases.ts';

/** New items considered per customer, from each source. */
const POPULAR = 40;
const CURRENT = 40;
const SIMILAR = 100;

/** What neighbours of a customer's items say of each item; columns by item, 0 where nothing was said. */
export class Evidence {
  /** Mean similarity to what was bought, lately and often counting more. */
  readonly similarity: Float32Array;
  /** Mean similarity to what the last basket held. */
  readonly similarityNow: Float32Array;
  /** Similarity to the item bought that is most like it, and which that is. */
  readonly closest: Float32Array;
  readonly closestItem: Int32Array;
  readonly #met: Int32Array;
  #size = 0;

  constructor(items: number) {
    this.similarity = new Float32Array(items);
    this.similarityNow = new Float32Array(items);
    this.closest = new Float32Array(items);
    this.closestItem = new Int32Array(items);
    this.#met = new Int32Array(items);
  }

  /** The items of which anything was said. */
  met(): Int32Array {
    return this.#met.subarray(0, this.#size);
  }

  read(purchases: Purchases, similarity: ItemSimilarity): void {
    this.forget();
    let weights = 0;
    let now = 0;
    for (let place = 0; place < purchases.size; place++) {
      weights += Math.sqrt(purchases.slow[place]!);
      if (purchases.lastAge[place] === 0) now++;
    }
    for (let place = 0; place < purchases.size; place++) {
      const item = purchases.item[place]!;
      const inLastBasket = purchases.lastAge[place] === 0 ? 1 / now : 0;
      this.#addSimilar(item, Math.sqrt(purchases.slow[place]!) / weights, inLastBasket, similarity);
    }
  }

  #addSimilar(item: number, weight: number, inLastBasket: number, { start, neighbourOf, weightOf }: ItemSimilarity): void {
    for (let k = start[item]!; k < start[item + 1]!; k++) {
      const other = neighbourOf[k]!;
      const like = weightOf[k]!;
      if (this.closest[other] === 0) this.#met[this.#size++] = other;
      this.similarity[other]! += weight * like;
      this.similarityNow[other]! += inLastBasket * like;
      if (like <= this.closest[other]!) continue;
      this.closest[other] = like;
      this.closestItem[other] = item;
    }
  }

  forget(): void {
    for (const item of this.met()) {
      this.similarity[item] = 0;
      this.similarityNow[item] = 0;
      this.closest[item] = 0;
    }
    this.#size = 0;
  }
}

/** The items that are ranked for one customer: all that they bought, and new ones that are popular or near to what they bought. */
export class Candidates {
  size = 0;
  item = new Int32Array(512);
  readonly #chosen: Uint8Array;
  readonly #nearest = new BestOf(SIMILAR);

  /** @param items how many items there are. */
  constructor(items: number) {
    this.#chosen = new Uint8Array(items);
  }

  read(purchases: Purchases, evidence: Evidence, knowledge: ItemKnowledge): void {
    for (let at = 0; at < this.size; at++) this.#chosen[this.item[at]!] = 0;
    this.size = 0;
    for (let place = 0; place < purchases.size; place++) this.add(purchases.item[place]!);
    this.#addFirst(knowledge.popular, POPULAR);
    this.#addFirst(knowledge.current, CURRENT);
    for (const item of evidence.met()) {
      if (purchases.placeOf(item) < 0) this.#nearest.offer(item, evidence.similarity[item]!);
    }
    this.#nearest.drain((item) => this.add(item));
  }

  /** Adds one that is not there yet. */
  add(item: number): void {
    if (this.#chosen[item]) return;
    this.#chosen[item] = 1;
    if (this.size === this.item.length) {
      const longer = new Int32Array(this.size * 2);
      longer.set(this.item);
      this.item = longer;
    }
    this.item[this.size++] = item;
  }

  #addFirst(ranked: Int32Array, most: number): void {
    let added = 0;
    for (let at = 0; at < ranked.length && added < most; at++) {
      if (this.#chosen[ranked[at]!]) continue;
      this.add(ranked[at]!);
      added++;
    }
  }
}
