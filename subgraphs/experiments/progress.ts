import type { EpochMs } from '../../kernel/storage/port.ts';
import type { Counters } from '../../models/experiments/counters.ts';
import type { ReportPlan } from '../../models/experiments/plan.ts';
import type { ExperimentRecord } from './records.ts';

const DAY_MS = 86_400_000;

const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0);

/** Exposed units by arm, in the order given. */
export function unitsOf(arms: ReportPlan['arms'], counters: Counters): number[] {
  return arms.map(({ arm }) => counters.arms[arm]?.units ?? 0);
}

/** Units by arm, the control first, with which the smallest treatment and the control together have what was planned for. */
export function plannedByArm(arms: readonly { readonly share: number }[], plannedUnits: number): number[] {
  const [control = 0, ...treatments] = arms.map(({ share }) => share);
  const pair = control + Math.min(...treatments);
  return arms.map(({ share }) => Math.ceil((plannedUnits * share) / pair - 1e-9));
}

/** Units that came into the arms on a day since the start; null before a whole day, since a morning says little of a night. */
export function observedDaily(
  { startAt, endAt, stopped }: Pick<ExperimentRecord, 'startAt' | 'endAt' | 'stopped'>,
  units: readonly number[],
  asOf: EpochMs,
): number | null {
  const days = (Math.min(asOf, endAt ?? asOf, stopped?.at ?? asOf) - startAt) / DAY_MS;
  return days >= 1 ? sum(units) / days : null;
}

/** How far an experiment is with `units` by arm where so many are `needed`; `daily` come into all arms together, null where nobody knows. */
export function progressOf({
  shares,
  units,
  needed,
  daily,
}: {
  readonly shares: readonly number[];
  readonly units: readonly number[];
  readonly needed: readonly number[];
  readonly daily: number | null;
}) {
  const lacking = needed.map((need, arm) => Math.max(0, need - units[arm]!));
  const slowest = Math.max(...lacking.map((lack, arm) => (lack * sum(shares)) / ((daily ?? 0) * shares[arm]!)));
  const remainingUnits = sum(lacking);
  return {
    units: sum(units),
    remainingUnits,
    dailyUnits: daily,
    remainingDays: remainingUnits === 0 ? 0 : Number.isFinite(slowest) ? Math.ceil(slowest) : null,
  };
}

/** The same for a report: on the way to the units that were planned. */
export function reportProgress(experiment: ExperimentRecord, counters: Counters, asOf: EpochMs) {
  const { arms, control, plannedUnits } = experiment.plan;
  const ordered = [...arms.filter(({ arm }) => arm === control), ...arms.filter(({ arm }) => arm !== control)];
  const units = unitsOf(ordered, counters);
  const daily = observedDaily(experiment, units, asOf);
  return progressOf({ shares: ordered.map(({ share }) => share), units, needed: plannedByArm(ordered, plannedUnits), daily });
}
