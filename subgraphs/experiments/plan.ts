import { badArgument } from '../../kernel/errors.ts';
import { daysFor, differenceShown, type PlannedDesign, unitsByArm } from '../../models/experiments/planning.ts';
import { criticalValue } from '../../models/experiments/power.ts';
import type { ExperimentPlanInput } from '../../schema/generated/experiments.ts';
import type { Context } from './context.ts';
import { affordable, checkPlanInput, differenceGiven } from './plan-input.ts';
import { type Planned, plannedFrom } from './plan-source.ts';
import { observedDaily, plannedByArm, progressOf } from './progress.ts';

const ALWAYS_VALID =
  'Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas 2021, "Time-uniform central limit theory and asymptotic confidence sequences", theorem 2.2, tuned for these units';

/** Units and days for a difference, or the difference for units or days. Throws BAD_USER_INPUT naming the argument at fault. */
export async function planExperiment(context: Context, input: ExperimentPlanInput) {
  checkPlanInput(input);
  const planned = await plannedFrom(context, input);
  const { outcome, control, desired, looks, confidence, arms, outcomeDays, recorded } = planned;
  const design: PlannedDesign = { alpha: 1 - confidence, power: input.power ?? 0.8, looks, shares: arms.map(({ share }) => share) };
  const daily = dailyOf(planned, input.dailyUnits ?? null);
  const asked = input.difference ? differenceGiven(input.difference, outcome.kind, control) : null;
  const units = asked === null ? unitsGiven(input, planned, daily) : affordable(unitsByArm(outcome, asked, design));
  const shown = asked ?? signed(differenceShown(outcome, units, desired, design), desired);
  const enrolmentDays = daily === null ? null : daysFor(units, design.shares, daily / sum(design.shares));
  const [first = 0, ...treatments] = units;
  return {
    experiment: recorded?.experiment ?? null,
    metric: recorded?.metric ?? null,
    kind: outcome.kind,
    control,
    deviation: outcome.kind === 'MEAN' ? outcome.deviation : null,
    difference: shown === null ? null : { absolute: shown, relative: control !== null && control > 0 ? shown / control : null },
    looks,
    confidence,
    power: design.power,
    arms: arms.map(({ name, share }, index) => ({ name, share, units: units[index]! })),
    units: sum(units),
    plannedUnits: first + Math.min(...treatments),
    inflation: looks === 'ONCE' ? null : inflationOf(design),
    duration:
      enrolmentDays === null ? null : { enrolmentDays, weeks: Math.ceil(enrolmentDays / 7), days: enrolmentDays + Math.ceil(outcomeDays) },
    progress: recorded ? progressOf({ shares: design.shares, units: recorded.units, needed: units, daily }) : null,
    asOf: recorded?.asOf ?? null,
  };
}

const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0);

const signed = (difference: number | null, desired: Planned['desired']) =>
  difference === null || desired === 'INCREASE' ? difference : -difference;

/** Units that come into all arms on a day: of those said, else as the experiment had them so far; null where nobody knows. */
function dailyOf({ arms, layerShare, recorded }: Planned, dailyUnits: number | null): number | null {
  if (dailyUnits !== null) return dailyUnits * layerShare * sum(arms.map(({ share }) => share));
  return recorded && observedDaily(recorded.experiment, recorded.units, recorded.asOf);
}

/** Units by arm for units or days that were given; those that the experiment was planned with where neither was. */
function unitsGiven({ units, days }: ExperimentPlanInput, { arms, recorded }: Planned, daily: number | null): readonly number[] {
  const shares = sum(arms.map(({ share }) => share));
  const parts = (all: number) => arms.map(({ share }) => Math.floor((all * share) / shares + 1e-9));
  if (units != null) return parts(units);
  if (days == null) return recorded ? plannedByArm(arms, recorded.experiment.plan.plannedUnits) : parts(0);
  if (daily === null)
    throw badArgument('input.dailyUnits', 'is missing', 'The experiment has run for less than a day: say how many units come on a day.');
  return parts(days * daily);
}

/** What continuous looks take in place of one. */
function inflationOf({ alpha, shares }: PlannedDesign) {
  const test = { alpha, comparisons: shares.length - 1 };
  return {
    criticalValue: criticalValue({ ...test, looks: 'CONTINUOUS' }),
    fixedCriticalValue: criticalValue({ ...test, looks: 'ONCE' }),
    source: ALWAYS_VALID,
  };
}
