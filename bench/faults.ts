/**
 * What a client notices when a subgraph fails, for each subgraph and each way to fail: the profile of workload B is asked for through
 * `c360 gateway` while one of its five subgraphs fails. Linux only (/proc).
 *
 *   npm run bench:faults -- [--requests 1000] [--connections 8] [--deadline-ms 1000] [--subgraph crm] [--fault hang]
 *
 * Every answer has to be the right one but for fields of that subgraph, which are right or null; every answer is searched for what only
 * this side of the gateway may know. The last column says how long after the subgraph works again an answer was whole again.
 * Ends with code 1 when a limit was passed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { quantile } from './gateway/load.ts';
import { workload } from './gateway/workloads.ts';
import { FAULTS, type Fault, type FaultySubgraph, faultySubgraph, SECRET } from './support/faulty-subgraph.ts';
import { NODE_FLAGS, startNode, untilReady } from './support/process.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
    'deadline-ms': { type: 'string', default: '1000' },
    subgraph: { type: 'string' },
    fault: { type: 'string' },
  },
});
const requests = Number(values.requests);
const connections = Number(values.connections);
const deadlineMs = Number(values['deadline-ms']);
const LIMITS = { p99Ms: deadlineMs + 100, residentMb: 50, recoveryMs: 5000 };
const PORT = 14_300;
/** The young generation has its full size from the start: V8 widens it one day whether anything fails or not, and the day may be this. */
const WIDE = '--min-semi-space-size=64';

const profiles = workload('B');
/** The client's fields that each subgraph answers. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  identity: ['customer'],
  crm: ['profile'],
  pos: ['purchases'],
  loyalty: ['loyalty'],
  feedback: ['nps', 'satisfaction'],
};

type Fields = Record<string, unknown>;
interface Told {
  readonly data?: { readonly customer?: Fields | null };
  readonly errors?: readonly unknown[];
}

/** Whether all is right but for fields of `failing`, each of which is right or null and then told of. */
function isRight({ data, errors }: Told, right: Told, failing: string): 'whole' | 'partial' | 'wrong' {
  const given = data?.customer;
  const wanted = right.data?.customer;
  if (!wanted || given === undefined) return 'wrong';
  if (given === null) return failing === 'identity' && errors?.length === 1 ? 'partial' : 'wrong';
  let lost = 0;
  for (const [name, value] of Object.entries(wanted)) {
    if (JSON.stringify(given[name]) === JSON.stringify(value)) continue;
    if (given[name] !== null || !FIELDS[failing]?.includes(name)) return 'wrong';
    lost += 1;
  }
  if ((errors?.length ?? 0) !== lost) return 'wrong';
  return lost === 0 ? 'whole' : 'partial';
}

interface Cell {
  readonly subgraph: string;
  readonly fault: Fault | 'none';
  readonly whole: number;
  readonly partial: number;
  readonly wrong: number;
  readonly leaks: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMb: number;
  readonly asked: number;
  readonly recoveryMs: number;
}

const subgraphs = new Map<string, FaultySubgraph>();
for (const [name, schema] of Object.entries(profiles.schemas)) subgraphs.set(name, await faultySubgraph(name, schema));
const folder = mkdtempSync(join(tmpdir(), 'c360-faults-'));
const supergraphFile = join(folder, 'supergraph.graphql');
writeFileSync(supergraphFile, profiles.supergraph('http://127.0.0.1:1'));
const places = [...subgraphs].flatMap(([name, { url }]) => ['--subgraph', `${name}=${url}`]);
const gateway = startNode(
  [
    ...NODE_FLAGS,
    WIDE,
    new URL('../cli/c360.js', import.meta.url).pathname,
    'gateway',
    '--supergraph',
    supergraphFile,
    '--port',
    String(PORT),
    ...places,
  ],
  { NODE_ENV: 'production', LOG_LEVEL: 'warn', SUBGRAPH_DEADLINE_MS: String(deadlineMs), SUBGRAPH_SECRET: `${SECRET}-${SECRET}` },
);
const pool = new Pool(`http://127.0.0.1:${PORT}`, { connections, pipelining: 1 });
const INTERNAL = [SECRET, '127.0.0.1', 'localhost', 'internal', 'mongodb', 'ECONN', 'UND_ERR', 'node_modules', '.ts:', '.js:'];
for (const { url } of subgraphs.values()) INTERNAL.push(`:${url.port}`);

