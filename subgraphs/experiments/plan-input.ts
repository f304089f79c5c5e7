import { badArgument } from '../../kernel/errors.ts';
import type { ExperimentPlanDifferenceInput, ExperimentPlanInput } from '../../schema/generated/experiments.ts';

const MOST_UNITS = 1_000_000_000;
const MOST_DAYS = 3650;

const inside = (value: number, from: number, to: number) => value >= from && value <= to;

/** Throws BAD_USER_INPUT for the first thing that is wrong with what is planned, whatever it is planned from. */
export function checkPlanInput(input: ExperimentPlanInput): void {
  const bad = (field: string, problem: string, remedy: string) => badArgument(`input.${field}`, problem, remedy);
  const given = <K extends keyof ExperimentPlanInput>(...names: readonly K[]) => names.filter((name) => input[name] != null);

  if (given('proportion', 'mean').length === 2) throw bad('mean', 'is given beside "proportion"', 'Give one of the two: what is measured.');
  if (given('proportion', 'mean', 'experiment').length === 0)
    throw bad('proportion', 'is missing', 'Say what is measured: by "proportion", "mean" or "experiment".');
  const targets = given('difference', 'units', 'days');
  if (targets.length > 1)
    throw bad(targets[1]!, `is given beside "${targets[0]}"`, 'Give one of "difference", "units" and "days"; the others are answered.');
  if (targets.length === 0 && !input.experiment)
    throw bad('difference', 'is missing', 'Give the difference that is worth seeing, or "units" or "days" to be told what they show.');
  const between = (
    field: keyof ExperimentPlanInput & ('units' | 'days' | 'outcomeWindowDays' | 'treatments'),
    from: number,
    to: number,
  ) => {
    if (input[field] != null && !inside(input[field], from, to))
      throw bad(field, 'is out of range', `Give a whole number from ${from} to ${to}.`);
  };
  between('units', 2, MOST_UNITS);
  between('days', 1, MOST_DAYS);
  between('outcomeWindowDays', 0, MOST_DAYS);
  between('treatments', 1, 19);
  for (const field of ['confidence', 'power'] as const)
    if (input[field] != null && !inside(input[field], 0.5, 0.999)) throw bad(field, 'is out of range', 'Give 0.5 to 0.999.');
  if (input.dailyUnits != null && !(input.dailyUnits > 0 && input.dailyUnits <= MOST_UNITS))
    throw bad('dailyUnits', 'is out of range', `Give a number above 0, up to ${MOST_UNITS}.`);
  if (input.days != null && input.dailyUnits == null && !input.experiment)
    throw bad('dailyUnits', 'is missing', 'Say how many units come on a day, to be told what those of "days" show.');
  if (input.desired != null && input.difference)
    throw bad('desired', 'is given beside "difference"', 'Leave it out: a difference below 0 is a fall.');
  checkShares(input, bad);
  if (input.proportion && !(input.proportion.control > 0 && input.proportion.control < 1))
    throw bad('proportion.control', 'is no share', 'Give a share above 0, below 1: 0.03 for three in a hundred.');
  if (input.mean && !(input.mean.deviation > 0 && Number.isFinite(input.mean.deviation)))
    throw bad('mean.deviation', 'is out of range', 'Give the standard deviation between units, above 0.');
  if (input.mean && !((input.mean.varianceReduction ?? 0) >= 0 && (input.mean.varianceReduction ?? 0) < 1))
    throw bad('mean.varianceReduction', 'is no share', 'Give a share from 0, below 1.');
}

type Bad = (field: string, problem: string, remedy: string) => Error;

function checkShares({ shares, treatments, layerShare, experiment }: ExperimentPlanInput, bad: Bad): void {
  for (const [field, value] of Object.entries({ shares, treatments, layerShare }))
    if (value != null && experiment) throw bad(field, "is the experiment's to say", 'Leave it out, or plan without "experiment".');
  if (shares && treatments != null)
    throw bad('treatments', 'is given beside "shares"', 'Leave it out: there is one for each share but the first.');
  if (shares && !inside(shares.length, 2, 20)) throw bad('shares', 'is too short or too long', "Give 2 to 20 shares, the control's first.");
  if (shares && (shares.some((share) => !(share > 0)) || shares.reduce((sum, share) => sum + share, 0) > 1 + 1e-9))
    throw bad('shares', 'does not add up', 'Give shares above 0 that come to 1 at most.');
  if (layerShare != null && !(layerShare > 0 && layerShare <= 1)) throw bad('layerShare', 'is no share', 'Give a share above 0, up to 1.');
}

/** The difference in the metric's unit. Throws BAD_USER_INPUT where it is none, or where a share would leave 0 to 1 with it. */
export function differenceGiven(
  { absolute, relative }: ExperimentPlanDifferenceInput,
  kind: 'PROPORTION' | 'MEAN',
  control: number | null,
): number {
  const bad = (problem: string, remedy: string) => badArgument('input.difference', problem, remedy);
  if ((absolute == null) === (relative == null)) throw bad('is not one number', 'Give one of "absolute" and "relative".');
  if (relative != null && !(control !== null && control > 0))
    throw badArgument(
      'input.mean.control',
      'is missing or not above 0',
      'Give the mean that the difference is relative to, or an absolute one.',
    );
  const difference = absolute ?? (relative ?? Number.NaN) * (control ?? Number.NaN);
  if (!Number.isFinite(difference) || difference === 0) throw bad('is no difference', 'Give a number other than 0.');
  if (kind === 'PROPORTION' && control !== null && !(control + difference > 0 && control + difference < 1))
    throw bad('leaves no share', `Added to the control's ${control} it has to be above 0 and below 1.`);
  return difference;
}

/** So many units that a plan may be made of them. Throws BAD_USER_INPUT naming the difference that asks for more. */
export function affordable(units: readonly number[]): readonly number[] {
  if (!(units.reduce((sum, of) => sum + of, 0) <= MOST_UNITS))
    throw badArgument('input.difference', `takes more than ${MOST_UNITS} units`, 'Give a larger one, or take noise off the metric.');
  return units;
}
