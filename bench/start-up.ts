/**
 * What it takes to start: CPU time (user and system, all threads and children), memory and threads until the process has ended (`--help`)
 * or `/readyz` answers 200 (everything else), beside another checkout in the same run. Every checkout has a store of its own, filled by its
 * own `c360 seed`. The first start of each is not counted. Linux only: figures are read from /proc.
 *
 *   npm run bench:start-up -- [--rounds 5] [--customers 100] [--only help,start] [--against DIR]
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SUBGRAPH_NAMES } from '../kernel/subgraph-names.ts';
import { freePorts } from '../test/support/processes.ts';
import { NODE_FLAGS, startNode } from './support/process.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    customers: { type: 'string', default: '100' },
    only: { type: 'string' },
    against: { type: 'string' },
  },
});

interface Figures {
  readonly cpuSeconds: number;
  readonly readyMs: number;
  readonly residentMb: number;
  readonly peakMb: number;
  readonly threads: number;
}

interface Checkout {
  readonly root: string;
  readonly dataDir: string;
}

// Fields of /proc/<pid>/stat behind the name: user and system time of the process, and of its children that have ended.
const OWN = [11, 12];
const CHILDREN = [13, 14];
const TICKS_PER_SECOND = 100;

const SMALL_SUPERGRAPH = fileURLToPath(new URL('support/small-supergraph.graphql', import.meta.url));
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  help: ['--help'],
  start: ['start'],
  ...Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, ['serve', name]])),
  gateway: ['gateway', '--supergraph', SMALL_SUPERGRAPH],
};

const folder = mkdtempSync(join(tmpdir(), 'c360-start-up-'));
const roots = [fileURLToPath(new URL('../', import.meta.url)), ...(values.against === undefined ? [] : [resolve(values.against)])];
const checkouts = roots.map((root, index) => ({ root, dataDir: join(folder, `${index}`) }));
const names = values.only?.split(',') ?? Object.keys(COMMANDS);
const unknown = names.filter((name) => !COMMANDS[name]);
if (unknown.length > 0) throw new Error(`--only: no ${unknown.join(', ')}. Name some of ${Object.keys(COMMANDS).join(', ')}.`);

try {
  for (const checkout of checkouts) await ended(checkout, ['seed', '--customers', values.customers]);
  console.log(['command', 'checkout', 'CPU s', 'least..most', 'RSS MB', 'peak MB', 'threads', 'ready ms'].join(' | '));
  for (const name of names) {
    const measured = checkouts.map((): Figures[] => []);
    for (let round = 0; round <= Number(values.rounds); round++)
      for (const [index, checkout] of checkouts.entries()) {
        const figures = name === 'help' ? await ended(checkout, COMMANDS.help ?? []) : await untilReady(checkout, COMMANDS[name] ?? []);
        if (round > 0) measured[index]?.push(figures);
      }
    for (const [index, rows] of measured.entries()) console.log(line(name, index === 0 ? 'this' : 'other', rows));
    const [ours, other] = measured;
    if (ours && other) console.log(ratios(name, ours, other));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Environment of a server that fills no store and asks for no gateway. */
function environment({ dataDir }: Checkout, port: number): Record<string, string> {
  return { PORT: `${port}`, DATA_DIR: dataDir, DEMO: '0', LOG_LEVEL: 'silent', C360_GRACE_MS: '0', SUBGRAPH_SECRET: 's'.repeat(32) };
}

function started(checkout: Checkout, args: readonly string[], port: number) {
  return startNode([...NODE_FLAGS, join(checkout.root, 'cli/c360.js'), ...args], environment(checkout, port));
}

/** Runs the command to its end. Of memory and threads nothing is left to read then. */
async function ended(checkout: Checkout, args: readonly string[]): Promise<Figures> {
  const before = cpuSeconds('self', CHILDREN);
  const began = performance.now();
  const { child } = started(checkout, args, 0);
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`c360 ${args.join(' ')} in ${checkout.root} ended with ${code}.`);
  const readyMs = performance.now() - began;
  return { cpuSeconds: cpuSeconds('self', CHILDREN) - before, readyMs, residentMb: Number.NaN, peakMb: Number.NaN, threads: Number.NaN };
}

async function untilReady(checkout: Checkout, args: readonly string[]): Promise<Figures> {
  const [port = 0] = await freePorts(1);
  const began = performance.now();
  const running = started(checkout, args, port);
  const { child } = running;
  for (;;) {
    if (child.exitCode !== null || performance.now() - began > 120_000)
      throw new Error(`c360 ${args.join(' ')} in ${checkout.root} is not ready.`);
    const status = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) break;
    await new Promise((again) => setTimeout(again, 10));
  }
  const figures = {
    cpuSeconds: cpuSeconds(`${child.pid}`, OWN) + cpuSeconds(`${child.pid}`, CHILDREN),
    readyMs: performance.now() - began,
    residentMb: running.residentMb(),
    peakMb: running.peakMb(),
    threads: Number(/Threads:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
  };
  await running.stop();
  return figures;
}

function cpuSeconds(process: string, fields: readonly number[]): number {
  const stat = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.reduce((sum, field) => sum + Number(stat[field]), 0) / TICKS_PER_SECOND;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function of(rows: readonly Figures[], figure: keyof Figures): number {
  return median(rows.map((row) => row[figure]));
}

function line(name: string, checkout: string, rows: readonly Figures[]): string {
  const cpu = rows.map((row) => row.cpuSeconds);
  const whole = (figure: keyof Figures) => (Number.isNaN(of(rows, figure)) ? '' : of(rows, figure).toFixed(0));
  const spread = `${Math.min(...cpu).toFixed(2)}..${Math.max(...cpu).toFixed(2)}`;
  return [name, checkout, median(cpu).toFixed(2), spread, whole('residentMb'), whole('peakMb'), whole('threads'), whole('readyMs')].join(
    ' | ',
  );
}

function ratios(name: string, ours: readonly Figures[], other: readonly Figures[]): string {
  const ratio = (figure: keyof Figures) => {
    const value = of(ours, figure) / of(other, figure);
    return Number.isNaN(value) ? '' : value.toFixed(2);
  };
  return [name, 'this / other', ratio('cpuSeconds'), '', ratio('residentMb'), ratio('peakMb'), ratio('threads'), ratio('readyMs')].join(
    ' | ',
  );
}
