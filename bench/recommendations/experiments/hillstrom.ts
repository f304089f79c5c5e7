/** Hillstrom's e-mail test: 64,000 customers in three arms, each exposure and outcome counted as a store would, against what was published. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { alwaysValid } from '../../../models/experiments/always-valid.ts';
import { type Counters, exposure, mergeCounters, NO_COUNTERS, outcome, type UnitValues } from '../../../models/experiments/counters.ts';
import type { Metric } from '../../../models/experiments/metrics.ts';
import type { ReportPlan } from '../../../models/experiments/plan.ts';
import { unitsForProportions } from '../../../models/experiments/power.ts';
import { compareProportions } from '../../../models/experiments/proportions.ts';
import { reportOf } from '../../../models/experiments/report.ts';
import { DATA, type Line } from '../line.ts';

export const CONTROL = 'No E-Mail';
export const MENS = 'Mens E-Mail';
export const WOMENS = 'Womens E-Mail';

export interface Customer {
  readonly arm: string;
  readonly segments: readonly string[];
  readonly visit: number;
  readonly conversion: number;
  readonly spendMinor: number;
  readonly historyMinor: number;
  readonly recency: number;
}

/** The 64,000 rows, in the file's order. */
export function hillstrom(): Customer[] {
  const text = gunzipSync(readFileSync(`${DATA}hillstrom/hillstrom.csv.gz`)).toString('utf8');
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return rows.map((row) => ({
    arm: row.segment!,
    segments: [`channel=${row.channel}`, `newbie=${row.newbie}`, `zip_code=${row.zip_code}`],
    visit: Number(row.visit),
    conversion: Number(row.conversion),
    spendMinor: Math.round(100 * Number(row.spend)),
    historyMinor: Math.round(100 * Number(row.history)),
    recency: Number(row.recency),
  }));
}

const METRICS: readonly Metric[] = [
  { key: 'visit', kind: 'PROPORTION', desired: 'INCREASE', role: 'PRIMARY' },
  { key: 'conversion', kind: 'PROPORTION', desired: 'INCREASE', role: 'SECONDARY' },
  { key: 'spend', kind: 'MEAN', desired: 'INCREASE', role: 'SECONDARY', currency: 'USD' },
  { key: 'visit, adjusted', kind: 'PROPORTION', desired: 'INCREASE', role: 'SECONDARY', covariates: ['history'] },
];

const PLAN: ReportPlan = {
  control: CONTROL,
  arms: [CONTROL, MENS, WOMENS].map((arm) => ({ arm, share: 1 / 3 })),
  metrics: METRICS,
  looks: 'ONCE',
  // Four points of a tenth, with 99 % power: what an e-mail is sent for.
  plannedUnits: 2 * unitsForProportions(0.1, 0.14, { power: 0.99 }).control,
};

const exposed = (one: Customer): UnitValues => ({ visit: [0], conversion: [0], spend: [0], 'visit, adjusted': [0, one.historyMinor] });
const responded = (one: Customer): UnitValues => ({
  visit: [one.visit],
  conversion: [one.conversion],
  spend: [one.spendMinor],
  'visit, adjusted': [one.visit, one.historyMinor],
});

/** Every exposure, then every outcome, counted in two places that are merged. */
function count(customers: readonly Customer[]): Counters {
  const shards = [0, 1].map((shard) => {
    const own = customers.filter((_, i) => i % 2 === shard);
    const seen = own.reduce((counters, one) => mergeCounters(counters, exposure(one, exposed(one))), NO_COUNTERS);
    const back = own.filter(({ visit }) => visit === 1);
    return back.reduce((counters, one) => mergeCounters(counters, outcome(one, exposed(one), responded(one))), seen);
  });
  return shards.reduce(mergeCounters);
}

interface Published {
  readonly metric: string;
  readonly arm: string;
  readonly points: number;
  readonly z: number;
  readonly interval?: readonly [number, number];
}

/** From the file by a plain script, statsmodels and scipy. */
export const PUBLISHED: readonly Published[] = [
  { metric: 'visit', arm: MENS, points: 7.659, interval: [6.995, 8.323], z: 22.49 },
  { metric: 'visit', arm: WOMENS, points: 4.523, interval: [3.889, 5.157], z: 13.95 },
  { metric: 'conversion', arm: MENS, points: 0.681, z: 7.39 },
  { metric: 'conversion', arm: WOMENS, points: 0.311, z: 3.78 },
];

