/**
 * Key figures of a period, a campaign or an arm, each with n and a 95 % interval. Rates are shares in [0, 1]. Money is in minor units of one
 * currency at a time and is never added up across currencies; averages and interval ends may fall between two units, as statistics do.
 */
import { type Figure, intervalAround, normalCritical } from './difference.ts';
import { studentCritical } from './distributions.ts';
import { type Proportion, wilsonInterval } from './proportions.ts';
import { ratioEstimate, ratioFigure } from './ratios.ts';
import { covarianceOf, type Sums } from './sums.ts';

/** Counts; what is not counted is left out, and its figure is null. Customers, not messages: one who opens ten is one, or the intervals are too narrow. */
export interface KpiCounts {
  /** Bought, of those exposed. */
  readonly conversion?: Proportion;
  /** Opened, of those to whom a message was delivered. */
  readonly open?: Proportion;
  /** Clicked, of those to whom a message was delivered. */
  readonly click?: Proportion;
  /** Active in the period, of those active in the one before. */
  readonly retention?: Proportion;
  /** With two orders or more, of those with one or more. */
  readonly repeat?: Proportion;
  /** Answers by NPS category. */
  readonly nps?: { readonly promoters: number; readonly passives: number; readonly detractors: number };
  /** Answers of 4 and 5, of all answers on the scale of 1 to 5. */
  readonly csat?: Proportion;
  /** Over customers: items bought, then baskets. */
  readonly baskets?: Sums;
  readonly money?: readonly MoneySums[];
}

/** Positions of the variables of `MoneySums.customers`. */
const REVENUE = 0;
const ORDERS = 1;
const PROFIT = 2;
const COST = 3;

export interface MoneySums {
  /** ISO 4217; once each. */
  readonly currency: string;
  /**
   * Over customers, those who bought nothing as zeros: revenue, orders, profit, cost, the money in minor units. Profit is what the sales left
   * before the cost of winning them, so that `profit - cost` is what remains; cost is what each customer was spent on, such as a discount.
   */
  readonly customers: Sums;
  /** Cost that no single customer caused, such as an agency's fee: known, so it adds nothing to an interval. */
  readonly fixedCostMinor: number;
  /** False where margins are not known: the sums then hold zeros, and profit and ROI are null. */
  readonly profitKnown: boolean;
}

export interface MoneyKpis {
  readonly currency: string;
  readonly revenueMinor: Figure | null;
  readonly costMinor: Figure | null;
  readonly profitMinor: Figure | null;
  /** Revenue by order; null without orders. */
  readonly averageOrderValueMinor: Figure | null;
  /** (profit - cost) / cost * 100; null where the cost is 0. */
  readonly roiPercent: Figure | null;
}

export interface Kpis {
  readonly conversionRate: Figure | null;
  readonly openRate: Figure | null;
  readonly clickRate: Figure | null;
  readonly retentionRate: Figure | null;
  readonly repeatRate: Figure | null;
  /** Percentage of promoters less that of detractors, -100 to 100. */
  readonly nps: Figure | null;
  /** Share of answers 4 and 5. */
  readonly csat: Figure | null;
  readonly itemsPerBasket: Figure | null;
  /** One for each currency given, in that order. */
  readonly money: readonly MoneyKpis[];
}

/** All figures of the counts given. Throws when a currency is given twice: its parts are to be merged first. */
export function kpisOf(counts: KpiCounts): Kpis {
  const money = counts.money ?? [];
  const twice = money.find(({ currency }, i) => money.findIndex((other) => other.currency === currency) !== i);
  if (twice) throw new Error(`${twice.currency} is given twice`);
  return {
    conversionRate: rateFigure(counts.conversion),
    openRate: rateFigure(counts.open),
    clickRate: rateFigure(counts.click),
    retentionRate: rateFigure(counts.retention),
    repeatRate: rateFigure(counts.repeat),
    nps: npsFigure(counts.nps),
    csat: rateFigure(counts.csat),
    itemsPerBasket: counts.baskets ? ratioFigure(counts.baskets) : null,
    money: money.map(moneyKpis),
  };
}

/** A share with Wilson's interval; null of nothing. */
export function rateFigure(counted: Proportion | undefined, confidence = 0.95): Figure | null {
  if (!counted || counted.n === 0) return null;
  return { value: counted.successes / counted.n, n: counted.n, interval: wilsonInterval(counted, confidence) };
}

/** The variance of the difference of two shares of one multinomial sample is (p + d - (p - d)^2) / n. */
function npsFigure(answers: KpiCounts['nps']): Figure | null {
  if (!answers) return null;
  const n = answers.promoters + answers.passives + answers.detractors;
  if (n === 0) return null;
  const score = (answers.promoters - answers.detractors) / n;
  if (n < 2) return { value: 100 * score, n, interval: null };
  const margin = normalCritical(0.95) * Math.sqrt(((answers.promoters + answers.detractors) / n - score ** 2) / n);
  return {
    value: 100 * score,
    n,
    interval: { lower: Math.max(-100, 100 * (score - margin)), upper: Math.min(100, 100 * (score + margin)) },
  };
}

function moneyKpis({ currency, customers, fixedCostMinor, profitKnown }: MoneySums): MoneyKpis {
  const roi = profitKnown ? ratioEstimate(customers, PROFIT, COST, fixedCostMinor) : null;
  const order = ratioEstimate(customers, REVENUE, ORDERS);
  const margin = (variance: number) => normalCritical(0.95) * Math.sqrt(variance);
  return {
    currency,
    revenueMinor: totalFigure(customers, REVENUE),
    costMinor: totalFigure(customers, COST, fixedCostMinor),
    profitMinor: profitKnown ? totalFigure(customers, PROFIT) : null,
    averageOrderValueMinor: order && { value: order.value, n: order.n, interval: intervalAround(order.value, margin(order.variance)) },
    roiPercent: roi && {
      value: 100 * (roi.value - 1),
      n: roi.n,
      interval: intervalAround(100 * (roi.value - 1), 100 * margin(roi.variance)),
    },
  };
}

/** What as many customers like these come to in total: n times the mean's interval. Null of no customers. */
function totalFigure(customers: Sums, variable: number, fixed = 0): Figure | null {
  const { n } = customers;
  if (n === 0) return null;
  const value = customers.sums[variable]! + fixed;
  return {
    value,
    n,
    interval: n < 2 ? null : intervalAround(value, studentCritical(0.95, n - 1) * Math.sqrt(n * covarianceOf(customers, variable))),
  };
}
