/** A treatment against the control: what the tests say of one metric, and what its p-value is worth among others. */
import { type AlwaysValid, alwaysValid, alwaysValidCritical, BURN_IN, cautiousStandardError, mixtureVariance } from './always-valid.ts';
import { adjustP, type Correction } from './corrections.ts';
import type { Arms } from './counters.ts';
import type { CupedDifference } from './cuped.ts';
import { type Difference, normalCritical } from './difference.ts';
import { checkGuardrail, type GuardrailVerdict } from './guardrails.ts';
import { adjustedDifferenceOf, cautiousDifferenceOf, differenceOf, type Metric, variablesOf } from './metrics.ts';
import type { ReportPlan } from './plan.ts';
import { emptySums, type Sums } from './sums.ts';

/** One treatment against the control in one metric. */
export interface Comparison {
  readonly arm: string;
  readonly metric: string;
  readonly role: 'PRIMARY' | 'SECONDARY' | 'GUARDRAIL';
  /** Of both arms, counted in this metric. */
  readonly units: number;
  /** Null where there is too little to compare. */
  readonly difference: Difference | null;
  /** With the covariates taken into account, for a metric that has some: then this one decides, not the plain one. */
  readonly adjusted: CupedDifference | null;
  /** Of the difference that decides; null before its burn-in. */
  readonly alwaysValid: AlwaysValid | null;
  /**
   * The p-value that decides (the always-valid one for continuous looks), corrected: over arms by Holm for primary metrics, over arms and metrics
   * by Benjamini and Hochberg for secondary ones, as the plan says over segments. Null for guardrails: all must pass, which needs no correction.
   */
  readonly adjustedP: number | null;
  /** Whether it moved the desired way, however little; null where it did not move or there is no difference. */
  readonly improved: boolean | null;
  /** Null for other metrics. */
  readonly guardrail: GuardrailVerdict | null;
}

/** One treatment against the control in one metric; its p-value is not corrected yet. */
export function compareArms(plan: ReportPlan, metric: Metric, arm: string, counters: Arms): Comparison {
  const { confidence = 0.95, plannedUnits } = plan;
  const control = sumsIn(counters, plan.control, metric);
  const treatment = sumsIn(counters, arm, metric);
  const difference = differenceOf(metric, control, treatment, confidence);
  const adjusted = adjustedDifferenceOf(metric, control, treatment, confidence);
  const deciding = adjusted ?? difference;
  const units = control.n + treatment.n;
  const moved = Math.sign(deciding?.difference ?? 0) * (metric.desired === 'INCREASE' ? 1 : -1);
  return {
    arm,
    metric: metric.key,
    role: typeof metric.role === 'string' ? metric.role : 'GUARDRAIL',
    units,
    difference,
    adjusted,
    alwaysValid: deciding && alwaysValid(deciding, { confidence, tunedFor: plannedUnits }),
    adjustedP: null,
    improved: moved === 0 ? null : moved > 0,
    guardrail: guardrailOf(plan, metric, control, treatment),
  };
}

function guardrailOf(plan: ReportPlan, metric: Metric, control: Sums, treatment: Sums): GuardrailVerdict | null {
  const { confidence = 0.95, looks, plannedUnits } = plan;
  if (typeof metric.role === 'string') return null;
  const units = control.n + treatment.n;
  if (looks === 'CONTINUOUS' && units < BURN_IN) return null;
  const difference = cautiousDifferenceOf(metric, control, treatment, confidence);
  if (!difference) return null;
  const alpha = 1 - confidence;
  const critical =
    looks === 'ONCE'
      ? normalCritical(confidence)
      : (alwaysValidCritical(units, mixtureVariance(plannedUnits, alpha), alpha) * cautiousStandardError(difference)) /
        difference.standardError;
  return checkGuardrail(difference, metric.desired, metric.role.guardrail, critical);
}

/** With p-values corrected within each family; null is no family, and those stay as they are. */
export function correct(
  comparisons: readonly Comparison[],
  familyOf: (comparison: Comparison) => string | null,
  correction: Correction,
  { looks }: ReportPlan,
): Comparison[] {
  const families = comparisons.map(familyOf);
  const result = [...comparisons];
  for (const family of new Set(families)) {
    if (family === null) continue;
    const members = comparisons.map((comparison, i) => (families[i] === family ? decidingP(comparison, looks) : null));
    adjustP(members, correction).forEach((adjustedP, i) => {
      if (families[i] === family) result[i] = { ...comparisons[i]!, adjustedP };
    });
  }
  return result;
}

function decidingP({ adjusted, difference, alwaysValid: always }: Comparison, looks: ReportPlan['looks']): number | null {
  return (looks === 'CONTINUOUS' ? always : (adjusted ?? difference))?.p ?? null;
}

/** What an arm counted in a metric; empty where it counted nothing. */
export function sumsIn(arms: Arms, arm: string, metric: Metric): Sums {
  return arms[arm]?.metrics[metric.key] ?? emptySums(variablesOf(metric));
}