export async function* effects(customers: readonly Customer[]): AsyncGenerator<Line> {
  const begun = performance.now();
  const counters = count(customers);
  const counted = performance.now();
  const report = reportOf(PLAN, counters);
  const reported = performance.now();
  const found = (metric: string, arm: string) => report.comparisons.find((one) => one.metric === metric && one.arm === arm)!;
  const near = (ours: number, theirs: number, digits: number) => Math.abs(ours - theirs) <= 0.5001 * 10 ** -digits;
  for (const { metric, arm, points, z, interval } of PUBLISHED) {
    const { difference, interval: ours, statistic } = found(metric, arm).difference!;
    const [lower, upper] = [100 * ours.lower, 100 * ours.upper];
    yield {
      what: `${metric}, ${arm} against none`,
      ours: `+${(100 * difference).toFixed(3)} points (${lower.toFixed(3)} to ${upper.toFixed(3)}), z ${statistic.toFixed(2)}`,
      beside: `+${points}${interval ? ` (${interval.join(' to ')})` : ''}, z ${z}`,
      holds:
        near(100 * difference, points, 3) &&
        near(statistic, z, 2) &&
        (!interval || (near(lower, interval[0], 3) && near(upper, interval[1], 3))),
    };
  }
  const spend = found('spend', MENS).difference!;
  yield {
    what: `spend in cents, ${MENS} against none, Welch`,
    ours: `+${spend.difference.toFixed(2)} (${spend.interval.lower.toFixed(2)} to ${spend.interval.upper.toFixed(2)}), t ${spend.statistic.toFixed(4)}`,
    beside: '+76.98 (48.51 to 105.45), t 5.3001 (scipy ttest_ind)',
    holds: near(spend.difference, 76.98, 2) && near(spend.statistic, 5.3001, 4) && near(spend.interval.lower, 48.51, 2),
  };
  const [men, women] = [MENS, WOMENS].map((arm) => 100 * found('visit, adjusted', arm).adjusted!.varianceReduction) as [number, number];
  yield {
    what: 'CUPED on past spend: variance of the difference in visits that is gone',
    ours: `${men.toFixed(3)} % men's, ${women.toFixed(3)} % women's`,
    beside: 'about .5 %; .444 % and .400 % by numpy',
    holds: near(men, 0.444, 3) && near(women, 0.4, 3),
  };
  yield {
    what: 'sample ratio',
    ours: `chi-square ${report.sampleRatio!.chiSquare.toFixed(4)}, p ${report.sampleRatio!.p.toFixed(4)}, ${report.sampleRatio!.verdict}`,
    beside: '.2025, p .9037 (scipy chisquare)',
    holds: near(report.sampleRatio!.p, 0.9037, 4) && report.sampleRatio!.verdict === 'OK',
  };
  const segments = report.segments.flatMap(({ comparisons }) => comparisons).filter(({ metric }) => metric === 'conversion');
  yield {
    what: 'conversion by channel, newcomer, area: finds of 16',
    ours: `${segments.filter(({ adjustedP }) => adjustedP! <= 0.05).length} at a false discovery rate of 5 %`,
    beside: `${segments.filter(({ difference }) => difference!.p <= 0.05).length} with p <= .05, uncorrected`,
  };
  yield {
    what: 'decisions',
    ours: report.decisions.map(({ arm, code }) => `${arm} ${code}`).join(', '),
    beside: 'both e-mails bring visits',
    holds: report.decisions.every(({ code }) => code === 'BETTER'),
  };
  yield {
    what: `counting ${customers.length} exposures and their visits in 8 segments, and the report`,
    ours: `${(counted - begun).toFixed(0)} ms and ${(reported - counted).toFixed(1)} ms`,
    beside: '',
  };
}

/** When somebody who looks after each customer, in the file's order, may stop. */
export function looked(customers: readonly Customer[]): Line {
  const arms: Record<string, { successes: number; n: number }> = {};
  for (const { arm } of customers) arms[arm] ??= { successes: 0, n: 0 };
  let stopped: { at: number; lower: number; upper: number } | null = null;
  for (const { arm, visit } of customers) {
    arms[arm]!.n += 1;
    arms[arm]!.successes += visit;
    const difference = compareProportions(arms[CONTROL]!, arms[WOMENS]!, 0.95, 'WALD');
    const always = difference && alwaysValid(difference, { tunedFor: PLAN.plannedUnits });
    if (!always || always.p > 0.05) continue;
    stopped = { at: difference.n, lower: 100 * always.interval.lower, upper: 100 * always.interval.upper };
    break;
  }
  return {
    what: `visits, ${WOMENS} against none, looked at after every customer`,
    ours: stopped ? `shown after ${stopped.at} customers: ${stopped.lower.toFixed(2)} to ${stopped.upper.toFixed(2)} points` : 'not shown',
    beside: `${PLAN.plannedUnits} customers planned for one look at 4 points with 99 % power`,
    holds: stopped !== null && stopped.lower <= 4.523 && stopped.upper >= 4.523,
  };
}
