/**
 * How likely a customer is lost, and what in his history says so.
 *
 * A history is three numbers that move on their own: how often one came back, how long one waits from purchase to purchase (his rhythm), and
 * how long one has been silent. A driver is what one of them adds to the probability of the typical customer, as its Shapley value (Shapley
 * 1953; Lundberg & Lee 2017): the change when it takes its own value in place of the typical one, averaged over the orders in which the
 * three can do so. So the typical probability and all contributions have the probability as their sum.
 */
import type { BgNbdParameters } from './bg-nbd.ts';
import { probabilityAlive, probabilityOfPurchase } from './bg-nbd-forecast.ts';
import type { PurchaseHistories, PurchaseHistory } from './history.ts';

type Activity = Pick<PurchaseHistory, 'repeats' | 'recency' | 'age'>;

/** Medians among those who came back, times in the unit of their histories. */
export interface TypicalCustomer {
  readonly repeats: number;
  /** Mean time from one day with a purchase to the next. */
  readonly rhythm: number;
  /** Since the last purchase. */
  readonly silence: number;
}

/**
 * LEFT: gone for good, 1 - P(alive); always 0 for whoever bought on one day only, since BG/NBD has customers leave after a repeat.
 * NO_PURCHASE: no purchase within the horizon, gone or not; says something of everybody.
 */
export type ChurnMeasure = { readonly of: 'LEFT' } | { readonly of: 'NO_PURCHASE'; readonly horizon: number };

export interface ChurnDriver {
  readonly code: 'REPEATS' | 'RHYTHM' | 'SILENCE';
  /** Of this customer; null for the rhythm of one who never came back, which counts as typical. */
  readonly value: number | null;
  readonly typical: number;
  /** Added to the probability; below 0 it speaks for staying. */
  readonly contribution: number;
}

export interface Churn {
  /** In [0, 1]. */
  readonly probability: number;
  /** That of the typical customer. */
  readonly typicalProbability: number;
  /** The strongest first. */
  readonly drivers: readonly ChurnDriver[];
}

/** null when nobody came back. */
export function typicalCustomer({ repeats, recency, age }: PurchaseHistories): TypicalCustomer | null {
  const places = [...repeats.keys()].filter((place) => repeats[place]! > 0);
  if (places.length === 0) return null;
  return {
    repeats: median(places.map((place) => repeats[place]!)),
    rhythm: median(places.map((place) => recency[place]! / repeats[place]!)),
    silence: median(places.map((place) => age[place]! - recency[place]!)),
  };
}

/** Probability that the customer is lost. */
export function churnProbability(parameters: BgNbdParameters, activity: Activity, measure: ChurnMeasure): number {
  return measure.of === 'LEFT'
    ? 1 - probabilityAlive(parameters, activity)
    : 1 - probabilityOfPurchase(parameters, activity, measure.horizon);
}

/** The same, with its drivers against the typical customer of the base. */
export function churnOf(parameters: BgNbdParameters, typical: TypicalCustomer, activity: Activity, measure: ChurnMeasure): Churn {
  const { repeats, recency, age } = activity;
  const rhythm = repeats > 0 ? recency / repeats : null;
  const usual = [typical.repeats, typical.rhythm, typical.silence];
  const own = [repeats, rhythm ?? typical.rhythm, age - recency];
  /** Of a customer who has his own value in the places whose bits are set. */
  const probabilities = Float64Array.from({ length: 8 }, (_, bits) => {
    const [times, wait, silence] = own.map((value, place) => (bits & (1 << place) ? value : usual[place]!));
    return churnProbability(parameters, { repeats: times!, recency: times! * wait!, age: times! * wait! + silence! }, measure);
  });
  const driver = (code: ChurnDriver['code'], place: number, value: number | null): ChurnDriver => ({
    code,
    value,
    typical: usual[place]!,
    contribution: shapley(probabilities, place),
  });
  const drivers = [driver('REPEATS', 0, repeats), driver('RHYTHM', 1, rhythm), driver('SILENCE', 2, age - recency)];
  return {
    probability: probabilities[7]!,
    typicalProbability: probabilities[0]!,
    drivers: drivers.sort((one, another) => Math.abs(another.contribution) - Math.abs(one.contribution)),
  };
}

/** The Shapley value of one of three players; `worth` is that of each coalition, the bits of whose index are its members. */
function shapley(worth: Float64Array, player: number): number {
  const bit = 1 << player;
  let value = 0;
  for (let others = 0; others < 8; others++) {
    if (others & bit) continue;
    const size = (others & 1) + ((others >> 1) & 1) + ((others >> 2) & 1);
    value += (worth[others | bit]! - worth[others]!) * (size === 1 ? 1 / 6 : 1 / 3);
  }
  return value;
}

function median(values: number[]): number {
  values.sort((one, other) => one - other);
  const middle = values.length >> 1;
  return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}
