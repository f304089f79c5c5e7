import type { Basket } from './baskets.ts';
import { catalogueOf } from './item-catalogue.ts';
import type { NextBasketModel } from './next-basket-model.ts';
import { descending } from './purchases.ts';
import { Scorer } from './scorer.ts';
import { type Ranked, type SelectionRules, select } from './selection.ts';
import { type Catalogue, SIGNAL_NAMES, SignalReader, type Signals } from './signals.ts';

/** Why an item was ranked, from the facts that ranked it. */
export type RankReason =
  /** Bought in so many of the baskets given; when last, null where that basket has no time. */
  | { readonly code: 'REPEAT'; readonly times: number; readonly lastAtMs: number | null }
  /** Looked at lately. */
  | { readonly code: 'VIEWED' }
  /** Customers who bought `item`, which this one bought, bought this too. */
  | { readonly code: 'SIMILAR_TO'; readonly item: string }
  | { readonly code: 'POPULAR' };

export interface RankedItem {
  readonly item: string;
  /**
   * In [0, 1], higher is better. By the blend the share of the next basket that the model expects it to be, of all items in question; by the
   * floor in proportion to one over the place. Comparable within one answer only.
   */
  readonly score: number;
  readonly isNew: boolean;
  readonly reason: RankReason;
}

export interface RankRequest extends Partial<SelectionRules> {
  /** What the customer bought, oldest first; the caller bounds it. Items that the model does not know are passed over. */
  readonly baskets: readonly Basket[];
  readonly signals?: Signals;
  /** True for an item that must not be ranked: out of taste, withdrawn, bought already where once is enough. */
  readonly isExcluded?: (item: string) => boolean;
}

const FIRST = 10;

/** By the trees; as bought most often, then popular; or by similarity to what was bought, then popular. */
type Order = 'BLEND' | 'FLOOR' | 'SIMILARITY';

const keptBy = ({ items, catalogue }: NextBasketModel): Catalogue => (catalogue ? catalogueOf(items, catalogue) : () => undefined);

/**
 * Ranks what a customer buys next. Holds buffers as long as the items are many, so one is made per model and asked for one customer after
 * another.
 */
export class NextBasketRanker {
  readonly catalogue: Catalogue;
  readonly #model: NextBasketModel;
  readonly #scorer: Scorer;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #weights: readonly number[];
  #basketStart = new Int32Array(64);
  #itemOf = new Int32Array(256);
  /** By item the last basket that it was read in, counted over all requests: a double holds more baskets than there will be. */
  readonly #seenIn: Float64Array;
  #basketsRead = 0;

  /**
   * @param catalogue what is known of items, by what the model itself keeps unless given; what can't be had (`available: false`) and what is
   *   durable and bought is never ranked.
   */
  constructor(model: NextBasketModel, catalogue: Catalogue = keptBy(model)) {
    this.#model = model;
    this.catalogue = catalogue;
    this.#scorer = new Scorer(model.knowledge);
    this.#indexOf = new Map(model.items.map((item, index) => [item, index]));
    this.#seenIn = new Float64Array(model.items.length);
    this.#weights = SIGNAL_NAMES.map((name) => model.signalWeights[name]);
  }

  /** The next purchase, new or not: 10 items unless `first` says otherwise. */
  rank(request: RankRequest): RankedItem[] {
    if (this.#model.method === 'BLEND') return this.#answer(request, this.#ranked(request, 'BLEND'));
    return request.signals ? this.#answer(request, this.#ranked(request, 'FLOOR')) : this.fallback(request);
  }

  /** Items never bought before, as far as the baskets given tell. */
  discover(request: RankRequest): RankedItem[] {
    const ranked = this.#ranked(request, this.#model.trees ? 'BLEND' : 'SIMILARITY');
    return this.#answer(
      request,
      ranked.filter(({ isNew }) => isNew),
    );
  }

