/**
 * Gamma-Gamma: what customers spend when they buy. Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value"
 * (brucehardie.com/notes/025).
 *
 * Amounts of one customer are gamma distributed (shape p, rate nu), nu over the base too (shape q, rate gamma, which the software of the
 * field calls v). How much one spends is taken to say nothing of how often.
 */
import type { PurchaseHistories, PurchaseHistory } from './history.ts';
import { digamma, logGamma } from './log-gamma.ts';
import { type Fit, type LogLikelihood, maximise, refuse } from './maximum-likelihood.ts';

export interface GammaGammaParameters {
  readonly p: number;
  readonly q: number;
  /** The paper's gamma, in minor units of the currency. */
  readonly vMinor: number;
}

export interface GammaGammaModel extends GammaGammaParameters {
  readonly kind: 'gamma-gamma';
  readonly format: 1;
  /** ISO 4217, of vMinor and of all that the model says. */
  readonly currency: string;
  /** null where the likelihood is flat in some direction. */
  readonly standardErrors: GammaGammaParameters | null;
  /** Covariance of the logarithms of p, q and v, 3 by 3, row by row. */
  readonly logCovariance: Float64Array | null;
  readonly logLikelihood: number;
  /** Those who came back and paid. */
  readonly customers: number;
}

/** Maximum likelihood from those who came back and paid. */
export function trainGammaGamma(histories: PurchaseHistories): Fit<GammaGammaModel> {
  const paying = [...histories.repeats.keys()].filter((place) => histories.repeats[place]! > 0 && histories.meanRepeatMinor[place]! > 0);
  const customers = paying.length;
  if (customers <= 3) return refuse('TOO_FEW_CUSTOMERS', `${customers} customers who came back and paid are too few for 3 parameters.`);
  const repeats = Float64Array.from(paying, (place) => histories.repeats[place]!);
  const mean = Float64Array.from(paying, (place) => histories.meanRepeatMinor[place]!);
  // Any unit will do: one in which amounts are about 1 keeps the three parameters alike.
  const unit = mean.reduce((sum, amount) => sum + amount, 0) / customers;
  const scaled = mean.map((amount) => amount / unit);
  const starts = [
    [6, 4, 0.5],
    [1, 2, 1],
  ];
  const maximum = maximise(gammaGammaLogLikelihood(repeats, scaled), customers, starts);
  if (!maximum) return refuse('NO_MAXIMUM', `The likelihood of the spend of ${customers} customers has no maximum.`);
  const { parameters, logCovariance, standardErrors } = maximum;
  if (parameters[1]! <= 1) return refuse('NO_FINITE_MEAN', `q is ${parameters[1]}: spend so uneven has no mean over the base.`);
  return {
    ok: true,
    model: {
      kind: 'gamma-gamma',
      format: 1,
      currency: histories.currency,
      ...named(parameters, unit),
      standardErrors: standardErrors && named(standardErrors, unit),
      logCovariance,
      // Back to minor units: a density in another unit is another number.
      logLikelihood: maximum.logLikelihood - customers * Math.log(unit),
      customers,
    },
  };
}

function named([p, q, v]: Float64Array, unit: number): GammaGammaParameters {
  return { p: p!, q: q!, vMinor: v! * unit };
}

/** Eq. 1a of the paper, of (p, q, gamma), for customers with `repeats` purchases of `mean` each. */
export function gammaGammaLogLikelihood(repeats: Float64Array, mean: Float64Array): LogLikelihood {
  const logMean = mean.map(Math.log);
  const logTotal = mean.map((amount, row) => Math.log(amount * repeats[row]!));
  return ([p, q, v], gradient) => {
    const logV = Math.log(v!);
    const logGammaQ = logGamma(q!);
    const digammaQ = digamma(q!);
    let sum = 0;
    gradient.fill(0);
    for (let row = 0; row < repeats.length; row++) {
      const x = repeats[row]!;
      const shape = p! * x;
      const rate = v! + x * mean[row]!;
      const logRate = Math.log(rate);
      const digammaBoth = digamma(shape + q!);
      sum += logGamma(shape + q!) - logGamma(shape) - logGammaQ;
      sum += q! * logV + shape * logTotal[row]! - logMean[row]! - (shape + q!) * logRate;
      gradient[0]! += x * (digammaBoth - digamma(shape) + logTotal[row]! - logRate);
      gradient[1]! += digammaBoth - digammaQ + logV - logRate;
      gradient[2]! += q! / v! - (shape + q!) / rate;
    }
    return sum;
  };
}

/**
 * Expected mean of what a customer spends on a day with a purchase, in minor units (not rounded): the base's mean and his own, weighed by how
 * often he came back. Fader & Hardie 2013, eq. 5. Without repeats it is the base's mean.
 */
export function expectedMeanSpend(
  { p, q, vMinor }: GammaGammaParameters,
  { repeats, meanRepeatMinor }: Pick<PurchaseHistory, 'repeats' | 'meanRepeatMinor'>,
): number {
  return (p * (vMinor + repeats * meanRepeatMinor)) / (p * repeats + q - 1);
}
