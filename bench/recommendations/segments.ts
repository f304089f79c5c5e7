/**
 * Segments over a whole demo company: counted, killed in the middle and gone on with, and judged one by one. SEGMENTS_CUSTOMERS says how many
 * there are: 10,000 when absent; a larger company takes its time to be made, so one that was made before can be named by SEGMENTS_DATA_DIR:
 * `DATA_DIR=folder npx c360 seed --customers 100000`. Linux only (/proc).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crmId } from '../../demo/identifiers.ts';
import { ask as askAt } from '../support/ask.ts';
import { type Measured, NODE_FLAGS, startNode, untilReady } from '../support/process.ts';
import type { Line, Section } from './line.ts';

const CUSTOMERS = Number(process.env.SEGMENTS_CUSTOMERS ?? '10000');
const PORT = 4511;
const URL_ = `http://127.0.0.1:${PORT}/graphql`;
const C360 = new URL('../../cli/c360.js', import.meta.url).pathname;
const PAGE = 100;
const JUDGED_PAGES = 10;

const condition = (field: string, is: string, ...values: string[]) => ({ condition: { field, is, values } });

/** Rules over every domain, as a marketing team has them. */
const RULES: Readonly<Record<string, object>> = {
  regulars: condition('purchases.summary(since: "-P1Y").orderCount', 'AT_LEAST', '3'),
  champions: condition('insights.rfm.segment', 'EQUALS', 'CHAMPIONS', 'LOYAL'),
  'points-and-cart': {
    all: [condition('loyalty.points.available', 'GREATER', '500'), condition('digital.lastSeenAt', 'AT_LEAST', '-P30D')],
  },
  japanese: condition('profile.locale', 'STARTS_WITH', 'ja'),
  'unhappy-or-gone': {
    any: [condition('feedback.nps.score', 'LESS', '0'), { not: condition('purchases.summary.lastOrderAt', 'AT_LEAST', '-P180D') }],
  },
};

interface Counted {
  readonly segment: string;
  readonly customers: number;
  readonly members: number;
  readonly entered: number;
  readonly left: number;
  readonly unknown: number;
  readonly withheld: number;
}

const ask = <T>(query: string, variables: object) => askAt<T>(URL_, query, variables);

/** What it said and used, until it ended by itself or was killed after so many ms. */
async function finished(args: readonly string[], env: Readonly<Record<string, string>>, killAfterMs?: number) {
  const startedAt = performance.now();
  const { child, ...measured } = startNode(args, env);
  let text = '';
  let used = { cpuSeconds: 0, peakMb: 0 };
  const look = setInterval(() => {
    const now = readable(measured);
    // Of a process that has just ended nothing is told any more.
    if (now) used = { cpuSeconds: Math.max(used.cpuSeconds, now.cpuSeconds), peakMb: Math.max(used.peakMb, now.peakMb) };
  }, 200);
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      text += String(chunk);
    });
  if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(look);
  return { text, ...used, ms: performance.now() - startedAt };
}

function readable({ cpuSeconds, peakMb }: Pick<Measured, 'cpuSeconds' | 'peakMb'>) {
  try {
    return { cpuSeconds: cpuSeconds(), peakMb: peakMb() };
  } catch {
    // It has just ended.
    return null;
  }
}

const countsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Counted);

export const section: Section = async function* () {
  const given = process.env.SEGMENTS_DATA_DIR;
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'c360-bench-'));
  const env = { DATA_DIR: dataDir, DEMO: '0', NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: String(PORT) };
  try {
    if (!given) await finished([C360, 'seed', '--customers', String(CUSTOMERS)], env);
    yield* counted(env);
  } finally {
    if (!given) rmSync(dataDir, { recursive: true, force: true });
  }
};

