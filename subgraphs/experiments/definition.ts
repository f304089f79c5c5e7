import type { Reason } from '../../kernel/errors.ts';
import { digest } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { type Allocation, type AllocationRefusal, allocate } from '../../models/experiments/allocation.ts';
import { HOLDOUT } from '../../models/experiments/assignment.ts';
import type { DefinitionInput, MetricInput } from './input.ts';
import {
  type Adaptation,
  type DefinedMetric,
  type ExperimentRecord,
  experimentKey,
  METRIC_KPIS,
  type MetricKpi,
  type MoneyMetrics,
} from './records.ts';
import { minorAmount } from './values.ts';

const DAY_MS = 86_400_000;
const ALLOCATION_REFUSALS: Readonly<Record<AllocationRefusal, string>> = {
  INVALID_SHARE: 'Give a share from 0 to 1.',
  NARROWED: 'Shares may only grow: units would move from one arm to another. Stop the experiment and define a new one.',
  NO_ROOM: 'All shares together are above 1.',
};

/** What a refused allocation says. */
export function allocationReason(code: AllocationRefusal, field: string): Reason {
  return { code: `SHARE_${code}`, field, message: ALLOCATION_REFUSALS[code] };
}

/** A definition without what only storing it gives: its buckets, and whether it was stopped. */
type Definition = Omit<ExperimentRecord, 'buckets' | 'stopped'>;

/** The definition that the input asks for; `startAt` is when it was asked for where the input names none. */
export function definitionOf(input: DefinitionInput, at: EpochMs): Definition {
  const { id, name, unit, assignment, looks, confidence, holdout, layer, startAt, endAt } = input;
  const days = input.outcomeWindowDays ?? null;
  return {
    ...experimentKey(id),
    version: 0,
    at,
    name,
    unit,
    assignment,
    purposes: [...new Set(input.purposes ?? (unit === 'CUSTOMER' ? (['PERSONALIZATION', 'PROFILING'] as const) : []))].sort(),
    plan: {
      control: input.control ?? (assignment === 'ADAPTIVE' ? (input.arms[0]?.name ?? '') : ''),
      arms: input.arms.map((arm) => ({ arm: arm.name, share: arm.share })),
      metrics: input.metrics.map(metricOf),
      looks,
      plannedUnits: input.plannedUnits ?? 0,
      confidence,
    },
    holdout,
    layer: layer ? { name: layer.name, share: layer.share } : null,
    segments: input.segments.map((segment) => ({ name: segment.name, values: [...segment.values] })),
    kpis: input.kpis.flatMap(({ kpi, metric }) => (kpi in METRIC_KPIS ? [{ kpi: kpi as MetricKpi, metric }] : [])),
    money: input.money.map(
      ({ currencyCode, revenue, orders, profit, cost, fixedCosts }): MoneyMetrics => ({
        currency: currencyCode,
        revenue,
        orders,
        profit: profit ?? null,
        cost: cost ?? null,
        fixedCosts: fixedCosts.map((fixed) => ({ arm: fixed.arm, costMinor: minorAmount(fixed.cost, currencyCode) ?? Number.NaN })),
      }),
    ),
    startAt: startAt ?? at,
    endAt: endAt ?? null,
    outcomeWindowMs: days === null ? null : days * DAY_MS,
    ...(assignment === 'ADAPTIVE' && { adaptation: adaptationOf(input.adaptation) }),
  };
}

function adaptationOf(input: DefinitionInput['adaptation']): Adaptation {
  const { exploration = 0.05, refreshSeconds = 60 } = input ?? {};
  return { exploration, refreshMs: 1000 * refreshSeconds };
}

function metricOf(input: MetricInput): DefinedMetric {
  const { key, kind, desired, role, margin, currencyCode, covariates, combine, missing } = input;
  const common = {
    key,
    desired,
    role: role === 'GUARDRAIL' ? { guardrail: marginOf(margin) } : role,
    ...(currencyCode != null && { currency: currencyCode }),
    combine,
    missing,
  };
  return kind === 'RATIO' ? { ...common, kind } : { ...common, kind, ...(covariates.length > 0 && { covariates: [...covariates] }) };
}

