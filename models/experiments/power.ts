/** How many units it takes to see a difference, what can be seen with those there are, and how many days that is. */
import { alwaysValidCritical, BURN_IN, mixtureVariance } from './always-valid.ts';
import { normalCritical } from './difference.ts';
import { normalCdf, normalQuantile } from './distributions.ts';

export interface PowerOptions {
  /** Two-sided chance of a find where there is nothing; 0.05 unless said. */
  readonly alpha?: number;
  /** Chance of a find where the difference is as supposed; 0.8 unless said. */
  readonly power?: number;
  /** Treatment units by control unit; 1 unless said. */
  readonly ratio?: number;
  /** Treatments that are compared with the one control: alpha is divided by them (Bonferroni); 1 unless said. */
  readonly comparisons?: number;
  /**
   * By which test it is judged: ONCE by the fixed one, when the units are there; CONTINUOUS by the always-valid one, tuned for these units. Its
   * power is that of a look at these units alone, so it is a lower bound for who looks before, too. ONCE unless said.
   */
  readonly looks?: 'ONCE' | 'CONTINUOUS';
}

/** Units by arm. */
export interface ArmUnits {
  readonly control: number;
  readonly treatment: number;
}

function quantiles({ alpha = 0.05, power = 0.8, ...test }: PowerOptions): { a: number; b: number } {
  return { a: criticalValue({ alpha, ...test }), b: normalQuantile(power) };
}

/** How many standard errors a difference has to be away from 0 to be a find. At the units that it is tuned for the always-valid one is the same for any number of them. */
export function criticalValue({ alpha = 0.05, comparisons = 1, looks = 'ONCE' }: PowerOptions): number {
  if (looks === 'ONCE') return normalCritical(1 - alpha / comparisons);
  // The report tunes by alpha and corrects the p-value over arms.
  return alwaysValidCritical(1, mixtureVariance(1, alpha), alpha / comparisons);
}

function whole(control: number, ratio: number, looks: PowerOptions['looks']): ArmUnits {
  const enough = looks === 'CONTINUOUS' ? Math.max(control, BURN_IN / (1 + ratio)) : control;
  return { control: Math.ceil(enough), treatment: Math.ceil(enough * ratio) };
}

/** The standard error that a find is measured in: the always-valid test takes the larger one. */
const testedBy = (looks: PowerOptions['looks'], supposedEqual: number, asTheyAre: number) =>
  looks === 'CONTINUOUS' ? Math.max(supposedEqual, asTheyAre) : supposedEqual;

/**
 * Units to tell two shares apart by the pooled z test. Fleiss, Levin & Paik 2003, "Statistical methods for rates and proportions", section 4.2
 * to 4.4, without continuity correction; for continuous looks the same with the always-valid test's critical value (always-valid.ts). Infinite
 * where the shares are equal.
 */
export function unitsForProportions(control: number, treatment: number, options: PowerOptions = {}): ArmUnits {
  const { ratio = 1, looks } = options;
  const { a, b } = quantiles(options);
  const pooled = (control + ratio * treatment) / (1 + ratio);
  const supposedEqual = Math.sqrt((1 + ratio) * pooled * (1 - pooled));
  const asTheyAre = Math.sqrt(ratio * control * (1 - control) + treatment * (1 - treatment));
  const reach = a * testedBy(looks, supposedEqual, asTheyAre) + b * asTheyAre;
  return whole(reach ** 2 / (ratio * (treatment - control) ** 2), ratio, looks);
}

/** Chance to tell two shares apart with so many units, by the pooled z test or the always-valid one; the far tail is not counted. */
export function powerForProportions(
  control: number,
  treatment: number,
  units: ArmUnits,
  options: Omit<PowerOptions, 'power' | 'ratio'> = {},
): number {
  const { a } = quantiles(options);
  const pooled = (control * units.control + treatment * units.treatment) / (units.control + units.treatment);
  const supposedEqual = Math.sqrt(pooled * (1 - pooled) * (1 / units.control + 1 / units.treatment));
  const asTheyAre = Math.sqrt((control * (1 - control)) / units.control + (treatment * (1 - treatment)) / units.treatment);
  return normalCdf((Math.abs(treatment - control) - a * testedBy(options.looks, supposedEqual, asTheyAre)) / asTheyAre);
}

/** Smallest rise above the control's share that so many units show with the power asked for; null where not even a rise to 1 would show. */
export function detectableRise(control: number, units: ArmUnits, options: Omit<PowerOptions, 'ratio'> = {}): number | null {
  const { power = 0.8 } = options;
  const shows = (rise: number) => powerForProportions(control, control + rise, units, options) >= power;
  let below = 0;
  let enough = 1 - control;
  // At a share of 1 the variance is 0; a rise that shows only there is no plan to make.
  if (!shows(enough * (1 - 1e-9))) return null;
  for (let step = 0; step < 60; step += 1) {
    const middle = (below + enough) / 2;
    if (shows(middle)) enough = middle;
    else below = middle;
  }
  return enough;
}

export interface MeanSpread {
  /** Standard deviation of the outcome between units. */
  readonly deviation: number;
  /** Share of the variance that covariates remove (CUPED); 0 unless said. */
  readonly varianceReduction?: number;
}

const varianceOf = ({ deviation, varianceReduction = 0 }: MeanSpread): number => deviation ** 2 * (1 - varianceReduction);

/**
 * Units to see a difference of means by t: the normal formula and Guenther's correction for the estimated variance (1981, "Sample size formulas
 * for normal theory t tests"), within a unit of the exact answer. Infinite for a difference of 0.
 */
export function unitsForMeans(difference: number, spread: MeanSpread, options: PowerOptions = {}): ArmUnits {
  const { ratio = 1, looks } = options;
  const { a, b } = quantiles(options);
  const control = ((1 + 1 / ratio) * varianceOf(spread) * (a + b) ** 2) / difference ** 2;
  // The always-valid test takes no quantile of t: nothing to correct for.
  return whole(looks === 'CONTINUOUS' ? control : control + a ** 2 / (2 * (1 + ratio)), ratio, looks);
}

/** Smallest difference of means that so many units show with the power asked for, by the normal formula: for some hundred units and more. */
export function detectableDifference(spread: MeanSpread, units: ArmUnits, options: Omit<PowerOptions, 'ratio'> = {}): number {
  const { a, b } = quantiles(options);
  return (a + b) * Math.sqrt(varianceOf(spread) * (1 / units.control + 1 / units.treatment));
}

export interface Traffic {
  /** Units that come for the first time on a day: one who comes again counts no second time. */
  readonly newUnitsPerDay: number;
  /** Share of them that the experiment's slots take in, in [0, 1]. */
  readonly enrolled: number;
  /** Share of the experiment's buckets by arm, in [0, 1]. */
  readonly controlShare: number;
  readonly treatmentShare: number;
}

export interface Duration {
  /** Until the slower arm has its units. */
  readonly days: number;
  /** Those days as whole weeks, so that every weekday counts alike. */
  readonly weeks: number;
}

/** Null where an arm gets no units or would need infinitely many. */
export function durationOf(units: ArmUnits, { newUnitsPerDay, enrolled, controlShare, treatmentShare }: Traffic): Duration | null {
  const perDay = newUnitsPerDay * enrolled;
  const days = Math.ceil(Math.max(units.control / (perDay * controlShare), units.treatment / (perDay * treatmentShare)));
  return Number.isFinite(days) ? { days, weeks: Math.ceil(days / 7) } : null;
}
