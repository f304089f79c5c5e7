import type { ConsentPurpose } from '../../kernel/intake.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { AnySpec, Doc, EpochMs, Key, Spec } from '../../kernel/storage/port.ts';
import type { Allocation } from '../../models/experiments/allocation.ts';
import type { Layer } from '../../models/experiments/assignment.ts';
import type { Metric } from '../../models/experiments/metrics.ts';
import type { ReportPlan } from '../../models/experiments/plan.ts';

/** A metric, and what a unit's outcomes come to in it. */
export type DefinedMetric = Metric & { readonly combine: 'SUM' | 'LAST'; readonly missing: 'ZERO' | 'LEFT_OUT' };

/** Key figures that are computed from one metric. */
export const METRIC_KPIS = {
  CONVERSION_RATE: 'PROPORTION',
  OPEN_RATE: 'PROPORTION',
  CLICK_RATE: 'PROPORTION',
  RETENTION_RATE: 'PROPORTION',
  REPEAT_RATE: 'PROPORTION',
  NPS: 'MEAN',
  CSAT: 'MEAN',
  ITEMS_PER_BASKET: 'RATIO',
} as const satisfies Record<string, Metric['kind']>;
export type MetricKpi = keyof typeof METRIC_KPIS;

/** The metrics, by key, of one currency's revenue and return; null where nobody counts it. */
export interface MoneyMetrics {
  readonly currency: string;
  readonly revenue: string;
  readonly orders: string;
  readonly profit: string | null;
  readonly cost: string | null;
  /** By arm, in minor units; arms without any are left out. */
  readonly fixedCosts: readonly { readonly arm: string; readonly costMinor: number }[];
}

/** How an adaptive experiment moves its shares. */
export interface Adaptation {
  /** The share of units that is given out evenly. */
  readonly exploration: number;
  /** Shares are computed anew at most this often. */
  readonly refreshMs: number;
}

/** An experiment as it was defined; all of them under one owner, their ids are the clients'. */
export interface ExperimentRecord extends Doc {
  /** When it was defined first. */
  readonly at: EpochMs;
  readonly name: string;
  readonly unit: 'CUSTOMER' | 'ANONYMOUS';
  readonly assignment: 'HASHED' | 'GIVEN' | 'ADAPTIVE';
  readonly purposes: readonly ConsentPurpose[];
  readonly plan: Omit<ReportPlan, 'metrics'> & { readonly metrics: readonly DefinedMetric[]; readonly confidence: number };
  readonly holdout: number;
  /** Who has which buckets; of an experiment whose arms are given elsewhere nobody. */
  readonly buckets: Allocation;
  readonly layer: { readonly name: string; readonly share: number } | null;
  readonly segments: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly kpis: readonly { readonly kpi: MetricKpi; readonly metric: string }[];
  readonly money: readonly MoneyMetrics[];
  readonly startAt: EpochMs;
  readonly endAt: EpochMs | null;
  readonly outcomeWindowMs: number | null;
  /** How shares move; of an adaptive experiment, absent otherwise. */
  readonly adaptation?: Adaptation;
  /** How it was stopped: when, by which request, and the layer as it was then, by which exposures that come late are still assigned. */
  readonly stopped: { readonly at: EpochMs; readonly request: string; readonly layer: Layer | null } | null;
}

/** A layer: who has which of its slots. */
export interface LayerRecord extends Doc, Layer {
  readonly at: EpochMs;
}

interface Recorded extends Doc {
  /** The experiment's id. */
  readonly experiment: string;
  /** When it took place. */
  readonly at: EpochMs;
  /** The request that recorded it, by which its repeat is told from another one. */
  readonly origin: string;
}

/** That a unit saw what its arm shows. One for each unit and experiment. */
export interface ExposureRecord extends Recorded {
  readonly kind: 'EXPOSURE';
  readonly arm: string;
  /** Such as `channel=Web`. */
  readonly segments: readonly string[];
  readonly covariates: Readonly<Record<string, number>>;
}

/** Something that a unit did. One for each unit, experiment and outcome id. */
export interface OutcomeRecord extends Recorded {
  readonly kind: 'OUTCOME';
  readonly metric: string;
  /** Money in minor units. */
  readonly value: number;
  /** Of a ratio; null for other kinds. */
  readonly denominator: number | null;
}

/**
 * What is recorded of units, under the unit, so that it is erased with the customer. Never rewritten: each is inserted once, so any number of
 * repeats, in parallel or after a crash, leave one. Whatever is counted is counted from these.
 */
export type UnitRecord = ExposureRecord | OutcomeRecord;

/** Where they lay before experiments were a subgraph of their own (docs/decisions/0010-segments-and-experiments.md). */
const movedFrom = { store: 'recommendations' } as const;
export const experimentSpec: Spec<ExperimentRecord> = { name: 'experiments', at: 'at', movedFrom };
export const layerSpec: Spec<LayerRecord> = { name: 'experiment_layers', at: 'at', movedFrom };
export const unitSpec: Spec<UnitRecord> = { name: 'experiment_units', at: 'at', movedFrom };

/** What is stored of experiments. Requests of the time before lay beside those of recommendations, which stay there. */
export const experimentSpecs: readonly AnySpec[] = [
  experimentSpec,
  layerSpec,
  unitSpec,
  { ...requestSpec, movedFrom: { ...movedFrom, shared: true } },
];

/** The one owner of all experiments, so that they can be listed. */
export const EXPERIMENTS = 'experiments';

export const experimentKey = (id: string): Key => ({ owner: EXPERIMENTS, id });
/** Of a unit's exposure, under the unit. */
export const exposureId = (experiment: string): string => `exposure/${experiment}`;
export const layerKey = (name: string): Key => ({ owner: name, id: 'layer' });
