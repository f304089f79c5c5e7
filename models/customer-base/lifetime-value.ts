/**
 * What a customer will spend: purchases by BG/NBD times spend by Gamma-Gamma, as Fader, Hardie & Lee 2005 put them together ("RFM and CLV:
 * Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research 42(4)). It is revenue: what goods and service cost is
 * not known here.
 */
import { randomOf } from '../random.ts';
import { beta, gamma, geometric, normal, poisson } from '../random-variates.ts';
import type { BgNbdModel, BgNbdParameters } from './bg-nbd.ts';
import { expectedPurchases, probabilityAlive } from './bg-nbd-forecast.ts';
import { cholesky } from './cholesky.ts';
import { expectedMeanSpend, type GammaGammaModel, type GammaGammaParameters } from './gamma-gamma.ts';
import type { PurchaseHistory } from './history.ts';

export interface LifetimeValueOptions {
  /** How far ahead, in whole time units of the BG/NBD model (weeks). */
  readonly horizon: number;
  /** Discount per time unit, such as 0.002 a week; purchases count as made in the middle of theirs. 0 when absent. */
  readonly discountRate?: number;
  /** Of the interval; 0.9 when absent. */
  readonly level?: number;
  /** Futures that an interval is made from; 1,000 when absent. */
  readonly draws?: number;
  readonly seed: number;
}

/** With the probability asked for the spend is within [lowMinor, highMinor]. */
interface SpendInterval {
  readonly lowMinor: number;
  readonly highMinor: number;
}

/** Amounts are whole minor units of `currency`. */
export interface LifetimeValue extends SpendInterval {
  readonly currency: string;
  readonly horizon: number;
  readonly expectedPurchases: number;
  readonly expectedMinor: number;
  readonly level: number;
}

/**
 * Values customers of one base. Throws RangeError for a horizon that is not a whole number of 1 or more, a discount below 0, and a level
 * outside (0, 1).
 *
 * The interval is of what this customer will spend, not of the mean of customers like this one. It is simulated: each draw takes other
 * parameters (normal about the estimates on the logarithmic scale, with their covariance; the estimates themselves where there is none),
 * then whether the customer is active, a rate, a probability of leaving and a rate of spend from the distributions that his history leaves
 * (gamma and beta again, by conjugacy), then purchases one by one until he leaves or the horizon ends, and what they cost. Ends are quantiles
 * of the draws: of 1,000, they waver by some 1 to 2 % of probability. What the models leave out (seasons, a changed price list, spend that
 * goes with frequency) is in neither value nor interval. Discounted, a draw is scaled by what the discount takes from the expectation.
 */
export class LifetimeValues {
  readonly #bgNbd: BgNbdModel;
  readonly #gammaGamma: GammaGammaModel;
  readonly #horizon: number;
  readonly #discountRate: number;
  /** Of intervals, in (0, 1). */
  readonly level: number;
  readonly #seed: number;
  readonly #parameters: readonly (BgNbdParameters & GammaGammaParameters)[];

  constructor(bgNbd: BgNbdModel, gammaGamma: GammaGammaModel, options: LifetimeValueOptions) {
    const { horizon, discountRate = 0, level = 0.9, draws = 1000, seed } = options;
    if (!Number.isSafeInteger(horizon) || horizon < 1) throw new RangeError(`A horizon of ${horizon} is not a whole number of 1 or more.`);
    if (!(discountRate >= 0)) throw new RangeError(`A discount of ${discountRate} is not 0 or more.`);
    if (!(level > 0 && level < 1)) throw new RangeError(`A level of ${level} is not between 0 and 1.`);
    this.#bgNbd = bgNbd;
    this.#gammaGamma = gammaGamma;
    this.#horizon = horizon;
    this.#discountRate = discountRate;
    this.level = level;
    this.#seed = seed;
    this.#parameters = parameterDraws(bgNbd, gammaGamma, draws, randomOf(seed));
  }

  /** Expected spend, discounted, in minor units, not rounded. Throws RangeError for a history in another currency than the model's. */
  expectedMinor(history: PurchaseHistory, currency: string): number {
    this.#check(currency);
    return this.#discountedPurchases(history) * expectedMeanSpend(this.#gammaGamma, history);
  }

