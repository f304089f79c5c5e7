/** One purchase, as a till or a shop recorded it. */
export interface Purchase {
  readonly customer: string;
  /** Days since 1970-01-01 on the calendar by which the shop counts; the time of day, a fraction, is ignored. */
  readonly day: number;
  /** What was paid, in minor units; 0 is a purchase too, what was returned is the caller's to leave out. */
  readonly amountMinor: number;
}

/**
 * What a customer-base model needs to know of a customer, times in the unit of the histories (weeks, unless asked otherwise).
 * The customary letters are x (repeats), t_x (recency), T (age) and z-bar or m_x (meanRepeatMinor).
 */
export interface PurchaseHistory {
  /** Days with a purchase after the first one: several purchases on a day are one. */
  readonly repeats: number;
  /** From the first to the last purchase; 0 without repeats. */
  readonly recency: number;
  /** From the first purchase to the end of observation. */
  readonly age: number;
  /** Mean of what was spent on a day with a repeat, in minor units; 0 without repeats. */
  readonly meanRepeatMinor: number;
}

/** The histories of a customer base in columns, one place a customer, in the order in which customers were first seen. */
export interface PurchaseHistories {
  readonly customers: readonly string[];
  /** ISO 4217, of all amounts. */
  readonly currency: string;
  readonly daysPerUnit: number;
  readonly repeats: Uint32Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  readonly meanRepeatMinor: Float64Array;
  /** All that was spent until the end of observation, the first purchase included, in minor units. */
  readonly totalMinor: Float64Array;
  /** Days with a purchase after the end of observation, up to `holdoutUntilDay`; null when that was not asked for. */
  readonly holdoutRepeats: Uint32Array | null;
}

export interface HistoryOptions {
  /**
   * Of all purchases: amounts of two currencies have no sum, so a base with several has histories for each, of the purchases made in it.
   */
  readonly currency: string;
  /** The last day observed, days since 1970-01-01. Whoever bought first after it is left out. */
  readonly untilDay: number;
  /** The last day of the holdout. */
  readonly holdoutUntilDay?: number;
  /** 7 for weeks. */
  readonly daysPerUnit?: number;
}

/**
 * Sums up purchases, in any order, as Fader & Hardie do ("Creating an RFM summary using Excel", 2008): the day is the finest time there is.
 * Throws RangeError for a day that is no number and for an amount that is not a whole number of 0 or more.
 */
export function purchaseHistories(purchases: Iterable<Purchase>, options: HistoryOptions): PurchaseHistories {
  const { currency, untilDay, holdoutUntilDay, daysPerUnit = 7 } = options;
  const byCustomer = new Map<string, { days: number[]; amounts: number[]; first: number }>();
  for (const { customer, day: moment, amountMinor } of purchases) {
    const day = Math.floor(moment);
    if (!Number.isFinite(day)) throw new RangeError(`A purchase of ${customer} is on day ${moment}.`);
    if (!Number.isSafeInteger(amountMinor) || amountMinor < 0) {
      throw new RangeError(`A purchase of ${customer} is of ${amountMinor} minor units.`);
    }
    const own = byCustomer.get(customer);
    if (own) {
      own.days.push(day);
      own.amounts.push(amountMinor);
      own.first = Math.min(own.first, day);
    } else byCustomer.set(customer, { days: [day], amounts: [amountMinor], first: day });
  }
  for (const [customer, { first }] of byCustomer) if (first > untilDay) byCustomer.delete(customer);

  const size = byCustomer.size;
  const repeats = new Uint32Array(size);
  const recency = new Float64Array(size);
  const age = new Float64Array(size);
  const meanRepeatMinor = new Float64Array(size);
  const totalMinor = new Float64Array(size);
  const holdoutRepeats = holdoutUntilDay === undefined ? null : new Uint32Array(size);
  let place = 0;
  for (const { days, amounts, first } of byCustomer.values()) {
    const order = Uint32Array.from(days.keys()).sort((one, other) => days[one]! - days[other]!);
    let last = first;
    let repeatMinor = 0;
    for (let index = 0, previous = first; index < order.length; index++) {
      const day = days[order[index]!]!;
      const isNewDay = day > previous;
      previous = day;
      if (day > untilDay) {
        if (holdoutRepeats && isNewDay && day <= holdoutUntilDay!) holdoutRepeats[place]!++;
        continue;
      }
      totalMinor[place]! += amounts[order[index]!]!;
      if (day > first) repeatMinor += amounts[order[index]!]!;
      if (isNewDay) repeats[place]!++;
      last = day;
    }
    recency[place] = (last - first) / daysPerUnit;
    age[place] = (untilDay - first) / daysPerUnit;
    if (repeats[place]! > 0) meanRepeatMinor[place] = repeatMinor / repeats[place]!;
    place++;
  }
  const columns = { repeats, recency, age, meanRepeatMinor, totalMinor, holdoutRepeats };
  return { customers: [...byCustomer.keys()], currency, daysPerUnit, ...columns };
}

/** The history at one place. Throws RangeError beyond the last. */
export function historyAt(histories: PurchaseHistories, place: number): PurchaseHistory {
  const repeats = histories.repeats[place];
  if (repeats === undefined) throw new RangeError(`There is no customer at ${place}.`);
  return {
    repeats,
    recency: histories.recency[place]!,
    age: histories.age[place]!,
    meanRepeatMinor: histories.meanRepeatMinor[place]!,
  };
}
