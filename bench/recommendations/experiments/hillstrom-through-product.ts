/**
 * Hillstrom's e-mail test through the product: defined, exposed, answered and reported by its own mutations and queries, over HTTP, every batch
 * sent twice at once. What the report says is set beside what was published.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask } from '../../support/ask.ts';
import { NODE_FLAGS, startNode, untilReady } from '../../support/process.ts';
import type { Line } from '../line.ts';
import { CONTROL, type Customer, MENS, PUBLISHED, WOMENS } from './hillstrom.ts';

const PORT = 4511;
const URL_ = `http://127.0.0.1:${PORT}/graphql`;
const C360 = new URL('../../../cli/c360.js', import.meta.url).pathname;
const ID = 'hillstrom';
const BATCH = 1000;
/** The mailing; visits and orders are those of the two weeks after it. */
const MAILED = '2008-03-20T00:00:00Z';
const ANSWERED = '2008-03-25T00:00:00Z';

const DEFINITION = {
  idempotencyKey: 'define',
  id: ID,
  name: 'MineThatData e-mail test',
  unit: 'ANONYMOUS',
  assignment: 'GIVEN',
  arms: [CONTROL, MENS, WOMENS].map((name) => ({ name, share: 1 / 3 })),
  control: CONTROL,
  metrics: [
    { key: 'visit', kind: 'PROPORTION', role: 'PRIMARY', covariates: ['history'] },
    { key: 'conversion', kind: 'PROPORTION' },
    { key: 'spend', kind: 'MEAN', currencyCode: 'USD' },
    { key: 'orders', kind: 'MEAN' },
  ],
  segments: [
    { name: 'channel', values: ['Phone', 'Web', 'Multichannel'] },
    { name: 'newbie', values: ['0', '1'] },
    { name: 'zip_code', values: ['Surburban', 'Urban', 'Rural'] },
  ],
  looks: 'ONCE',
  plannedUnits: 4000,
  startAt: MAILED,
  endAt: '2008-03-21T00:00:00Z',
  outcomeWindowDays: 14,
  kpis: [{ kpi: 'CONVERSION_RATE', metric: 'conversion' }],
  money: [{ currencyCode: 'USD', revenue: 'spend', orders: 'orders' }],
};

interface Interval {
  readonly lower: number;
  readonly upper: number;
}
interface Report {
  readonly units: number;
  readonly sampleRatio: { readonly verdict: string; readonly p: number };
  readonly comparisons: readonly {
    readonly arm: string;
    readonly metric: string;
    readonly difference: { readonly n: number; readonly difference: number; readonly statistic: number; readonly interval: Interval };
  }[];
  readonly decisions: readonly { readonly arm: string; readonly code: string }[];
}

const REPORT = `query ($id: ID!) { experimentReport(id: $id, maxAgeSeconds: 0) { units sampleRatio { verdict p } decisions { arm code }
  comparisons { arm metric difference { n difference statistic interval { lower upper } } } } }`;

interface Recorded {
  readonly items: readonly ({ readonly recorded: boolean } | null)[];
  readonly userErrors: readonly object[];
}

/** Sends the items in batches, each batch twice at once; gives how many of the first answers' items were recorded by their request. */
async function send(mutation: 'Exposure' | 'Outcome', items: readonly object[]): Promise<number> {
  const list = `${mutation.toLowerCase()}s`;
  const query = `mutation ($input: Experiment${mutation}RecordInput!) {
    done: experiment${mutation}Record(input: $input) { items: ${list} { recorded } userErrors { code field } } }`;
  let recorded = 0;
  for (let from = 0; from < items.length; from += BATCH) {
    const input = { idempotencyKey: `${mutation}-${from}`, experiment: ID, [list]: items.slice(from, from + BATCH) };
    const twice = [1, 2].map(() => ask<{ done: Recorded }>(URL_, query, { input }));
    const [first] = await Promise.all(twice);
    const { items: answered, userErrors } = first!.done;
    if (userErrors.length > 0) throw new Error(`A batch was refused: ${JSON.stringify(userErrors[0])}`);
    recorded += answered.filter((item) => item?.recorded).length;
  }
  return recorded;
}