  /** What the customer will spend with probability `level`, in whole minor units; some 1,000 times dearer than what is expected. The same for the same history and seed. Throws as expectedMinor does. */
  interval(history: PurchaseHistory, currency: string): SpendInterval {
    this.#check(currency);
    const purchases = expectedPurchases(this.#bgNbd, history, this.#horizon);
    const kept = purchases > 0 ? this.#discountedPurchases(history) / purchases : 1;
    const random = randomOf(this.#seed);
    const spends = Float64Array.from(this.#parameters, (parameters) => kept * future(parameters, history, this.#horizon, random)).sort();
    const tail = (1 - this.level) / 2;
    return { lowMinor: Math.round(quantile(spends, tail)), highMinor: Math.round(quantile(spends, 1 - tail)) };
  }

  /** Everything that is said of a customer. Throws as expectedMinor does. */
  of(history: PurchaseHistory, currency: string): LifetimeValue {
    return {
      currency,
      horizon: this.#horizon,
      expectedPurchases: expectedPurchases(this.#bgNbd, history, this.#horizon),
      expectedMinor: Math.round(this.expectedMinor(history, currency)),
      ...this.interval(history, currency),
      level: this.level,
    };
  }

  #check(currency: string): void {
    const own = this.#gammaGamma.currency;
    if (currency !== own) throw new RangeError(`Spend in ${currency} has no value by a model of spend in ${own}.`);
  }

  #discountedPurchases(history: PurchaseHistory): number {
    if (this.#discountRate === 0) return expectedPurchases(this.#bgNbd, history, this.#horizon);
    let sum = 0;
    let before = 0;
    for (let unit = 1; unit <= this.#horizon; unit++) {
      const until = expectedPurchases(this.#bgNbd, history, unit);
      sum += (until - before) / (1 + this.#discountRate) ** (unit - 0.5);
      before = until;
    }
    return sum;
  }
}

function parameterDraws(bgNbd: BgNbdModel, gammaGamma: GammaGammaModel, draws: number, random: () => number) {
  const activity = scatter([bgNbd.r, bgNbd.alpha, bgNbd.a, bgNbd.b], bgNbd.logCovariance, random);
  const spend = scatter([gammaGamma.p, gammaGamma.q, gammaGamma.vMinor], gammaGamma.logCovariance, random);
  return Array.from({ length: draws }, () => {
    const [r, alpha, a, b] = activity();
    const [p, q, vMinor] = spend();
    return { r: r!, alpha: alpha!, a: a!, b: b!, p: p!, q: q!, vMinor: vMinor! };
  });
}

/** Parameters about the estimates, normal in their logarithms. */
function scatter(estimates: readonly number[], logCovariance: Float64Array | null, random: () => number): () => readonly number[] {
  const size = estimates.length;
  const lower = logCovariance && cholesky(logCovariance, size);
  if (!lower) return () => estimates;
  return () => {
    const deviates = estimates.map(() => normal(random));
    return estimates.map((estimate, row) => {
      let shift = 0;
      for (let k = 0; k <= row; k++) shift += lower[row * size + k]! * deviates[k]!;
      return estimate * Math.exp(shift);
    });
  };
}

/** Spend in one of the futures that a history leaves open. */
function future(
  parameters: BgNbdParameters & GammaGammaParameters,
  history: PurchaseHistory,
  horizon: number,
  random: () => number,
): number {
  const { r, alpha, a, b, p, q, vMinor } = parameters;
  const { repeats: x, age, meanRepeatMinor } = history;
  if (random() >= probabilityAlive(parameters, history)) return 0;
  const rate = gamma(r + x, random) / (alpha + age);
  const leaving = beta(a, b + x, random);
  const purchases = poisson(rate * horizon, geometric(leaving, random), random);
  if (purchases === 0) return 0;
  const spendRate = gamma(q + p * x, random) / (vMinor + x * meanRepeatMinor);
  return gamma(p * purchases, random) / spendRate;
}

function quantile(sorted: Float64Array, probability: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(probability * sorted.length) - 1))] ?? 0;
}