async function ask(index: number): Promise<{ readonly text: string; readonly right: Told }> {
  const asked = profiles.asked[index % profiles.asked.length];
  if (!asked) throw new Error('nothing is asked');
  const headers = { 'content-type': 'application/json' };
  const { body } = await pool.request({ path: '/graphql', method: 'POST', headers, body: asked.body });
  return { text: await body.text(), right: asked.answer as Told };
}

/** Sends the requests, `connections` at a time, while `failing` fails. */
async function measure(failing: string, count: number): Promise<Omit<Cell, 'subgraph' | 'fault' | 'asked' | 'recoveryMs'>> {
  const took: number[] = [];
  const found = { whole: 0, partial: 0, wrong: 0, leaks: 0 };
  let mostMb = gateway.residentMb();
  const watch = setInterval(() => (mostMb = Math.max(mostMb, gateway.residentMb())), 20);
  let next = 0;
  const keepAsking = async () => {
    while (next < count) {
      const sentAt = performance.now();
      const { text, right } = await ask(next++);
      took.push(performance.now() - sentAt);
      const verdict = isRight(JSON.parse(text) as Told, right, failing);
      if (verdict === 'wrong' && found.wrong === 0) console.error(`${failing}: ${text.slice(0, 1000)}`);
      found[verdict] += 1;
      if (INTERNAL.some((word) => text.includes(word))) found.leaks += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, keepAsking));
  clearInterval(watch);
  return { ...found, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99), mostMb };
}

/** How long until ten answers in a row are whole. */
async function recovery(failing: string): Promise<number> {
  const from = performance.now();
  let inARow = 0;
  let wholeAt = from;
  for (let i = 0; inARow < 10; i++) {
    const { text, right } = await ask(i);
    const whole = isRight(JSON.parse(text) as Told, right, failing) === 'whole';
    if (whole && inARow === 0) wholeAt = performance.now();
    inARow = whole ? inARow + 1 : 0;
    if (performance.now() - from > 2 * LIMITS.recoveryMs) return Number.POSITIVE_INFINITY;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return wholeAt - from;
}

let failed = false;
try {
  await untilReady(`http://127.0.0.1:${PORT}/readyz`, 60_000);
  // Until code has been optimised. Then a rest, in which the planning thread gives back what planning took.
  await measure('', 20_000);
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const quiet = await measure('', 10_000);
  const row = ({ subgraph, fault, ...cell }: Cell) => {
    const beyond = cell.mostMb - quiet.mostMb;
    const passed =
      cell.wrong + cell.leaks > 0 || cell.p99Ms > LIMITS.p99Ms || beyond > LIMITS.residentMb || cell.recoveryMs > LIMITS.recoveryMs;
    failed ||= passed;
    const figures = [cell.whole, cell.partial, cell.wrong, cell.leaks, cell.p50Ms.toFixed(1), cell.p99Ms.toFixed(1)];
    return `| ${subgraph} | ${fault} | ${figures.join(' | ')} | ${beyond.toFixed(0)} | ${cell.asked} | ${cell.recoveryMs.toFixed(0)} |${passed ? ' !' : ''}`;
  };
  console.log(
    `${requests} requests each over ${connections} connections, deadline ${deadlineMs} ms, RSS without a fault ${quiet.mostMb.toFixed(0)} MB\n`,
  );
  console.log('| subgraph | fault | whole | partial | wrong | leaks | p50 ms | p99 ms | RSS beyond MB | asked | whole again after ms |');
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  console.log(row({ subgraph: '-', fault: 'none', ...quiet, asked: 0, recoveryMs: 0 }));
  for (const [name, subgraph] of subgraphs) {
    if (values.subgraph !== undefined && values.subgraph !== name) continue;
    for (const fault of FAULTS) {
      if (values.fault !== undefined && values.fault !== fault) continue;
      subgraph.asked = 0;
      await subgraph.fail(fault);
      const measured = await measure(name, requests);
      const { asked } = subgraph;
      await subgraph.fail(null);
      const cell = { subgraph: name, fault, ...measured, asked, recoveryMs: await recovery(name) };
      console.log(row(cell));
    }
  }
} finally {
  await pool.destroy();
  await gateway.stop();
  for (const subgraph of subgraphs.values()) await subgraph.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
