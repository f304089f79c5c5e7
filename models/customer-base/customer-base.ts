/** The models of a customer base, one set for each currency, because amounts of two currencies have no sum. */
import { type BgNbdModel, trainBgNbd } from './bg-nbd.ts';
import { expectedPurchases } from './bg-nbd-forecast.ts';
import { type TypicalCustomer, typicalCustomer } from './churn.ts';
import { type ClustersModel, trainClusters } from './clusters.ts';
import { rfmFeatures } from './features.ts';
import { type GammaGammaModel, trainGammaGamma } from './gamma-gamma.ts';
import { historyAt, type Purchase, type PurchaseHistories, purchaseHistories } from './history.ts';

export interface BaseModels {
  readonly bgNbd: BgNbdModel;
  /** null where spend can't be modelled, as when nobody has spent anything on a second day. */
  readonly gammaGamma: GammaGammaModel | null;
  readonly typical: TypicalCustomer | null;
  /** null where there are too few customers to tell groups apart. */
  readonly clusters: ClustersModel | null;
  readonly customers: number;
}

export interface CustomerBaseModel {
  readonly kind: 'customer-base';
  readonly format: 1;
  /** The last day observed, days since 1970-01-01. */
  readonly untilDay: number;
  /** By ISO 4217 code. */
  readonly currencies: Readonly<Record<string, BaseModels>>;
}

/** How well repeat purchases of held-back days were foreseen. */
export interface Foresight {
  readonly days: number;
  readonly customers: number;
  readonly expectedRepeats: number;
  readonly actualRepeats: number;
  /** Mean absolute error of a customer's repeats. */
  readonly meanAbsoluteError: number;
  /** The same when every customer is expected to go on at his own rate so far. */
  readonly meanAbsoluteErrorOfRate: number;
}

/** Below this many customers an estimate is a guess. */
const LEAST_CUSTOMERS = 100;
const CLUSTERS = 5;
/** A third of the days is held back, as in the papers (39 of 78 weeks would be half), 39 weeks at most. */
const HELD_BACK = 1 / 3;
const MOST_HELD_BACK_DAYS = 39 * 7;

export interface CustomerBaseOptions {
  /** The last day observed, days since 1970-01-01. */
  readonly untilDay: number;
  readonly seed: number;
}

export interface TrainedCustomerBase {
  readonly model: CustomerBaseModel;
  /** By currency. */
  readonly foresight: Readonly<Record<string, Foresight>>;
  /** By currency: why there is no model for it. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Trains on the purchases of one base, by currency. */
export function trainCustomerBase(
  purchases: Readonly<Record<string, readonly Purchase[]>>,
  { untilDay, seed }: CustomerBaseOptions,
): TrainedCustomerBase {
  const currencies: Record<string, BaseModels> = {};
  const foresight: Record<string, Foresight> = {};
  const refused: Record<string, string> = {};
  for (const [currency, bought] of Object.entries(purchases)) {
    const histories = purchaseHistories(bought, { currency, untilDay });
    const customers = histories.customers.length;
    if (customers < LEAST_CUSTOMERS) {
      refused[currency] = `${customers} customers are fewer than ${LEAST_CUSTOMERS}.`;
      continue;
    }
    const bgNbd = trainBgNbd(histories);
    if (!bgNbd.ok) {
      refused[currency] = bgNbd.message;
      continue;
    }
    const gammaGamma = trainGammaGamma(histories);
    currencies[currency] = {
      bgNbd: bgNbd.model,
      gammaGamma: gammaGamma.ok ? gammaGamma.model : null,
      typical: typicalCustomer(histories),
      clusters: trainClusters(rfmFeatures(histories), { count: CLUSTERS, seed }),
      customers,
    };
    const seen = foresightOf(bought, currency, untilDay);
    if (seen) foresight[currency] = seen;
  }
  return { model: { kind: 'customer-base', format: 1, untilDay, currencies }, foresight, refused };
}

function foresightOf(purchases: readonly Purchase[], currency: string, untilDay: number): Foresight | null {
  const from = purchases.reduce((first, { day }) => Math.min(first, day), untilDay);
  const days = Math.min(MOST_HELD_BACK_DAYS, Math.floor((untilDay - from) * HELD_BACK));
  if (days < 7) return null;
  const histories = purchaseHistories(purchases, { currency, untilDay: untilDay - days, holdoutUntilDay: untilDay });
  const fit = trainBgNbd(histories);
  if (!fit.ok || !histories.holdoutRepeats) return null;
  return measured(histories, histories.holdoutRepeats, days, fit.model);
}

function measured(histories: PurchaseHistories, held: Uint32Array, days: number, model: BgNbdModel): Foresight {
  const ahead = days / histories.daysPerUnit;
  let [expectedRepeats, actualRepeats, error, errorOfRate] = [0, 0, 0, 0];
  for (let i = 0; i < held.length; i++) {
    const history = historyAt(histories, i);
    const expected = expectedPurchases(model, history, ahead);
    const actual = held[i] ?? 0;
    expectedRepeats += expected;
    actualRepeats += actual;
    error += Math.abs(expected - actual);
    errorOfRate += Math.abs((history.age > 0 ? (history.repeats / history.age) * ahead : 0) - actual);
  }
  return {
    days,
    customers: held.length,
    expectedRepeats,
    actualRepeats,
    meanAbsoluteError: error / held.length,
    meanAbsoluteErrorOfRate: errorOfRate / held.length,
  };
}
