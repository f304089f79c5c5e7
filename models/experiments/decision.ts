/** What a report advises for one arm. */
import type { Comparison } from './comparison.ts';
import type { ReportPlan } from './plan.ts';
import type { SampleRatio } from './sample-ratio.ts';

/** Codes, for wording elsewhere. The first that applies stands. */
export type DecisionCode =
  /** Units were lost on the way to an arm: no figure is to be trusted before the cause is found. */
  | 'SAMPLE_RATIO_MISMATCH'
  /** More harm than tolerated is shown: stop. */
  | 'GUARDRAIL_FAILED'
  /** Planned for one look, and it is too early for it. */
  | 'KEEP_RUNNING'
  /** A primary metric moved the wrong way: stop. */
  | 'WORSE'
  /** Better, but harm beyond a margin is not ruled out yet. */
  | 'GUARDRAIL_INCONCLUSIVE'
  /** A primary metric moved the right way, none the wrong way, and every guardrail passed: ship. */
  | 'BETTER'
  /** The planned units are there and nothing was shown: an effect as large as planned for is unlikely. */
  | 'NO_DIFFERENCE_SHOWN';

export interface Decision {
  readonly arm: string;
  readonly code: DecisionCode;
  /** Keys of the metrics that the code rests on. */
  readonly metrics: readonly string[];
}

/** `comparisons` are the arm's own, with p-values adjusted over all arms. */
export function decide(
  arm: string,
  comparisons: readonly Comparison[],
  sampleRatio: SampleRatio | null,
  { confidence = 0.95, looks, plannedUnits }: ReportPlan,
): Decision {
  const decision = (code: DecisionCode, on: readonly Comparison[] = []): Decision => ({
    arm,
    code,
    metrics: on.map(({ metric }) => metric),
  });
  const primary = comparisons.filter(({ role }) => role === 'PRIMARY');
  const guardrails = comparisons.filter(({ role }) => role === 'GUARDRAIL');
  const early = primary.some(({ units }) => units < plannedUnits);

  if (sampleRatio?.verdict === 'MISMATCH') return decision('SAMPLE_RATIO_MISMATCH');
  const failed = guardrails.filter(({ guardrail }) => guardrail?.verdict === 'FAILED');
  // Also before the one look that was planned: to stop too soon costs an experiment, to stop too late costs customers.
  if (failed.length > 0) return decision('GUARDRAIL_FAILED', failed);
  if (looks === 'ONCE' && early) return decision('KEEP_RUNNING');

  const shown = primary.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= 1 - confidence);
  const worse = shown.filter(({ improved }) => improved === false);
  if (worse.length > 0) return decision('WORSE', worse);
  if (shown.length === 0) return decision(early ? 'KEEP_RUNNING' : 'NO_DIFFERENCE_SHOWN');
  const open = guardrails.filter(({ guardrail }) => guardrail?.verdict !== 'PASSED');
  return open.length > 0 ? decision('GUARDRAIL_INCONCLUSIVE', open) : decision('BETTER', shown);
}
