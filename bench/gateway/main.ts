/**
 * Requests per CPU second of the gateway process: ours beside stock `@apollo/gateway`, Hive Gateway with its two planners, and the limit
 * of stringifying a ready answer; over subgraphs that answer at once, on two workloads. Linux only (/proc). Takes about twenty minutes.
 *
 *   npm ci --prefix bench/gateway/peers        once
 *   npm run bench:gateway -- [--workloads A,B,B1] [--only stock,hive-js,hive-rust,ours,ours-resilient,ours-bare,ours-in-process,limit] [--sharing both|on|off]
 *                            [--seconds 5] [--rounds 3] [--connections 16] [--steady PER_SECOND]
 *
 * Each answer is compared with the right one before anything is measured. The servers take turns, so that a noisy moment meets each of
 * them, on a core of their own; load and subgraphs are on the other. Identical client requests under way are executed each on its own
 * everywhere; identical subgraph fetches under way are shared where the table says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NODE_FLAGS } from '../support/process.ts';
import { CONTENDERS, type Contender, missingPeers } from './gateways.ts';
import { fullLoad, steadyLoad } from './load.ts';
import { leaveGatewayCore, openSession } from './session.ts';
import { type Row, table } from './table.ts';
import type { Workload } from './workload.ts';
import { workload, workloadNames } from './workloads.ts';

const { values } = parseArgs({
  options: {
    workloads: { type: 'string', default: workloadNames().join() },
    only: { type: 'string' },
    sharing: { type: 'string', default: 'both' },
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '16' },
    steady: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const rounds = Number(values.rounds);
const connections = Number(values.connections);

/** V8 goes on optimising a server's code for thousands of requests. */
const WARM_UP_SECONDS = 12;

function chosen(): readonly Contender[] {
  const only = values.only?.split(',');
  return CONTENDERS.filter(
    ({ key, sharing }) =>
      (!only || only.includes(key)) && (sharing === undefined || values.sharing === 'both' || sharing === (values.sharing === 'on')),
  );
}

/** Of all rounds of one contender. */
interface Noted extends Row {
  readonly latencies: number[];
}

async function measure(work: Workload, folder: string): Promise<string> {
  const session = await openSession(work, chosen(), folder, NODE_FLAGS);
  try {
    const { running, subgraphs } = session;
    for (const contender of running) {
      console.error(`${work.name}, warm-up: ${contender.name}`);
      await fullLoad(contender, connections, WARM_UP_SECONDS);
    }
    const rows = running.map((contender): Noted => ({ contender, rounds: [], latencies: [], peakMb: 0 }));
    const { prepared } = await subgraphs();
    for (let round = 1; round <= rounds; round++)
      for (const { contender, rounds: noted } of rows) {
        console.error(`${work.name}, round ${round}: ${contender.name}`);
        const { fetches } = await subgraphs();
        const figures = await fullLoad(contender, connections, seconds);
        noted.push({ ...figures, fetchesEach: ((await subgraphs()).fetches - fetches) / figures.sent });
      }
    const slowest = Math.min(...rows.flatMap(({ rounds: noted }) => noted.map(({ perSecond }) => perSecond)));
    const perSecond = values.steady ? Number(values.steady) : Math.max(1, Math.floor(0.6 * slowest));
    for (let round = 1; round <= rounds; round++)
      for (const { contender, latencies } of rows) {
        console.error(`${work.name}, ${perSecond} requests a second, round ${round}: ${contender.name}`);
        latencies.push(...(await steadyLoad(contender, perSecond, 2 * seconds)));
      }
    const { prepared: after } = await subgraphs();
    if (after !== prepared)
      console.error(`${after - prepared} fetches were computed while measuring: some gateway's fetches differ each time.`);
    return table(
      work,
      perSecond,
      rows.map((row) => ({ ...row, peakMb: row.contender.process.peakMb() })),
    );
  } finally {
    await session.stop();
  }
}

if (chosen().some(({ key }) => key.startsWith('hive'))) {
  const missing = missingPeers();
  if (missing) throw new Error(missing);
}
if (!workloadNames().includes('A')) console.error('../shared/data/gateways-benchmark is absent: workload B alone.');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
const pinned = leaveGatewayCore();
const folder = mkdtempSync(join(tmpdir(), 'c360-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const place = pinned ? 'the gateway on a core of its own' : 'NOT pinned to cores';
console.log(
  `Node ${process.version}, every server with ${NODE_FLAGS.join(' ')}, ${place}; ${connections} connections, medians of ${rounds} rounds of ${seconds} s`,
);
for (const name of values.workloads.split(',')) console.log(`\n${await measure(workload(name), folder)}`);
