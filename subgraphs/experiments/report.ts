import type { EpochMs } from '../../kernel/storage/port.ts';
import { HOLDOUT } from '../../models/experiments/assignment.ts';
import type { Comparison } from '../../models/experiments/comparison.ts';
import { type ArmCounters, type Counters, NO_COUNTERS } from '../../models/experiments/counters.ts';
import type { Difference, Figure } from '../../models/experiments/difference.ts';
import { type KpiCounts, kpisOf } from '../../models/experiments/kpis.ts';
import { figureOf } from '../../models/experiments/metrics.ts';
import { type ArmReport, type ExperimentReport, reportOf } from '../../models/experiments/report.ts';
import { emptySums } from '../../models/experiments/sums.ts';
import type { ExperimentKpi } from '../../schema/generated/experiments.ts';
import { moneyKey, scoreKey } from './count.ts';
import { creativesShown } from './creatives.ts';
import { reportProgress } from './progress.ts';
import type { ExperimentRecord } from './records.ts';

/** The report as the schema has it. */
export function reportShown(experiment: ExperimentRecord, counters: Counters = NO_COUNTERS, asOf: EpochMs) {
  const { plan } = experiment;
  const report = reportOf(plan, counters);
  if (experiment.assignment === 'ADAPTIVE') return adaptiveReport(experiment, report, counters, asOf);
  const out = counters.arms[HOLDOUT];
  return {
    experiment,
    asOf,
    units: report.arms.reduce((sum, { units }) => sum + units, 0),
    arms: report.arms.map(armShown),
    holdout: out ? holdoutShown(experiment, out) : null,
    sampleRatio: report.sampleRatio,
    comparisons: report.comparisons.map(comparisonShown),
    segments: report.segments.map(({ arms, comparisons, ...segment }) => ({
      ...segment,
      arms: arms.map(armShown),
      comparisons: comparisons.map(comparisonShown),
    })),
    decisions: report.decisions,
    kpis: kpisByArm(experiment, counters),
    progress: reportProgress(experiment, counters, asOf),
    creatives: null,
    cautions: [],
  };
}

/**
 * Without everything that supposes fair samples: an arm that began badly by chance is shown less and stays as it looks, so that means are too
 * low and their intervals cover less than they say (Nie, Tian, Taylor & Zou 2018, "Why adaptively collected data have negative bias").
 */
function adaptiveReport(experiment: ExperimentRecord, report: ExperimentReport, counters: Counters, asOf: EpochMs) {
  const plain = <F extends { readonly interval: Figure['interval'] }>(figure: F) => ({ ...figure, interval: null });
  const arms = (all: readonly ArmReport[]) => all.map(armShown).map((arm) => ({ ...arm, figures: arm.figures.map(plain) }));
  const out = counters.arms[HOLDOUT];
  return {
    experiment,
    asOf,
    units: report.arms.reduce((sum, { units }) => sum + units, 0),
    arms: arms(report.arms),
    holdout: out ? holdoutShown(experiment, out) : null,
    sampleRatio: null,
    comparisons: [],
    segments: report.segments.map(({ segment, arms: of }) => ({ segment, arms: arms(of), sampleRatio: null, comparisons: [] })),
    decisions: [],
    kpis: kpisByArm(experiment, counters).map(({ arm, figures }) => ({ arm, figures: figures.map(plain) })),
    progress: null,
    creatives: creativesShown(experiment, counters),
    cautions: [NO_DIFFERENCE_MEASURED],
  };
}

const NO_DIFFERENCE_MEASURED = {
  code: 'NO_DIFFERENCE_MEASURED' as const,
  message:
    'Shares moved with what came out: figures of the arms are no fair samples, and what is between them measures no difference. To measure one, define a HASHED experiment.',
};

/** Key figures by arm, where the definition maps any. */
function kpisByArm(experiment: ExperimentRecord, counters: Counters) {
  if (experiment.kpis.length + experiment.money.length === 0) return [];
  return experiment.plan.arms.map(({ arm }) => ({ arm, figures: kpisShown(experiment, arm, counters.arms[arm]) }));
}

