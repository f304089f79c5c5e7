/** An experiment's report from its counters: figures, differences, whether to believe them, and what follows. */
import { type Comparison, compareArms, correct, sumsIn } from './comparison.ts';
import type { Arms, Counters } from './counters.ts';
import { type Decision, decide } from './decision.ts';
import type { Figure } from './difference.ts';
import { figureOf } from './metrics.ts';
import { type ReportPlan, treatmentsOf } from './plan.ts';
import { checkSampleRatio, type SampleRatio } from './sample-ratio.ts';

export interface ArmReport {
  readonly arm: string;
  readonly units: number;
  /** By metric key; null where nothing was counted. */
  readonly figures: Readonly<Record<string, Figure | null>>;
}

export interface SegmentReport {
  readonly segment: string;
  readonly arms: readonly ArmReport[];
  readonly sampleRatio: SampleRatio | null;
  readonly comparisons: readonly Comparison[];
}

export interface ExperimentReport {
  readonly control: string;
  /** In the plan's order. */
  readonly arms: readonly ArmReport[];
  readonly sampleRatio: SampleRatio | null;
  /** By metric, then by arm, in the plan's order. */
  readonly comparisons: readonly Comparison[];
  /** By segment key, in code unit order. */
  readonly segments: readonly SegmentReport[];
  /** One for each treatment. */
  readonly decisions: readonly Decision[];
}

/** Arms and metrics that the plan does not name are left out; those without counters are empty. */
export function reportOf(plan: ReportPlan, counters: Counters): ExperimentReport {
  const whole = partOf(plan, counters.arms);
  const primary = correct(whole.comparisons, ({ role }) => (role === 'PRIMARY' ? 'PRIMARY' : null), 'HOLM', plan);
  const comparisons = correct(primary, ({ role }) => (role === 'SECONDARY' ? 'SECONDARY' : null), 'BENJAMINI_HOCHBERG', plan);
  return {
    control: plan.control,
    ...whole,
    comparisons,
    segments: segmentsOf(plan, counters),
    decisions: treatmentsOf(plan).map((arm) =>
      decide(
        arm,
        comparisons.filter((one) => one.arm === arm),
        whole.sampleRatio,
        plan,
      ),
    ),
  };
}

function segmentsOf(plan: ReportPlan, counters: Counters): SegmentReport[] {
  const segments = Object.keys(counters.segments).sort();
  const parts = segments.map((segment) => partOf(plan, counters.segments[segment]!));
  const all = correct(
    parts.flatMap(({ comparisons }) => comparisons),
    ({ role, metric }) => (role === 'GUARDRAIL' ? null : metric),
    plan.segmentCorrection ?? 'BENJAMINI_HOCHBERG',
    plan,
  );
  return segments.map((segment, i) => {
    const each = parts[i]!.comparisons.length;
    return { segment, ...parts[i]!, comparisons: all.slice(i * each, (i + 1) * each) };
  });
}

function partOf(plan: ReportPlan, counters: Arms): Omit<SegmentReport, 'segment'> {
  const { confidence = 0.95, metrics, sampleRatioThreshold } = plan;
  const arms = plan.arms.map(({ arm }) => ({
    arm,
    units: counters[arm]?.units ?? 0,
    figures: Object.fromEntries(metrics.map((metric) => [metric.key, figureOf(metric, sumsIn(counters, arm, metric), confidence)])),
  }));
  return {
    arms,
    sampleRatio: checkSampleRatio(
      arms.map(({ units }) => units),
      plan.arms.map(({ share }) => share),
      sampleRatioThreshold,
    ),
    comparisons: metrics.flatMap((metric) => treatmentsOf(plan).map((arm) => compareArms(plan, metric, arm, counters))),
  };
}
