import { badArgument } from '../../kernel/errors.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { sumsIn } from '../../models/experiments/comparison.ts';
import { type Counters, NO_COUNTERS } from '../../models/experiments/counters.ts';
import { adjustedDifferenceOf } from '../../models/experiments/metrics.ts';
import { treatmentsOf } from '../../models/experiments/plan.ts';
import type { PlannedOutcome } from '../../models/experiments/planning.ts';
import { covarianceOf, meanOf } from '../../models/experiments/sums.ts';
import type { ExperimentPlanInput, ExperimentPlanSourceInput } from '../../schema/generated/experiments.ts';
import type { Context } from './context.ts';
import { unitsOf } from './progress.ts';
import type { DefinedMetric, ExperimentRecord } from './records.ts';

const DAY_MS = 86_400_000;
const MOST_SECONDS = 3600;

/** What is planned: as it was given, else as the experiment has it, else by default. */
export interface Planned {
  readonly outcome: PlannedOutcome;
  /** Null for a mean of which it was not said. */
  readonly control: number | null;
  readonly desired: 'INCREASE' | 'DECREASE';
  readonly looks: 'ONCE' | 'CONTINUOUS';
  readonly confidence: number;
  /** The control first; without a name where no experiment gives one. */
  readonly arms: readonly { readonly name: string | null; readonly share: number }[];
  readonly layerShare: number;
  readonly outcomeDays: number;
  readonly recorded: Recorded | null;
}

/** An experiment that is planned from. */
export interface Recorded {
  readonly experiment: ExperimentRecord;
  readonly metric: string;
  /** In the order of the planned arms. */
  readonly units: readonly number[];
  readonly asOf: EpochMs;
}

/** Throws BAD_USER_INPUT naming the argument that can't be planned with. */
export async function plannedFrom(context: Context, input: ExperimentPlanInput): Promise<Planned> {
  const given = givenOutcome(input);
  if (input.experiment) return fromExperiment(context, input, input.experiment, given);
  const { treatments, shares, layerShare } = input;
  const even = new Array<number>(1 + (treatments ?? 1)).fill(1 / (1 + (treatments ?? 1)));
  return {
    ...given!,
    desired: input.desired ?? 'INCREASE',
    looks: input.looks ?? 'CONTINUOUS',
    confidence: input.confidence ?? 0.95,
    arms: (shares ?? even).map((share) => ({ name: null, share })),
    layerShare: layerShare ?? 1,
    outcomeDays: input.outcomeWindowDays ?? 0,
    recorded: null,
  };
}

type Baseline = Pick<Planned, 'outcome' | 'control'>;

function givenOutcome({ proportion, mean }: ExperimentPlanInput): Baseline | null {
  if (proportion) return { outcome: { kind: 'PROPORTION', control: proportion.control }, control: proportion.control };
  if (!mean) return null;
  const { deviation, varianceReduction, control } = mean;
  return { outcome: { kind: 'MEAN', deviation, varianceReduction: varianceReduction ?? 0 }, control: control ?? null };
}

async function fromExperiment(
  { experiments }: Context,
  input: ExperimentPlanInput,
  { id, metric: key, maxAgeSeconds = 10 }: ExperimentPlanSourceInput,
  given: Baseline | null,
): Promise<Planned> {
  if (maxAgeSeconds < 0 || maxAgeSeconds > MOST_SECONDS)
    throw badArgument('input.experiment.maxAgeSeconds', 'is out of range', `Give a whole number from 0 to ${MOST_SECONDS}.`);
  const experiment = await experiments.get(id);
  if (!experiment) throw badArgument('input.experiment.id', 'is of no experiment', 'Look it up by "experiments".');
  if (experiment.assignment === 'ADAPTIVE')
    throw badArgument('input.experiment.id', 'is of an ADAPTIVE experiment, which measures no difference', 'Plan a HASHED one.');
  const metric = metricOf(experiment, key ?? null);
  const { asOf, counters } = await experiments.counts.within(1000 * maxAgeSeconds);
  const counted = counters.get(id) ?? NO_COUNTERS;
  const { plan, layer, outcomeWindowMs } = experiment;
  const control = plan.arms.filter(({ arm }) => arm === plan.control);
  const arms = [...control, ...plan.arms.filter(({ arm }) => arm !== plan.control)];
  return {
    ...(given ?? recordedOutcome(experiment, metric, counted)),
    desired: input.desired ?? metric.desired,
    looks: input.looks ?? plan.looks,
    confidence: input.confidence ?? plan.confidence,
    arms: arms.map(({ arm, share }) => ({ name: arm, share })),
    layerShare: layer?.share ?? 1,
    outcomeDays: input.outcomeWindowDays ?? (outcomeWindowMs ?? 0) / DAY_MS,
    recorded: { experiment, metric: metric.key, units: unitsOf(arms, counted), asOf },
  };
}

function metricOf({ plan }: ExperimentRecord, key: string | null): DefinedMetric {
  const metric = plan.metrics.find((one) => (key === null ? one.role === 'PRIMARY' : one.key === key));
  if (!metric)
    throw badArgument(
      'input.experiment.metric',
      'is no metric of the experiment',
      `Give one of: ${plan.metrics.map((one) => one.key).join(', ')}.`,
    );
  if (metric.kind === 'RATIO')
    throw badArgument(
      'input.experiment.metric',
      'is a RATIO',
      'Plan for one of kind PROPORTION or MEAN; a quotient of two sums has no plan here.',
    );
  return metric;
}

/** The control's outcome so far. What covariates take off is what they take off of the treatment that gains least. */
function recordedOutcome({ plan }: ExperimentRecord, metric: DefinedMetric, { arms }: Counters): Baseline {
  const sums = sumsIn(arms, plan.control, metric);
  const tooLittle = () =>
    badArgument(
      'input.experiment',
      `has too little of "${metric.key}" to plan with (units of the control: ${sums.n}, all alike)`,
      'Say what is measured by "proportion" or "mean" beside it.',
    );
  if (sums.n < 2) throw tooLittle();
  const control = meanOf(sums);
  const variance = covarianceOf(sums);
  if (!(variance > 0)) throw tooLittle();
  if (metric.kind === 'PROPORTION') return { outcome: { kind: 'PROPORTION', control }, control };
  const reductions = treatmentsOf(plan).map(
    (arm) => adjustedDifferenceOf(metric, sums, sumsIn(arms, arm, metric), plan.confidence)?.varianceReduction ?? 0,
  );
  return { outcome: { kind: 'MEAN', deviation: Math.sqrt(variance), varianceReduction: Math.max(0, Math.min(...reductions)) }, control };
}
