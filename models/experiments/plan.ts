/** What an experiment is judged by, set before the start. */
import type { Correction } from './corrections.ts';
import type { Metric } from './metrics.ts';

export interface ReportPlan {
  readonly control: string;
  /** The control among them; shares need not add up to 1. */
  readonly arms: readonly { readonly arm: string; readonly share: number }[];
  readonly metrics: readonly Metric[];
  /** ONCE: when the planned units are there, by the fixed tests. CONTINUOUS: at any time, by the always-valid ones. */
  readonly looks: 'ONCE' | 'CONTINUOUS';
  /** Units of control and one treatment together, by the power calculation. */
  readonly plannedUnits: number;
  readonly confidence?: number;
  readonly sampleRatioThreshold?: number;
  /** For each metric over all segments and arms; BENJAMINI_HOCHBERG unless said: segments are for finding what to test next. */
  readonly segmentCorrection?: Correction;
}

export type PlanProblem =
  | 'CONTROL_IS_NO_ARM'
  | 'NO_TREATMENT'
  | 'DUPLICATE_ARM'
  | 'DUPLICATE_METRIC'
  | 'NO_PRIMARY_METRIC'
  | 'INVALID_MARGIN'
  | 'INVALID_PLANNED_UNITS';

/** What is wrong with a plan, before anything runs by it; empty where nothing is. */
export function planProblems(plan: ReportPlan): PlanProblem[] {
  const arms = plan.arms.map(({ arm }) => arm);
  const keys = plan.metrics.map(({ key }) => key);
  const margins = plan.metrics.flatMap(({ role }) => (typeof role === 'string' ? [] : Object.values(role.guardrail)));
  const found: [boolean, PlanProblem][] = [
    [!arms.includes(plan.control), 'CONTROL_IS_NO_ARM'],
    [arms.every((arm) => arm === plan.control), 'NO_TREATMENT'],
    [new Set(arms).size < arms.length, 'DUPLICATE_ARM'],
    [new Set(keys).size < keys.length, 'DUPLICATE_METRIC'],
    [!plan.metrics.some(({ role }) => role === 'PRIMARY'), 'NO_PRIMARY_METRIC'],
    [margins.some((margin) => !(margin >= 0 && margin < Number.POSITIVE_INFINITY)), 'INVALID_MARGIN'],
    [!(plan.plannedUnits > 0), 'INVALID_PLANNED_UNITS'],
  ];
  return found.flatMap(([is, problem]) => (is ? [problem] : []));
}

/** The arms that are compared with the control, in the plan's order. */
export function treatmentsOf({ arms, control }: Pick<ReportPlan, 'arms' | 'control'>): string[] {
  return arms.flatMap(({ arm }) => (arm === control ? [] : [arm]));
}
