import type { ShelvedModel } from '../../../kernel/model-shelf.ts';
import type { Money } from '../../../kernel/money.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { expectedPurchases } from '../../../models/customer-base/bg-nbd-forecast.ts';
import { type Churn, churnOf } from '../../../models/customer-base/churn.ts';
import { clusterOf } from '../../../models/customer-base/clusters.ts';
import type { BaseModels, CustomerBaseModel } from '../../../models/customer-base/customer-base.ts';
import { rfmFeatures } from '../../../models/customer-base/features.ts';
import type { PurchaseHistory } from '../../../models/customer-base/history.ts';
import { type LifecycleStage, lifecycleStage } from '../../../models/customer-base/lifecycle.ts';
import { LifetimeValues } from '../../../models/customer-base/lifetime-value.ts';
import type { PurchaseRank } from '../records.ts';
import { type CustomerRepresentation, isPersonal, Signals, source } from '../representation.ts';
import { rankOf } from '../source.ts';
import { type RfmScores, rfmScores } from './rfm.ts';

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/** A customer counts as lost who is not seen for this long: a year, as the horizon of the lifecycle's rule. */
const CHURN_HORIZON_WEEKS = 52;

/** What the purchases of one currency come to, times in weeks. */
export interface Base extends PurchaseHistory {
  readonly currency: string;
  readonly spentMinor: number;
}

/** One customer before the models of the customer base. */
export interface CustomerInsights {
  readonly state: 'OK' | 'WITHHELD' | 'UNAVAILABLE';
  readonly now: EpochMs;
  readonly asOf: EpochMs | null;
  /** In the currency of most purchases; null without purchases. */
  readonly base: Base | null;
  readonly rank: PurchaseRank | null;
  /** null while there is none for the currency. */
  readonly models: BaseModels | null;
  readonly version: ShelvedModel<CustomerBaseModel>['version'] | null;
}

/** Reads a representation. Never throws. Without consent to PERSONALIZATION and PROFILING nothing is looked at. */
export function readInsights(
  customer: CustomerRepresentation,
  now: EpochMs,
  shelved: ShelvedModel<CustomerBaseModel> | null,
): CustomerInsights {
  const nothing = { now, asOf: null, base: null, rank: null, models: null, version: shelved?.version ?? null };
  if (!isPersonal(customer)) return { ...nothing, state: 'WITHHELD' };
  const history = source(customer.posHistory, (pos) => pos.list('bases', (item) => baseOf(item, now)));
  if (history.state !== 'OK') return { ...nothing, state: 'UNAVAILABLE' };
  const {
    asOf,
    signals: [base = null],
  } = history;
  const models = (base && shelved?.model.currencies[base.currency]) ?? null;
  return { ...nothing, state: 'OK', asOf, base, rank: rankOf(new Signals(customer.posSignals).object('rank')), models };
}

function baseOf(item: Signals, now: EpochMs): Base | null {
  const currency = item.text('currency');
  const [days, firstDay, lastDay] = [item.integer('days'), item.integer('firstDay'), item.integer('lastDay')];
  const [spentMinor, firstSpentMinor] = [item.integer('spentMinor'), item.integer('firstSpentMinor')];
  if (currency === null || days === null || firstDay === null || lastDay === null || spentMinor === null || firstSpentMinor === null)
    return null;
  const repeats = days - 1;
  return {
    currency,
    spentMinor,
    repeats,
    recency: (lastDay - firstDay) / WEEK_DAYS,
    // An order that is dated ahead of the clock was placed at the end of observation.
    age: Math.max(lastDay - firstDay, Math.floor(now / DAY_MS) - firstDay) / WEEK_DAYS,
    meanRepeatMinor: repeats > 0 ? Math.max(0, spentMinor - firstSpentMinor) / repeats : 0,
  };
}

/** As Recommendations has them. */
export function insightsRfm({ rank }: CustomerInsights): RfmScores | null {
  return rank && rfmScores(rank);
}

export interface LifetimeValueShown {
  readonly historic: Money;
  readonly predicted: Money;
  readonly low: Money;
  readonly high: Money;
  readonly level: number;
  readonly expectedOrderDays: number;
  readonly horizonWeeks: number;
}

const SEED = 1;
/** Drawing the parameters is most of the work, and the same for all customers. */
const valuesOf = new WeakMap<BaseModels, Map<number, LifetimeValues>>();
/** Clients ask for one or two. */
const MOST_HORIZONS = 8;

/** null without purchases, or without a model for their currency that knows of spend. */
export function lifetimeValue({ base, models }: CustomerInsights, horizonWeeks: number): LifetimeValueShown | null {
  if (!base || !models?.gammaGamma) return null;
  const byHorizon = valuesOf.get(models) ?? new Map<number, LifetimeValues>();
  valuesOf.set(models, byHorizon);
  let values = byHorizon.get(horizonWeeks);
  if (!values) {
    values = new LifetimeValues(models.bgNbd, models.gammaGamma, { horizon: horizonWeeks, seed: SEED });
    if (byHorizon.size >= MOST_HORIZONS) byHorizon.clear();
    byHorizon.set(horizonWeeks, values);
  }
  const used = values;
  const money = (amountMinor: number): Money => ({ amountMinor, currency: base.currency });
  let interval: ReturnType<LifetimeValues['interval']> | undefined;
  const ends = () => (interval ??= used.interval(base, base.currency));
  return {
    historic: money(base.spentMinor),
    predicted: money(Math.round(used.expectedMinor(base, base.currency))),
    // A thousand times dearer than the rest, and often not asked for.
    get low() {
      return money(ends().lowMinor);
    },
    get high() {
      return money(ends().highMinor);
    },
    level: used.level,
    expectedOrderDays: expectedPurchases(models.bgNbd, base, horizonWeeks),
    horizonWeeks,
  };
}

/** null without purchases, or without a model for their currency. */
export function churn({ base, models }: CustomerInsights): Churn | null {
  if (!base || !models?.typical) return null;
  return churnOf(models.bgNbd, models.typical, base, { of: 'NO_PURCHASE', horizon: CHURN_HORIZON_WEEKS });
}

/** null without purchases, or without a model for their currency. */
export function stage({ base, models }: CustomerInsights): Exclude<LifecycleStage, 'ANONYMOUS' | 'AWARENESS' | 'EVALUATION'> | null {
  if (!base || !models) return null;
  const found = lifecycleStage(models.bgNbd, { isIdentified: true, isEvaluating: false, history: base });
  // Those before a purchase, which there was.
  return found === 'ANONYMOUS' || found === 'AWARENESS' || found === 'EVALUATION' ? null : found;
}

/** The cluster of like customers and what sets this one apart; null without purchases, or without clusters for their currency. */
export function cluster({ base, models }: CustomerInsights) {
  if (!base || !models?.clusters) return null;
  const { values } = rfmFeatures({
    customers: [''],
    currency: base.currency,
    daysPerUnit: WEEK_DAYS,
    repeats: Uint32Array.of(base.repeats),
    recency: Float64Array.of(base.recency),
    age: Float64Array.of(base.age),
    meanRepeatMinor: Float64Array.of(base.meanRepeatMinor),
    totalMinor: Float64Array.of(base.spentMinor),
    holdoutRepeats: null,
  });
  const { cluster: index, reasons } = clusterOf(models.clusters, values);
  const found = models.clusters.clusters[index];
  return found ? { number: index + 1, of: models.clusters.clusters.length, size: found.size, reasons } : null;
}
