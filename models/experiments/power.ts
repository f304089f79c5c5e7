/** How many units it takes to see a difference, what can be seen with those there are, and how many days that is. */
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
}

/** Units by arm. */
export interface ArmUnits {
  readonly control: number;
  readonly treatment: number;
}

function quantiles({ alpha = 0.05, power = 0.8, comparisons = 1 }: PowerOptions): { a: number; b: number } {
  return { a: normalCritical(1 - alpha / comparisons), b: normalQuantile(power) };
}

const whole = (control: number, ratio: number): ArmUnits => ({ control: Math.ceil(control), treatment: Math.ceil(control * ratio) });

/**
 * Units to tell two shares apart by the pooled z test. Fleiss, Levin & Paik 2003, "Statistical methods for rates and proportions", section 4.2
 * to 4.4, without continuity correction. Infinite where the shares are equal.
 */
export function unitsForProportions(control: number, treatment: number, options: PowerOptions = {}): ArmUnits {
  const { ratio = 1 } = options;
  const { a, b } = quantiles(options);
  const pooled = (control + ratio * treatment) / (1 + ratio);
  const supposedEqual = a * Math.sqrt((1 + ratio) * pooled * (1 - pooled));
  const asTheyAre = b * Math.sqrt(ratio * control * (1 - control) + treatment * (1 - treatment));
  return whole((supposedEqual + asTheyAre) ** 2 / (ratio * (treatment - control) ** 2), ratio);
}

/** Chance to tell two shares apart by the pooled z test with so many units; the far tail is not counted. */
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
  return normalCdf((Math.abs(treatment - control) - a * supposedEqual) / asTheyAre);
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
  const { ratio = 1 } = options;
  const { a, b } = quantiles(options);
  const control = ((1 + 1 / ratio) * varianceOf(spread) * (a + b) ** 2) / difference ** 2;
  return whole(control + a ** 2 / (2 * (1 + ratio)), ratio);
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