/** NaN, which is no margin, where the input does not give exactly one. */
function marginOf(margin: MetricInput['margin']): { absolute: number } | { relative: number } {
  const { absolute, relative } = margin ?? {};
  if (relative != null) return { relative: absolute == null ? relative : Number.NaN };
  return { absolute: absolute ?? Number.NaN };
}

export type Widened = { readonly ok: true; readonly record: ExperimentRecord } | { readonly ok: false; readonly reason: Reason };

/**
 * What to store for the definition where `current` is stored: the same experiment with larger shares, another name or another end. Shares grow
 * all alike, since early units would count more in one arm than in another otherwise, and an effect of time would pass for one of the arm.
 */
export function widened(current: ExperimentRecord | null, definition: Definition, startsAt: EpochMs | null): Widened {
  if (current?.stopped)
    return {
      ok: false,
      reason: { code: 'EXPERIMENT_STOPPED', field: 'id', message: 'The experiment was stopped; define one of another id.' },
    };
  const wanted = current ? { ...definition, at: current.at, startAt: startsAt ?? current.startAt } : definition;
  if (current && (frozen(current) !== frozen(wanted) || !alike(current, wanted)))
    return {
      ok: false,
      reason: {
        code: 'EXPERIMENT_FIXED',
        field: 'id',
        message:
          'Of a defined experiment only name and end may change, and shares may grow, all by the same factor. Define one of another id.',
      },
    };
  const buckets = bucketsOf(wanted, current?.buckets);
  if (!buckets.ok) return { ok: false, reason: allocationReason(buckets.code, 'arms') };
  return { ok: true, record: { ...wanted, buckets: buckets.allocation, stopped: null } };
}

function bucketsOf({ assignment, plan, holdout }: Definition, before: Allocation | undefined): ReturnType<typeof allocate> {
  if (assignment === 'GIVEN') return { ok: true, allocation: { owners: [] } };
  const shares = plan.arms.map(({ arm, share }) => [arm, share] as const);
  return allocate(Object.fromEntries(holdout > 0 ? [...shares, [HOLDOUT, holdout]] : shares), before);
}

/** What a definition may never change. */
function frozen({
  unit,
  assignment,
  purposes,
  plan,
  layer,
  segments,
  kpis,
  money,
  startAt,
  outcomeWindowMs,
  adaptation,
}: Definition): string {
  const metrics = plan.metrics.map((metric) => Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { control, looks, plannedUnits, confidence } = plan;
  const arms = plan.arms.map(({ arm }) => arm);
  const fixed = [arms, control, metrics, looks, plannedUnits, confidence, layer?.name ?? null, segments, kpis];
  const costs = money.map(({ currency, revenue, orders, profit, cost, fixedCosts }) => [
    currency,
    revenue,
    orders,
    profit,
    cost,
    fixedCosts,
  ]);
  const adapts = adaptation ? [adaptation.exploration, adaptation.refreshMs] : [];
  return JSON.stringify([unit, assignment, purposes, fixed, costs, startAt, outcomeWindowMs, adapts]);
}

/** Whether all shares, the holdout's too, are the same multiple of what they were. */
function alike(before: Definition, after: Definition): boolean {
  const factors = after.plan.arms.map(({ share }, index) => share / before.plan.arms[index]!.share);
  if (before.holdout > 0) factors.push(after.holdout / before.holdout);
  else if (after.holdout > 0) return false;
  return factors.every((factor) => Math.abs(factor - factors[0]!) < 1e-6);
}

/** Salts follow from ids, so that every machine has the same. */
export const experimentSalt = (id: string): string => digest('experiment', id);
export const creativeSalt = (id: string): string => digest('experiment creative', id);
export const layerSalt = (name: string): string => digest('experiment layer', name);