const exposureOf = ({ arm, segments, historyMinor }: Customer, row: number) => ({
  unit: `row ${row}`,
  arm,
  at: MAILED,
  segments: segments.map((segment) => ({ name: segment.split('=')[0], value: segment.split('=')[1] })),
  covariates: [{ name: 'history', value: historyMinor }],
});

function outcomesOf({ visit, conversion, spendMinor }: Customer, row: number): object[] {
  const outcome = (metric: string, value: object = {}) => ({ id: metric, unit: `row ${row}`, metric, at: ANSWERED, ...value });
  return [
    ...(visit === 1 ? [outcome('visit')] : []),
    ...(conversion === 1
      ? [
          outcome('conversion'),
          outcome('orders', { value: 1 }),
          outcome('spend', { money: { amount: (spendMinor / 100).toFixed(2), currencyCode: 'USD' } }),
        ]
      : []),
  ];
}

/** Lines of the report; needs a port and a minute. */
export async function* throughProduct(customers: readonly Customer[]): AsyncGenerator<Line> {
  const dataDir = mkdtempSync(join(tmpdir(), 'c360-bench-'));
  const env = { DATA_DIR: dataDir, DEMO: '0', NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: String(PORT) };
  const server = startNode([...NODE_FLAGS, C360, 'serve'], { ...env, C360_BODY_LIMIT_BYTES: String(1024 * 1024) });
  try {
    await untilReady(`http://127.0.0.1:${PORT}/readyz`, 120_000);
    yield* figures(customers);
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function* figures(customers: readonly Customer[]): AsyncGenerator<Line> {
  const begun = performance.now();
  await ask(URL_, 'mutation ($input: ExperimentDefineInput!) { experimentDefine(input: $input) { userErrors { code } } }', {
    input: DEFINITION,
  });
  const outcomes = customers.flatMap(outcomesOf);
  const recorded = (await send('Exposure', customers.map(exposureOf))) + (await send('Outcome', outcomes));
  const sent = performance.now();
  const { experimentReport: report } = await ask<{ experimentReport: Report }>(URL_, REPORT, { id: ID });
  const reported = performance.now();
  yield {
    what: 'through the product: exposures and outcomes recorded, each batch of 1,000 sent twice at once',
    ours: `${recorded} in ${((sent - begun) / 1000).toFixed(1)} s; counted and reported in ${(reported - sent).toFixed(0)} ms, n ${report.units}`,
    beside: `${customers.length} + ${outcomes.length}`,
    holds: recorded === customers.length + outcomes.length && report.units === customers.length,
  };
  for (const { metric, arm, points, z, interval } of PUBLISHED) {
    const {
      difference,
      statistic,
      n,
      interval: ours,
    } = report.comparisons.find((one) => one.metric === metric && one.arm === arm)!.difference;
    const near = (value: number, published: number) => Math.abs(value - published) < 0.005;
    const [lower, upper] = [100 * ours.lower, 100 * ours.upper];
    yield {
      what: `through the product: ${metric}, ${arm} against none`,
      ours: `+${(100 * difference).toFixed(3)} points (${lower.toFixed(3)} to ${upper.toFixed(3)}), z ${statistic.toFixed(2)}, n ${n}`,
      beside: `+${points}${interval ? ` (${interval.join(' to ')})` : ''}, z ${z}`,
      holds: near(100 * difference, points) && near(statistic, z) && (!interval || (near(lower, interval[0]) && near(upper, interval[1]))),
    };
  }
  yield {
    what: 'through the product: sample ratio and decisions',
    ours: `p ${report.sampleRatio.p.toFixed(4)}, ${report.sampleRatio.verdict}; ${report.decisions.map(({ arm, code }) => `${arm} ${code}`).join(', ')}`,
    beside: '.9037 (scipy chisquare); both e-mails bring visits',
    holds: Math.abs(report.sampleRatio.p - 0.9037) < 0.0001 && report.decisions.every(({ code }) => code === 'BETTER'),
  };
}
