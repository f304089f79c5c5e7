/**
 * What else speaks for losing a customer: complaints, a falling spend, fewer visits. BG/NBD knows purchases alone, so a logistic regression
 * learns from a holdout how far such signals move the odds that it gives, which are the regression's offset: without anything to add they stay.
 */
import { type FeatureTable, rowsOf, type Standard, standardised, standardOf } from './features.ts';
import { type Coefficients, logistic, ridgeLogistic } from './ridge-logistic.ts';

export interface ChurnSignalsModel {
  readonly kind: 'churn-signals';
  readonly format: 1;
  readonly standard: Standard;
  /** Intercept, then one a signal; of the log-odds of no purchase. */
  readonly coefficients: Coefficients;
  readonly customers: number;
}

export interface SignalDriver {
  readonly code: string;
  readonly value: number;
  /** Mean of the customers learned from. */
  readonly typical: number;
  /** Added to the probability; below 0 it speaks for staying. */
  readonly contribution: number;
}

export interface SignalledChurn {
  /** Of no purchase within the horizon, in [0, 1], with the signals. */
  readonly probability: number;
  /** What all customers of BG/NBD's odds turned out to differ from them, on average. */
  readonly correction: number;
  /** The strongest first. With the correction their sum is what the signals changed. */
  readonly drivers: readonly SignalDriver[];
}

/** In rows: as if so many customers said that a signal makes no difference. */
const RIDGE = 10;
/** Keeps the odds of a certainty finite. */
const LEAST = 1e-6;

/**
 * `churn[c]` is what churnProbability said of NO_PURCHASE at the start of the holdout, `returned[c]` is 1 if there was one; `signals` are as
 * they were at the start. Throws RangeError when the rows are not as many, or nobody or everybody returned.
 */
export function trainChurnSignals(signals: FeatureTable, churn: Float64Array, returned: Uint8Array): ChurnSignalsModel {
  const customers = rowsOf(signals);
  if (churn.length !== customers || returned.length !== customers) {
    throw new RangeError(`${customers} rows of signals, ${churn.length} probabilities and ${returned.length} outcomes do not match.`);
  }
  const back = returned.reduce((sum, one) => sum + one, 0);
  if (back === 0 || back === customers) throw new RangeError(`${back} of ${customers} customers returned: there is nothing to tell apart.`);
  const standard = standardOf(signals);
  const rows = {
    values: standardised(signals, standard),
    width: signals.names.length,
    positive: returned.map((one) => 1 - one),
    offset: churn.map(logOdds),
  };
  return { kind: 'churn-signals', format: 1, standard, coefficients: ridgeLogistic(rows, RIDGE), customers };
}

/**
 * Moves BG/NBD's probability of no purchase by the signals. Contributions are Aumann-Shapley values: on the way from its odds to the new
 * ones, all signals growing alike, each gets what its growth adds, which for a sum of log-odds is its share of the sum.
 */
export function signalledChurn({ standard, coefficients }: ChurnSignalsModel, churn: number, row: ArrayLike<number>): SignalledChurn {
  const { names, mean, scale } = standard;
  const from = logOdds(churn);
  const terms = names.map((_, f) => (coefficients[1 + f]! * (row[f]! - mean[f]!)) / scale[f]!);
  const change = terms.reduce((sum, term) => sum + term, coefficients[0]!);
  const start = logistic(from);
  const probability = logistic(from + change);
  const slope = Math.abs(change) > 1e-6 ? (probability - start) / change : start * (1 - start);
  const drivers = names.map((code, f) => ({ code, value: row[f]!, typical: mean[f]!, contribution: slope * terms[f]! }));
  return {
    probability,
    correction: slope * coefficients[0]!,
    drivers: drivers.sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution)),
  };
}

function logOdds(probability: number): number {
  const within = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(within / (1 - within));
}
