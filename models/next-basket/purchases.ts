/** Different items of one customer that count: those bought most often, of equals the last bought. */
export const MOST_ITEMS = 200;

/** Weight of a basket by its age in baskets: what was bought just now, and what is bought at all. */
const FAST_DECAY = 0.6;
const SLOW_DECAY = 0.9;

/**
 * One customer's baskets summed up per different item, in columns that are used again for the next customer: read it before the next
 * `read`. Ages are counted in baskets back from the last, which is 0.
 */
export class Purchases {
  /** Baskets, and items bought in all of them. */
  baskets = 0;
  bought = 0;
  lastBasketSize = 0;
  /** Different items; the columns below count that far, in no particular order. */
  size = 0;
  item = new Int32Array(256);
  count = new Int32Array(256);
  firstAge = new Int32Array(256);
  lastAge = new Int32Array(256);
  /** Sum over the baskets that held the item of 0.6^age, and of 0.9^age. */
  fast = new Float32Array(256);
  slow = new Float32Array(256);
  /** Place of an item in the columns plus 1; 0 for what was never bought. */
  readonly #placeOf: Int32Array;

  /** @param items how many items there are. */
  constructor(items: number) {
    this.#placeOf = new Int32Array(items);
  }

  /** Where an item stands in the columns, or -1 where it was never bought. */
  placeOf(item: number): number {
    return this.#placeOf[item]! - 1;
  }

  /**
   * Sums up the baskets `from` up to but not including `to`, oldest first: basket b has the items `itemOf[basketStart[b]]` up to but not
   * including `itemOf[basketStart[b + 1]]`, each once.
   */
  read(basketStart: Int32Array, itemOf: Int32Array, from: number, to: number): void {
    for (let place = 0; place < this.size; place++) this.#placeOf[this.item[place]!] = 0;
    this.baskets = to - from;
    this.bought = to > from ? basketStart[to]! - basketStart[from]! : 0;
    this.lastBasketSize = to > from ? basketStart[to]! - basketStart[to - 1]! : 0;
    this.size = 0;
    for (let basket = from; basket < to; basket++) {
      const age = to - 1 - basket;
      const fast = FAST_DECAY ** age;
      const slow = SLOW_DECAY ** age;
      for (let at = basketStart[basket]!; at < basketStart[basket + 1]!; at++) {
        const item = itemOf[at]!;
        let place = this.#placeOf[item]! - 1;
        if (place < 0) place = this.#add(item, age);
        this.count[place]! += 1;
        this.lastAge[place] = age;
        this.fast[place]! += fast;
        this.slow[place]! += slow;
      }
    }
    if (this.size > MOST_ITEMS) this.#keepMost();
  }

  #add(item: number, age: number): number {
    if (this.size === this.item.length) this.#grow();
    const place = this.size++;
    this.#placeOf[item] = place + 1;
    this.item[place] = item;
    this.count[place] = 0;
    this.firstAge[place] = age;
    this.fast[place] = 0;
    this.slow[place] = 0;
    return place;
  }

  #keepMost(): void {
    const order = descending(
      this.size,
      (place) => this.count[place]! * 2 ** 20 + 2 ** 20 - 1 - Math.min(this.lastAge[place]!, 2 ** 20 - 1),
    );
    for (const place of order.subarray(MOST_ITEMS)) this.#placeOf[this.item[place]!] = 0;
    const kept = order.subarray(0, MOST_ITEMS);
    for (const column of [this.item, this.count, this.firstAge, this.lastAge, this.fast, this.slow]) {
      const all = column.slice(0, this.size);
      for (let place = 0; place < MOST_ITEMS; place++) column[place] = all[kept[place]!]!;
    }
    this.size = MOST_ITEMS;
    for (let place = 0; place < this.size; place++) this.#placeOf[this.item[place]!] = place + 1;
  }

  #grow(): void {
    const longer = (column: Int32Array) => {
      const twice = new Int32Array(column.length * 2);
      twice.set(column);
      return twice;
    };
    const longerFloats = (column: Float32Array) => {
      const twice = new Float32Array(column.length * 2);
      twice.set(column);
      return twice;
    };
    this.item = longer(this.item);
    this.count = longer(this.count);
    this.firstAge = longer(this.firstAge);
    this.lastAge = longer(this.lastAge);
    this.fast = longerFloats(this.fast);
    this.slow = longerFloats(this.slow);
  }
}

const PLACES = 2 ** 16;

/**
 * Places by a key, the highest first; of equals the lower place. Keys are whole numbers below 2^37, for key and place share a double: numbers
 * are sorted many times faster than by a comparison.
 *
 * @param size at most 65,536.
 */
export function descending(size: number, keyOf: (place: number) => number): Int32Array {
  const keys = new Float64Array(size);
  for (let place = 0; place < size; place++) keys[place] = -keyOf(place) * PLACES + place;
  keys.sort();
  const places = new Int32Array(size);
  for (let at = 0; at < size; at++) places[at] = keys[at]! - Math.floor(keys[at]! / PLACES) * PLACES;
  return places;
}
