/** One purchase: what was in it, each item once, and when, in epoch milliseconds, where that is known. */
export interface Basket {
  readonly items: readonly string[];
  readonly atMs?: number;
}

/**
 * Who bought what in which order, in columns (compressed sparse rows): 4 bytes an item bought, whatever its id is.
 *
 * The baskets of customer c are `customerStart[c]` up to but not including `customerStart[c + 1]`, oldest first, and the items of
 * basket b are `itemOf[basketStart[b]]` up to but not including `itemOf[basketStart[b + 1]]`, as indices into `items`. An item is in a
 * basket once, however many pieces of it were bought; no basket is empty.
 */
export interface History {
  readonly customers: readonly string[];
  readonly items: readonly string[];
  readonly customerStart: Int32Array;
  readonly basketStart: Int32Array;
  readonly itemOf: Int32Array;
}

/** Collects customers one by one, as a scan or a file gives them. What was returned or cancelled is the caller's to leave out. */
export class HistoryBuilder {
  readonly #customers: string[] = [];
  readonly #items: string[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #customerStart = new Column();
  readonly #basketStart = new Column();
  readonly #itemOf = new Column();
  /** The last basket that an item was seen in, so that a second piece of it counts nothing. */
  readonly #seenIn: number[] = [];

  constructor() {
    this.#customerStart.push(0);
    this.#basketStart.push(0);
  }

  /** `baskets` oldest first; empty ones are left out, and so is a customer without any. A customer is added once. */
  add(customer: string, baskets: Iterable<Iterable<string>>): void {
    const before = this.#basketStart.length;
    for (const basket of baskets) this.#addBasket(basket);
    if (this.#basketStart.length === before) return;
    this.#customers.push(customer);
    this.#customerStart.push(this.#basketStart.length - 1);
  }

  #addBasket(basket: Iterable<string>): void {
    const number = this.#basketStart.length;
    const before = this.#itemOf.length;
    for (const id of basket) {
      let item = this.#indexOf.get(id);
      if (item === undefined) {
        item = this.#items.length;
        this.#indexOf.set(id, item);
        this.#items.push(id);
      }
      if (this.#seenIn[item] === number) continue;
      this.#seenIn[item] = number;
      this.#itemOf.push(item);
    }
    if (this.#itemOf.length > before) this.#basketStart.push(this.#itemOf.length);
  }

  history(): History {
    return {
      customers: this.#customers,
      items: this.#items,
      customerStart: this.#customerStart.values(),
      basketStart: this.#basketStart.values(),
      itemOf: this.#itemOf.values(),
    };
  }
}

/** The history of customers given as their baskets, oldest first. */
export function historyOf(customers: Iterable<readonly [customer: string, baskets: Iterable<Iterable<string>>]>): History {
  const builder = new HistoryBuilder();
  for (const [customer, baskets] of customers) builder.add(customer, baskets);
  return builder.history();
}

/** The same customers and items without each customer's last basket: what was known before it. A customer may be left without baskets. */
export function withoutLastBaskets({ customers, items, customerStart, basketStart, itemOf }: History): History {
  const starts = new Int32Array(customers.length + 1);
  const baskets = new Column();
  const kept = new Column();
  baskets.push(0);
  for (let customer = 0; customer < customers.length; customer++) {
    for (let basket = customerStart[customer]!; basket < customerStart[customer + 1]! - 1; basket++) {
      for (let at = basketStart[basket]!; at < basketStart[basket + 1]!; at++) kept.push(itemOf[at]!);
      baskets.push(kept.length);
    }
    starts[customer + 1] = baskets.length - 1;
  }
  return { customers, items, customerStart: starts, basketStart: baskets.values(), itemOf: kept.values() };
}

/** Numbers that are not counted beforehand. */
class Column {
  #values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Int32Array(this.length * 2);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.length++] = value;
  }

  values(): Int32Array {
    return this.#values.slice(0, this.length);
  }
}