function armShown({ arm, units, figures }: ArmReport) {
  return { arm, units, figures: Object.entries(figures).map(([metric, figure]) => figureShown(metric, figure)) };
}

function holdoutShown({ plan }: ExperimentRecord, { units, metrics }: ArmCounters) {
  const figures = plan.metrics.map((metric) => {
    const sums = metrics[metric.key];
    return figureShown(metric.key, sums ? figureOf(metric, sums, plan.confidence) : null);
  });
  return { arm: HOLDOUT, units, figures };
}

function figureShown(metric: string, figure: Figure | null) {
  return { metric, value: figure?.value ?? null, n: figure?.n ?? 0, interval: figure?.interval ?? null };
}

function comparisonShown({ units, adjusted, ...comparison }: Comparison) {
  return {
    ...comparison,
    n: units,
    adjusted: adjusted && {
      difference: adjusted as Difference,
      coefficients: adjusted.coefficients,
      varianceReduction: adjusted.varianceReduction,
    },
  };
}

/** The key figures that the definition maps, as far as they can be computed. */
function kpisShown(experiment: ExperimentRecord, arm: string, counted: ArmCounters | undefined) {
  const sumsOf = (key: string) => counted?.metrics[key];
  const counts: { -readonly [K in keyof KpiCounts]: KpiCounts[K] } = {
    money: experiment.money.map(({ currency, profit, fixedCosts }) => ({
      currency,
      customers: sumsOf(moneyKey(currency)) ?? emptySums(4),
      fixedCostMinor: fixedCosts.find((fixed) => fixed.arm === arm)?.costMinor ?? 0,
      profitKnown: profit !== null,
    })),
  };
  for (const { kpi, metric } of experiment.kpis) {
    const sums = sumsOf(kpi === 'NPS' || kpi === 'CSAT' ? scoreKey(kpi) : metric);
    if (!sums) continue;
    const [first = 0, second = 0] = sums.sums;
    const share = { successes: first, n: sums.n };
    if (kpi === 'CONVERSION_RATE') counts.conversion = share;
    else if (kpi === 'OPEN_RATE') counts.open = share;
    else if (kpi === 'CLICK_RATE') counts.click = share;
    else if (kpi === 'RETENTION_RATE') counts.retention = share;
    else if (kpi === 'REPEAT_RATE') counts.repeat = share;
    else if (kpi === 'CSAT') counts.csat = share;
    else if (kpi === 'NPS') counts.nps = { promoters: first, passives: sums.n - first - second, detractors: second };
    else counts.baskets = sums;
  }
  const kpis = kpisOf(counts);
  const shown = (kpi: ExperimentKpi, figure: Figure | null, currencyCode: string | null = null) =>
    figure ? [{ kpi, currencyCode, ...figure }] : [];
  return [
    ...shown('CONVERSION_RATE', kpis.conversionRate),
    ...shown('OPEN_RATE', kpis.openRate),
    ...shown('CLICK_RATE', kpis.clickRate),
    ...shown('RETENTION_RATE', kpis.retentionRate),
    ...shown('REPEAT_RATE', kpis.repeatRate),
    ...shown('NPS', kpis.nps),
    ...shown('CSAT', kpis.csat),
    ...shown('ITEMS_PER_BASKET', kpis.itemsPerBasket),
    ...kpis.money.flatMap(({ currency, revenueMinor, costMinor, profitMinor, averageOrderValueMinor, roiPercent }) => [
      ...shown('REVENUE', revenueMinor, currency),
      ...shown('COST', costKnown(experiment, currency) ? costMinor : null, currency),
      ...shown('PROFIT', profitMinor, currency),
      ...shown('AVERAGE_ORDER_VALUE', averageOrderValueMinor, currency),
      ...shown('ROI_PERCENT', roiPercent, currency),
    ]),
  ];
}

/** Whether anything of the cost in that currency is counted; 0 would pass for a figure otherwise. */
function costKnown({ money }: ExperimentRecord, currency: string): boolean {
  return money.some((one) => one.currency === currency && (one.cost !== null || one.fixedCosts.length > 0));
}
