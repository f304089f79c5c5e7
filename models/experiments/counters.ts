/**
 * What a store keeps of a running experiment: per arm, over all and by segment, how many units and the sums of each metric. Counters add up, so
 * they may be kept in parts, and counted up by one unit's exposure or outcome at a time.
 */
import { changeOfUnit, mergeSums, type Sums, sumsOf } from './sums.ts';

export interface ArmCounters {
  /** Exposed. */
  readonly units: number;
  /** By metric key; n may be below `units` where not every unit has an outcome, such as a survey's answer. */
  readonly metrics: Readonly<Record<string, Sums>>;
}

/** By arm. */
export type Arms = Readonly<Record<string, ArmCounters>>;

export interface Counters {
  readonly arms: Arms;
  /** By segment, such as `channel=Web`; a unit may be in several. */
  readonly segments: Readonly<Record<string, Arms>>;
}

export const NO_COUNTERS: Counters = { arms: {}, segments: {} };

/** A unit's values in each metric, as the metric's kind says. */
export type UnitValues = Readonly<Record<string, readonly number[]>>;

/** Where a unit counts. */
export interface Unit {
  readonly arm: string;
  readonly segments: readonly string[];
}

/** As if both had been counted together. Throws when a metric counts different variables in the two. */
export function mergeCounters(a: Counters, b: Counters): Counters {
  return { arms: mergeArms(a.arms, b.arms), segments: merged(a.segments, b.segments, mergeArms) };
}

/** A unit at its exposure, with the values that it starts with: zeros as outcomes, and its covariates. */
export function exposure(unit: Unit, values: UnitValues): Counters {
  return countersOf(unit, { units: 1, metrics: mapped(values, (of) => sumsOf(of)) });
}

/** What to merge when an exposed unit's values change. A metric that had none before is counted from now on. */
export function outcome(unit: Unit, before: UnitValues, after: UnitValues): Counters {
  return countersOf(unit, {
    units: 0,
    metrics: mapped(after, (values, metric) => (before[metric] ? changeOfUnit(before[metric], values) : sumsOf(values))),
  });
}

function countersOf({ arm, segments }: Unit, counters: ArmCounters): Counters {
  return { arms: { [arm]: counters }, segments: Object.fromEntries(segments.map((segment) => [segment, { [arm]: counters }])) };
}

function mergeArms(a: Arms, b: Arms): Arms {
  return merged(a, b, (one, other) => ({ units: one.units + other.units, metrics: merged(one.metrics, other.metrics, mergeSums) }));
}

function merged<V>(a: Readonly<Record<string, V>>, b: Readonly<Record<string, V>>, both: (one: V, other: V) => V): Record<string, V> {
  const result: Record<string, V> = { ...a };
  for (const [key, value] of Object.entries(b)) result[key] = Object.hasOwn(a, key) ? both(a[key]!, value) : value;
  return result;
}

function mapped<V, W>(record: Readonly<Record<string, V>>, to: (value: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));
}
