/**
 * BG/NBD: how often customers come back, and whether they still do. Fader, Hardie & Lee 2005, "'Counting Your Customers' the Easy Way: An
 * Alternative to the Pareto/NBD Model", Marketing Science 24(2).
 *
 * While active a customer buys at random at a rate of his own, gamma distributed over the base (shape r, rate alpha); after each purchase he
 * leaves for good with a probability of his own, beta distributed (a, b). What comes of that for one customer is in bg-nbd-forecast.ts.
 */
import type { PurchaseHistories } from './history.ts';
import { type Fit, type LogLikelihood, maximise, refuse } from './maximum-likelihood.ts';

export interface BgNbdParameters {
  readonly r: number;
  /** In the time unit of the histories. */
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

export interface BgNbdModel extends BgNbdParameters {
  readonly kind: 'bg-nbd';
  readonly format: 1;
  readonly daysPerUnit: number;
  /** null where the likelihood is flat in some direction, as it is when nobody ever seems to leave. */
  readonly standardErrors: BgNbdParameters | null;
  /** Covariance of the logarithms of r, alpha, a and b, 4 by 4, row by row. */
  readonly logCovariance: Float64Array | null;
  readonly logLikelihood: number;
  readonly customers: number;
}

type Summary = Pick<PurchaseHistories, 'repeats' | 'recency' | 'age'>;

/** Maximum likelihood from the histories of a base. */
export function trainBgNbd(histories: Summary & Pick<PurchaseHistories, 'daysPerUnit'>): Fit<BgNbdModel> {
  const { repeats, age, daysPerUnit } = histories;
  const customers = repeats.length;
  if (customers <= 4) return refuse('TOO_FEW_CUSTOMERS', `${customers} customers are too few for the 4 parameters of BG/NBD.`);
  const bought = repeats.reduce((sum, x) => sum + x, 0);
  if (bought === 0) return refuse('NOBODY_REPEATS', `None of ${customers} customers has bought on a second day.`);
  const observed = age.reduce((sum, T) => sum + T, 0);
  if (!(observed > 0)) return refuse('NO_TIME_OBSERVED', 'All customers bought first on the last day observed.');

  const wait = observed / bought;
  const starts = [
    [0.5, 0.5 * wait, 0.5, 1.5],
    [1, wait, 1, 3],
  ];
  const maximum = maximise(bgNbdLogLikelihood(histories), customers, starts);
  if (!maximum) return refuse('NO_MAXIMUM', `The likelihood of ${customers} customers with ${bought} repeats has no maximum.`);
  const { parameters, logLikelihood, logCovariance, standardErrors } = maximum;
  return {
    ok: true,
    model: {
      kind: 'bg-nbd',
      format: 1,
      daysPerUnit,
      ...named(parameters),
      standardErrors: standardErrors && named(standardErrors),
      logCovariance,
      logLikelihood,
      customers,
    },
  };
}

function named([r, alpha, a, b]: Float64Array): BgNbdParameters {
  return { r: r!, alpha: alpha!, a: a!, b: b! };
}

/**
 * Eq. 6 of the paper, of (r, alpha, a, b). Its gamma and beta functions differ by whole numbers, so that they are products and their
 * logarithms running sums over 0 ... x - 1, and the two ways in which a history can come about are added as logarithms: no x or T is too large.
 */
export function bgNbdLogLikelihood(histories: Summary): LogLikelihood {
  const { repeats, recency, age, weight } = distinct(histories);
  const most = repeats.reduce((max, x) => Math.max(max, x), 0);
  const logRise = new Float64Array(most + 1);
  const logStay = new Float64Array(most + 1);
  const byR = new Float64Array(most + 1);
  const byA = new Float64Array(most + 1);
  const byB = new Float64Array(most + 1);
  return ([r, alpha, a, b], gradient) => {
    for (let i = 0; i < most; i++) {
      logRise[i + 1] = logRise[i]! + Math.log(r! + i);
      logStay[i + 1] = logStay[i]! - Math.log1p(a! / (b! + i));
      byR[i + 1] = byR[i]! + 1 / (r! + i);
      byA[i + 1] = byA[i]! - 1 / (a! + b! + i);
      byB[i + 1] = byB[i]! + 1 / (b! + i) - 1 / (a! + b! + i);
    }
    const logAlpha = Math.log(alpha!);
    let sum = 0;
    gradient.fill(0);
    for (let row = 0; row < repeats.length; row++) {
      const x = repeats[row]!;
      const n = weight[row]!;
      const untilNow = alpha! + age[row]!;
      const logNow = Math.log(untilNow);
      let log = logRise[x]! + r! * logAlpha + logStay[x]! - (r! + x) * logNow;
      let left = 0;
      if (x > 0) {
        const untilLast = alpha! + recency[row]!;
        const logLast = Math.log(untilLast);
        const logOdds = Math.log(a! / (b! + x - 1)) + (r! + x) * (logNow - logLast);
        left = logOdds > 0 ? 1 / (1 + Math.exp(-logOdds)) : Math.exp(logOdds) / (1 + Math.exp(logOdds));
        log += logOdds > 0 ? logOdds + Math.log1p(Math.exp(-logOdds)) : Math.log1p(Math.exp(logOdds));
        gradient[0]! -= n * left * (logLast - logNow);
        gradient[1]! -= n * (r! + x) * left * (1 / untilLast - 1 / untilNow);
        gradient[2]! += (n * left) / a!;
        gradient[3]! -= (n * left) / (b! + x - 1);
      }
      sum += n * log;
      gradient[0]! += n * (byR[x]! + logAlpha - logNow);
      gradient[1]! += n * (r! / alpha! - (r! + x) / untilNow);
      gradient[2]! += n * byA[x]!;
      gradient[3]! += n * byB[x]!;
    }
    return sum;
  };
}

/** Equal histories once, with their number: most customers never come back, and they differ in the day of their first purchase alone. */
function distinct({ repeats, recency, age }: Summary) {
  const order = Uint32Array.from(repeats.keys()).sort(
    (one, other) => repeats[one]! - repeats[other]! || recency[one]! - recency[other]! || age[one]! - age[other]!,
  );
  const kept: number[] = [];
  const weight: number[] = [];
  for (const place of order) {
    const last = kept.at(-1);
    const isSame = last !== undefined && repeats[last] === repeats[place] && recency[last] === recency[place] && age[last] === age[place];
    if (isSame) weight[weight.length - 1]!++;
    else {
      kept.push(place);
      weight.push(1);
    }
  }
  return {
    repeats: Uint32Array.from(kept, (place) => repeats[place]!),
    recency: Float64Array.from(kept, (place) => recency[place]!),
    age: Float64Array.from(kept, (place) => age[place]!),
    weight: Float64Array.from(weight),
  };
}