async function* counted(env: Readonly<Record<string, string>>): AsyncIterable<Line> {
  const serve = async () => {
    const server = startNode([...NODE_FLAGS, C360, 'serve'], env);
    await untilReady(`http://127.0.0.1:${PORT}/readyz`, 120_000);
    return server;
  };
  const run = (killAfterMs?: number) => finished([...NODE_FLAGS, C360, 'segments', 'count', '--json'], env, killAfterMs);

  let server = await serve();
  await ranked();
  // Each run of the bench has segments of its own, so that everybody enters them.
  const mark = Date.now().toString(36);
  for (const [name, rule] of Object.entries(RULES))
    await ask('mutation ($input: SegmentDefineInput!) { segmentDefine(input: $input) { userErrors { message } } }', {
      input: { idempotencyKey: `${name}-${mark}`, id: `${name}-${mark}`, name, rule },
    });
  await server.stop();

  const whole = await run();
  const first = countsOf(whole.text).filter(({ segment }) => segment.endsWith(mark));
  const customers = first[0]?.customers ?? 0;
  yield {
    what: `${Object.keys(RULES).length} segments counted over ${customers} customers`,
    ours: `${(whole.ms / 1000).toFixed(0)} s, ${(whole.cpuSeconds).toFixed(0)} CPU s, ${(customers / whole.cpuSeconds).toFixed(0)} customers / CPU s, ${whole.peakMb.toFixed(0)} MB at most`,
    beside: '',
    holds: first.length === Object.keys(RULES).length && first.every(({ unknown }) => unknown === 0),
  };
  yield {
    what: 'members',
    ours: first.map(({ segment, members }) => `${segment.slice(0, -mark.length - 1)} ${members}`).join(', '),
    beside: `everybody entered; ${first[0]?.withheld ?? 0} without consent`,
    holds: first.every(({ members, entered }) => members > 0 && members === entered),
  };

  const killed = await run(whole.ms / 2);
  const goneOn = await run();
  const from = Number(/Going on after (\d+)/.exec(goneOn.text)?.[1] ?? 0);
  const again = countsOf(goneOn.text).filter(({ segment }) => segment.endsWith(mark));
  yield {
    what: 'killed after half of that time, and gone on with',
    ours: `${from} counted before were not counted again, ${(goneOn.ms / 1000).toFixed(0)} s for the rest; ${again.reduce((sum, { entered, left }) => sum + entered + left, 0)} changes`,
    beside: `${(whole.ms / 1000).toFixed(0)} s for all, and no change, because nothing has changed`,
    holds:
      countsOf(killed.text).length === 0 &&
      from > 0 &&
      JSON.stringify(again.map(({ customers: n, members, withheld }) => [n, members, withheld])) ===
        JSON.stringify(first.map(({ customers: n, members, withheld }) => [n, members, withheld])) &&
      again.every(({ entered, left }) => entered === 0 && left === 0),
  };

  server = await serve();
  try {
    yield await alike(server, mark);
  } finally {
    await server.stop();
  }
}

/** Waits until the customer base was measured, which a server does beside its requests: before that nobody has a rank. */
async function ranked(): Promise<void> {
  const RANKED = 'query ($id: IdentifierInput!) { customerBy(identifier: $id) { insights { rfm { score } } } }';
  for (let tries = 0; tries < 600; tries++) {
    for (let place = 0; place < 20; place++) {
      const { customerBy } = await ask<{ customerBy: { insights: { rfm: object | null } } | null }>(RANKED, { id: crmId(place) });
      if (customerBy?.insights.rfm) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('The customer base was not measured within five minutes.');
}

/** Members and others of each segment, judged one by one at the moment of asking. */
async function alike(server: Measured, mark: string): Promise<Line> {
  const MEMBERS =
    'query ($id: ID!, $after: String) { segment(id: $id) { members(first: 100, after: $after) { nodes { customer { id } } pageInfo { endCursor } } } }';
  const MINE = 'query ($ids: [ID!]!) { customers(ids: $ids) { id segments { segment { id } verdict } } }';
  let [asked, same] = [0, 0];
  const before = server.cpuSeconds();
  for (const name of Object.keys(RULES)) {
    const id = `${name}-${mark}`;
    let after: string | null = null;
    for (let page = 0; page < JUDGED_PAGES; page++) {
      const { segment }: { segment: { members: { nodes: { customer: { id: string } }[]; pageInfo: { endCursor: string | null } } } } =
        await ask(MEMBERS, {
          id,
          after,
        });
      const ids = segment.members.nodes.map(({ customer }) => customer.id);
      if (ids.length === 0) break;
      const { customers } = await ask<{ customers: { segments: { segment: { id: string }; verdict: string }[] }[] }>(MINE, { ids });
      asked += ids.length;
      same += customers.filter(({ segments }) => segments.some((one) => one.segment.id === id && one.verdict === 'MEMBER')).length;
      after = segment.members.pageInfo.endCursor;
      if (ids.length < PAGE || after === null) break;
    }
  }
  const ms = ((server.cpuSeconds() - before) * 1000) / asked;
  return {
    what: 'members as counted, asked for all their segments at the moment, pages of 100',
    ours: `${same} of ${asked} are members still, ${ms.toFixed(2)} CPU ms each`,
    beside: 'all',
    holds: asked > 0 && same === asked,
  };
}