  /** The floor's answer, in far less time: what was bought most often, then what is popular. Of the signals only the cart counts. */
  fallback(request: RankRequest): RankedItem[] {
    this.#read(request);
    this.#scorer.readPurchases(this.#basketStart, this.#itemOf, 0, request.baskets.length);
    const first = request.first ?? FIRST;
    // Rules may want what stands far down; without any, a few more than asked for do.
    const most = request.newShare || request.mostPerCategory !== undefined ? Number.POSITIVE_INFINITY : 4 * first;
    const allowed = this.#allowed(request);
    const ranked: Ranked[] = [];
    for (const item of this.#scorer.floorItems(this.#scorer.purchases.size + 4 * first)) {
      if (ranked.length >= most) break;
      if (allowed(item)) ranked.push(this.#rankedOf(item, 1 / (ranked.length + 1)));
    }
    return this.#answer(request, ranked);
  }

  #ranked(request: RankRequest, order: Order): Ranked[] {
    this.#read(request);
    const { signals } = request;
    const reader =
      signals && new SignalReader(signals, this.catalogue, this.#model.knowledge.similarity, (item) => this.#indexOf.get(item));
    this.#scorer.read(this.#basketStart, this.#itemOf, 0, request.baskets.length, reader?.items());
    const scores = order === 'BLEND' ? this.#scorer.scores(this.#model.trees!) : this.#placeScores(order);
    if (reader) this.#addSignals(reader, scores);
    const { item, size } = this.#scorer.candidates;
    let highest = Number.NEGATIVE_INFINITY;
    for (const score of scores) highest = Math.max(highest, score);
    let all = 0;
    for (let at = 0; at < size; at++) {
      scores[at] = Math.exp(scores[at]! - highest);
      all += scores[at]!;
    }
    const allowed = this.#allowed(request);
    const ranked: Ranked[] = [];
    for (const at of descending(size, (place) => Math.floor(scores[place]! * 2 ** 36)))
      if (allowed(item[at]!)) ranked.push(this.#rankedOf(item[at]!, scores[at]! / all));
    return ranked;
  }

  /** Without trees: the logarithm of one over the place in an order, so that signals have something to add to. */
  #placeScores(order: 'FLOOR' | 'SIMILARITY'): Float32Array {
    const { candidates, evidence, floor, purchases } = this.#scorer;
    const { baskets } = this.#model.knowledge.statistics;
    const worth = new Float32Array(baskets.length);
    if (order === 'SIMILARITY') for (const item of evidence.met()) worth[item] = evidence.similarity[item]!;
    else for (const [rank, place] of floor.entries()) worth[purchases.item[place]!] = floor.length - rank;
    const places = Array.from({ length: candidates.size }, (_, at) => at).sort((a, b) => {
      const [one, other] = [candidates.item[a]!, candidates.item[b]!];
      return worth[other]! - worth[one]! || baskets[other]! - baskets[one]! || one - other;
    });
    const scores = new Float32Array(candidates.size);
    for (const [place, at] of places.entries()) scores[at] = -Math.log(place + 1);
    return scores;
  }

  #addSignals(reader: SignalReader, scores: Float32Array): void {
    const { item, size } = this.#scorer.candidates;
    const values = new Float32Array(SIGNAL_NAMES.length);
    for (let at = 0; at < size; at++) {
      reader.read(item[at]!, this.#model.items[item[at]!]!, values, 0);
      for (let signal = 0; signal < values.length; signal++) scores[at]! += this.#weights[signal]! * values[signal]!;
    }
  }

  #rankedOf(item: number, score: number): Ranked {
    return { item, score, isNew: this.#scorer.purchases.placeOf(item) < 0, category: this.catalogue(this.#model.items[item]!)?.category };
  }

  #allowed({ isExcluded, signals }: RankRequest): (item: number) => boolean {
    const cart = new Set(signals?.cart);
    return (index) => {
      const item = this.#model.items[index]!;
      if (cart.has(item) || isExcluded?.(item)) return false;
      const entry = this.catalogue(item);
      return entry?.available !== false && !(entry?.durable && this.#scorer.purchases.placeOf(index) >= 0);
    };
  }

  #answer(request: RankRequest, ranked: readonly Ranked[]): RankedItem[] {
    const chosen = select(ranked, { ...request, first: request.first ?? FIRST }, this.#model.knowledge.similarity);
    const viewed = new Set(request.signals?.viewed);
    return chosen.map(({ item: index, score, isNew }) => {
      const item = this.#model.items[index]!;
      return { item, score, isNew, reason: this.#reason(request, index, viewed.has(item)) };
    });
  }

  #reason({ baskets }: RankRequest, index: number, viewed: boolean): RankReason {
    const { purchases, evidence } = this.#scorer;
    const place = purchases.placeOf(index);
    if (place >= 0) {
      const last = baskets[baskets.length - 1 - purchases.lastAge[place]!];
      return { code: 'REPEAT', times: purchases.count[place]!, lastAtMs: last?.atMs ?? null };
    }
    if (viewed) return { code: 'VIEWED' };
    if (evidence.closest[index]! > 0) return { code: 'SIMILAR_TO', item: this.#model.items[evidence.closestItem[index]!]! };
    return { code: 'POPULAR' };
  }

  /** The request's baskets in the columns that `Purchases` reads; an item that stands twice in one basket counts once. */
  #read({ baskets }: RankRequest): void {
    if (this.#basketStart.length <= baskets.length) this.#basketStart = new Int32Array(2 * baskets.length);
    const bought = baskets.reduce((sum, { items }) => sum + items.length, 0);
    if (this.#itemOf.length < bought) this.#itemOf = new Int32Array(2 * bought);
    let length = 0;
    for (const [place, { items }] of baskets.entries()) {
      this.#basketsRead++;
      for (const item of items) {
        const index = this.#indexOf.get(item);
        if (index === undefined || this.#seenIn[index] === this.#basketsRead) continue;
        this.#seenIn[index] = this.#basketsRead;
        this.#itemOf[length++] = index;
      }
      this.#basketStart[place + 1] = length;
    }
  }
}
