/** Units by arm for a whole experiment, any number of treatments beside one control, and what so many would show. */
import { BURN_IN } from './always-valid.ts';
import {
  detectableDifference,
  detectableRise,
  durationOf,
  type MeanSpread,
  type PowerOptions,
  unitsForMeans,
  unitsForProportions,
} from './power.ts';

/** What is compared, as it is without the treatment. */
export type PlannedOutcome = { readonly kind: 'PROPORTION'; readonly control: number } | ({ readonly kind: 'MEAN' } & MeanSpread);

/** How it is compared. Each treatment with the control, alpha divided by their number (Bonferroni): the report's Holm finds as much or more. */
export interface PlannedDesign extends Required<Pick<PowerOptions, 'alpha' | 'power' | 'looks'>> {
  /** Of all units by arm, the control's first; above 0 each, 1 together at most. */
  readonly shares: readonly number[];
}

/** Units by arm, in the order of the shares and in their proportion, so that each treatment shows its difference. Infinite for a difference of 0. */
export function unitsByArm(outcome: PlannedOutcome, difference: number, design: PlannedDesign): number[] {
  const [control = 0, ...treatments] = design.shares;
  const needed = treatments.map((treatment) => {
    const options: PowerOptions = { ...design, ratio: treatment / control, comparisons: treatments.length };
    return outcome.kind === 'MEAN'
      ? unitsForMeans(difference, outcome, options)
      : unitsForProportions(outcome.control, outcome.control + difference, options);
  });
  const most = Math.max(...needed.map((units) => units.control));
  // What a share lacks by rounding alone is no unit more.
  return [most, ...treatments.map((treatment) => Math.ceil((most * treatment) / control - 1e-9))];
}

/**
 * The smallest difference that every treatment shows with so many units by arm, positive; for a share that is to fall, how far it falls. Null
 * where no share up to 1, or down to 0, shows, and before the always-valid test says anything.
 */
export function differenceShown(
  outcome: PlannedOutcome,
  units: readonly number[],
  desired: 'INCREASE' | 'DECREASE',
  design: PlannedDesign,
): number | null {
  const [control = 0, ...treatments] = units;
  const options = { ...design, comparisons: treatments.length };
  const shown = treatments.map((treatment) => {
    const arms = { control, treatment };
    if (control < 1 || treatment < 1 || (design.looks === 'CONTINUOUS' && control + treatment < BURN_IN)) return null;
    if (outcome.kind === 'MEAN') return detectableDifference(outcome, arms, options);
    // Who falls from p rises from 1 - p in what is left.
    return detectableRise(desired === 'INCREASE' ? outcome.control : 1 - outcome.control, arms, options);
  });
  return shown.includes(null) ? null : Math.max(...(shown as number[]));
}

/** Days until the slowest arm has its units, of which `perDay` come in all, before shares; null where an arm gets nobody. */
export function daysFor(units: readonly number[], shares: readonly number[], perDay: number): number | null {
  const [control = 0, ...treatments] = shares;
  const days = treatments.map((treatment, index) => {
    const traffic = { newUnitsPerDay: perDay, enrolled: 1, controlShare: control, treatmentShare: treatment };
    return durationOf({ control: units[0]!, treatment: units[index + 1]! }, traffic)?.days ?? null;
  });
  return days.includes(null) ? null : Math.max(...(days as number[]));
}
