import type { Collection, EpochMs } from '../../kernel/storage/port.ts';
import { type Counters, exposure, mergeCounters, NO_COUNTERS, type UnitValues } from '../../models/experiments/counters.ts';
import type { DefinedMetric, ExperimentRecord, ExposureRecord, OutcomeRecord, UnitRecord } from './records.ts';

/** Key under which the counters hold what NPS or CSAT is computed from; no metric begins with such a character. */
export const scoreKey = (kpi: 'NPS' | 'CSAT') => `@${kpi}`;
/** Key under which the counters hold revenue, orders, profit and cost together. */
export const moneyKey = (currency: string) => `@${currency}`;

/** The sum, or the latest, of a unit's outcomes in a metric: value and denominator; null without any. */
function combined({ combine }: DefinedMetric, outcomes: readonly OutcomeRecord[]): readonly [number, number] | null {
  const last = outcomes.at(-1);
  if (!last) return null;
  if (combine === 'LAST') return [last.value, last.denominator ?? 0];
  return [outcomes.reduce((sum, { value }) => sum + value, 0), outcomes.reduce((sum, { denominator }) => sum + (denominator ?? 0), 0)];
}

/**
 * What one exposed unit counts with: in each metric, and in what key figures are computed from. `outcomes` are in the order of their time;
 * those before the exposure or after the window do not count.
 */
function valuesOf(experiment: ExperimentRecord, exposed: ExposureRecord, outcomes: readonly OutcomeRecord[]): UnitValues {
  const until = experiment.outcomeWindowMs === null ? Number.POSITIVE_INFINITY : exposed.at + experiment.outcomeWindowMs;
  const counted = outcomes.filter(({ at }) => at >= exposed.at && at < until);
  const values: Record<string, readonly number[]> = {};
  for (const metric of experiment.plan.metrics) {
    const found = combined(
      metric,
      counted.filter((outcome) => outcome.metric === metric.key),
    );
    if (!found && metric.missing === 'LEFT_OUT') continue;
    const [value, denominator] = found ?? [0, 0];
    if (metric.kind === 'RATIO') values[metric.key] = [value, denominator];
    else {
      const covariates = (metric.covariates ?? []).map((name) => exposed.covariates[name] ?? 0);
      values[metric.key] = [metric.kind === 'PROPORTION' ? Math.min(1, value) : value, ...covariates];
    }
  }
  for (const { kpi, metric } of experiment.kpis) {
    const score = values[metric]?.[0];
    if (score === undefined) continue;
    if (kpi === 'NPS') values[scoreKey(kpi)] = [score >= 9 ? 1 : 0, score <= 6 ? 1 : 0];
    if (kpi === 'CSAT') values[scoreKey(kpi)] = [score >= 4 ? 1 : 0];
  }
  for (const { currency, revenue, orders, profit, cost } of experiment.money)
    values[moneyKey(currency)] = [revenue, orders, profit, cost].map((key) => (key === null ? 0 : (values[key]?.[0] ?? 0)));
  return values;
}

/** How many units are merged into counters of their own first: merging into all segments of an experiment for each unit would cost more. */
const BATCH = 64;

/** Counters of one experiment as units come in. */
class Tally {
  #all: Counters = NO_COUNTERS;
  #batch: Counters = NO_COUNTERS;
  #pending = 0;

  add(unit: Counters): void {
    this.#batch = mergeCounters(this.#batch, unit);
    this.#pending += 1;
    if (this.#pending >= BATCH) this.total();
  }

  total(): Counters {
    this.#all = mergeCounters(this.#all, this.#batch);
    this.#batch = NO_COUNTERS;
    this.#pending = 0;
    return this.#all;
  }
}

/** The counters of all experiments by id, from what was recorded of all units, whose records stand together and in the order of their time. */
async function countUnits(
  experiments: readonly ExperimentRecord[],
  records: AsyncIterable<UnitRecord>,
): Promise<ReadonlyMap<string, Counters>> {
  const known = new Map(experiments.map((experiment) => [experiment.id, { experiment, tally: new Tally() }]));
  let owner: string | null = null;
  let unit: UnitRecord[] = [];
  const count = () => {
    for (const exposed of unit) {
      const found = exposed.kind === 'EXPOSURE' ? known.get(exposed.experiment) : undefined;
      if (exposed.kind !== 'EXPOSURE' || !found) continue;
      const outcomes = unit.flatMap((record) => (record.kind === 'OUTCOME' && record.experiment === exposed.experiment ? [record] : []));
      found.tally.add(exposure(exposed, valuesOf(found.experiment, exposed, outcomes)));
    }
    unit = [];
  };
  for await (const record of records) {
    if (record.owner !== owner) count();
    owner = record.owner;
    unit.push(record);
  }
  count();
  return new Map([...known].map(([id, { tally }]) => [id, tally.total()]));
}

/** What was counted, and when that began: everything acknowledged before is in it. */
export interface Count {
  readonly asOf: EpochMs;
  readonly counters: ReadonlyMap<string, Counters>;
}

/**
 * Counts when it is asked and keeps the result. Nothing that is kept can be wrong for long, then: units hold the truth, and there is no counter
 * that a crash between two writes could leave behind. Those who ask at the same time share one count.
 */
export class CountKeeper {
  readonly #experiments: () => Promise<readonly ExperimentRecord[]>;
  readonly #units: Collection<UnitRecord>;
  readonly #clock: () => EpochMs;
  #latest: Count | null = null;
  #running: { readonly asOf: EpochMs; readonly count: Promise<Count> } | null = null;
  #next: Promise<Count> | null = null;

  constructor(experiments: () => Promise<readonly ExperimentRecord[]>, units: Collection<UnitRecord>, clock: () => EpochMs) {
    this.#experiments = experiments;
    this.#units = units;
    this.#clock = clock;
  }

  /** A count that began less than `maxAgeMs` ago, or one that begins now. */
  async within(maxAgeMs: number): Promise<Count> {
    const now = this.#clock();
    // A count of the future was made before the clock was put back: nobody knows how old it is.
    const fresh = (asOf: EpochMs) => asOf > now - maxAgeMs && asOf <= now;
    if (this.#latest && fresh(this.#latest.asOf)) return this.#latest;
    if (this.#running === null) return this.#start();
    if (fresh(this.#running.asOf)) return this.#running.count;
    // What is under way may have passed by what was acknowledged since it began.
    const begin = () => this.#start();
    this.#next ??= this.#running.count.then(begin, begin);
    return this.#next;
  }

  #start(): Promise<Count> {
    const asOf = this.#clock();
    const count: Promise<Count> = this.#count(asOf).finally(() => {
      if (this.#running?.count === count) this.#running = null;
    });
    this.#running = { asOf, count };
    this.#next = null;
    return count;
  }

  async #count(asOf: EpochMs): Promise<Count> {
    this.#latest = { asOf, counters: await countUnits(await this.#experiments(), this.#units.scan()) };
    return this.#latest;
  }
}
