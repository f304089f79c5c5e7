/** What an experiment measures: declared before the start, counted by unit, compared by the test that fits. */
import { type CupedDifference, compareAdjustedMeans } from './cuped.ts';
import type { Difference, Figure } from './difference.ts';
import type { Desired, Margin } from './guardrails.ts';
import { rateFigure } from './kpis.ts';
import { compareMeans, meanFigure } from './means.ts';
import { compareProportions } from './proportions.ts';
import { compareRatios, ratioFigure } from './ratios.ts';
import type { Sums } from './sums.ts';

interface Declared {
  readonly key: string;
  readonly desired: Desired;
  /** Which metrics decide, which are looked at beside, which must not get worse. */
  readonly role: 'PRIMARY' | 'SECONDARY' | { readonly guardrail: Margin };
  /** ISO 4217 where the outcome is money in minor units: one metric for each currency, units without any as zeros. */
  readonly currency?: string;
}

/**
 * The kind says what a unit's values are. PROPORTION: 1 or 0. MEAN: a number. RATIO: numerator and denominator. After a PROPORTION's or a
 * MEAN's come its covariates, in the order named.
 */
export type Metric =
  | (Declared & { readonly kind: 'PROPORTION' | 'MEAN'; readonly covariates?: readonly string[] })
  | (Declared & { readonly kind: 'RATIO' });

/** How many values a unit has in the metric. */
export function variablesOf(metric: Metric): number {
  return metric.kind === 'RATIO' ? 2 : 1 + (metric.covariates?.length ?? 0);
}

/** The metric's value in one arm. Null where nothing was counted. */
export function figureOf(metric: Metric, s: Sums, confidence: number): Figure | null {
  if (metric.kind === 'RATIO') return ratioFigure(s, confidence);
  if (metric.kind === 'MEAN') return meanFigure(s, confidence);
  return rateFigure({ successes: s.sums[0]!, n: s.n }, confidence);
}

/** The difference between two arms. Null where the data do not give one, as the test that fits says. */
export function differenceOf(metric: Metric, control: Sums, treatment: Sums, confidence: number): Difference | null {
  if (metric.kind === 'RATIO') return compareRatios(control, treatment, confidence);
  if (metric.kind === 'MEAN') return compareMeans(control, treatment, confidence);
  return compareProportions({ successes: control.sums[0]!, n: control.n }, { successes: treatment.sums[0]!, n: treatment.n }, confidence);
}

/** The difference adjusted for the metric's covariates; null without any. Shares are adjusted as the means that they are. */
export function adjustedDifferenceOf(metric: Metric, control: Sums, treatment: Sums, confidence: number): CupedDifference | null {
  return metric.kind === 'RATIO' ? null : compareAdjustedMeans(control, treatment, confidence);
}

/**
 * The difference that a guardrail is judged by: the plain one, but for shares with one success and one failure added to each arm (Agresti & Caffo
 * 2000, "Simple and effective confidence intervals for proportions"), so that complaints of which there are none at all can pass.
 */
export function cautiousDifferenceOf(metric: Metric, control: Sums, treatment: Sums, confidence: number): Difference | null {
  if (metric.kind !== 'PROPORTION')
    return adjustedDifferenceOf(metric, control, treatment, confidence) ?? differenceOf(metric, control, treatment, confidence);
  if (control.n === 0 || treatment.n === 0) return null;
  const [c, t] = [control, treatment].map((s) => ({ successes: s.sums[0]! + 1, n: s.n + 2 }));
  return compareProportions(c!, t!, confidence);
}
