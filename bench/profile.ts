/**
 * The README's profile query: our gateway with every subgraph in one process, beside a raw handler that makes the same store
 * reads (the floor), beside stock `@apollo/gateway` and ours over the same subgraphs on HTTP. Linux only (/proc).
 *
 *   npm run bench:profile -- [--customers 1000] [--seconds 1] [--rounds 40] [--warm-up 20000] [--only floor,one,http,stock]
 *
 * The servers take short turns, so that a noisy moment meets each of them: each is compared with the floor of its own round, and the
 * medians are printed, with the quartiles of the comparison. Every server has the young generation that `c360` gives itself, and is
 * warm before the first round.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crmId } from '../demo/identifiers.ts';
import { defaultPort, SUBGRAPH_NAMES } from '../kernel/subgraph-names.ts';
import { quantile } from './gateway/load.ts';
import { type LoadFigures, load } from './support/load.ts';
import { type Measured, NODE_FLAGS, startNode, untilReady } from './support/process.ts';
import { PROFILE_QUERY } from './support/profile-query.ts';

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '40' },
    'warm-up': { type: 'string', default: '20000' },
    only: { type: 'string' },
    connections: { type: 'string', default: '8' },
    'data-dir': { type: 'string' },
  },
});
const customers = Number(values.customers);
const wanted = (key: string) => !values.only || key === 'floor' || values.only.split(',').includes(key);
const dataDir = values['data-dir'] ?? mkdtempSync(join(tmpdir(), 'c360-bench-'));
const C360 = new URL('../cli/c360.js', import.meta.url).pathname;
const script = (name: string) => ['--import', 'tsx', new URL(name, import.meta.url).pathname];

// 500 customers over the whole range, so that the store is read in many places and caches are not one page.
const asked = Array.from({ length: Math.min(500, customers) }, (_, i) => crmId(Math.floor((i * customers) / Math.min(500, customers))));
const identifiersFile = join(dataDir, 'bench-identifiers.json');
const bodies = asked.map((identifier) => JSON.stringify({ query: PROFILE_QUERY, variables: { identifier } }));
const env = {
  DATA_DIR: dataDir,
  DEMO: '0',
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  SUBGRAPH_SECRET: 'bench-secret-of-32-characters-00',
  BENCH_IDENTIFIERS: identifiersFile,
};

async function ended(measured: Measured): Promise<void> {
  await new Promise<void>((resolve) => measured.child.on('exit', () => resolve()));
}

/** V8 goes on optimising a server's code for some 15,000 requests. Slow servers are warm enough after this time. */
const WARM_UP_SECONDS = 40;

async function warmUp(send: (seconds: number) => Promise<LoadFigures>): Promise<void> {
  const until = performance.now() + WARM_UP_SECONDS * 1000;
  for (let sent = 0; sent < Number(values['warm-up']) && performance.now() < until; ) sent += (await send(4)).requests;
}

const running: Measured[] = [];
const start = async (args: readonly string[], port: number, more: Readonly<Record<string, string>> = {}, path = '/readyz') => {
  const measured = startNode([...NODE_FLAGS, ...args], { ...env, ...more, PORT: String(port) });
  running.push(measured);
  await untilReady(`http://127.0.0.1:${port}${path}`, 300_000);
  return measured;
};

try {
  console.error(`Filling ${dataDir} with ${customers} customers...`);
  await ended(startNode([C360, 'seed', '--customers', values.customers], env));
  writeFileSync(identifiersFile, JSON.stringify(asked));

  const rows: { name: string; url: string; processes: Measured[] }[] = [
    {
      name: 'floor: the same reads, stringified',
      url: 'http://127.0.0.1:4501/',
      processes: [await start(script('floor.ts'), 4501, {}, '/')],
    },
  ];
  if (wanted('one'))
    rows.push({
      name: 'ours, one process',
      url: 'http://127.0.0.1:4500/graphql',
      processes: [await start([C360, 'serve'], 4500)],
    });
  if (wanted('http') || wanted('stock')) for (const name of SUBGRAPH_NAMES) await start([C360, 'serve', name], defaultPort(name));
  const urls = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [`SUBGRAPH_${name.toUpperCase()}_URL`, `http://127.0.0.1:${defaultPort(name)}/graphql`]),
  );
  if (wanted('http'))
    rows.push({
      name: 'ours over HTTP subgraphs, gateway alone',
      url: 'http://127.0.0.1:4502/graphql',
      processes: [await start([C360, 'serve', 'gateway'], 4502, urls)],
    });
  if (wanted('stock'))
    rows.push({
      name: 'stock over HTTP subgraphs, gateway alone',
      url: 'http://127.0.0.1:4503/',
      processes: [await start(script('stock-gateway.ts'), 4503, {}, '/?query=%7B__typename%7D')],
    });
  const figures = new Map<string, LoadFigures[]>(rows.map(({ name }) => [name, []]));
  const seconds = Number(values.seconds);
  const sendTo = ({ url, processes }: (typeof rows)[number], time: number) =>
    load(url, bodies, processes, Number(values.connections), time);
  for (const row of rows) {
    console.error(`warm-up: ${row.name}`);
    await warmUp((time) => sendTo(row, time));
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const row of rows) {
      console.error(`round ${round + 1}: ${row.name}`);
      figures.get(row.name)!.push(await sendTo(row, seconds));
    }

  const base = figures.get(rows[0]!.name)!;
  console.log(
    `\nProfile query, ${customers} customers, ${values.connections} connections, ${values.rounds} rounds of ${seconds} s, medians\n`,
  );
  console.log('| | requests / CPU s | of the floor | requests / s | p50 ms | p99 ms | RSS MB |\n|---|---|---|---|---|---|---|');
  for (const { name } of rows) {
    const rounds = figures.get(name)!;
    const median = (of: (round: LoadFigures) => number) => quantile(rounds.map(of), 0.5);
    const shares = rounds.map(({ perCpuSecond }, i) => (100 * perCpuSecond) / base[i]!.perCpuSecond);
    const [low, share, high] = [0.25, 0.5, 0.75].map((part) => quantile(shares, part).toFixed(1));
    const cells = [
      name,
      median(({ perCpuSecond }) => perCpuSecond).toFixed(0),
      `${share} % (${low}..${high})`,
      median(({ perSecond }) => perSecond).toFixed(0),
      median(({ p50Ms }) => p50Ms),
      median(({ p99Ms }) => p99Ms),
      median(({ residentMb }) => residentMb).toFixed(0),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
} finally {
  for (const measured of running.reverse()) if (measured.child.exitCode === null) await measured.stop();
  if (!values['data-dir']) rmSync(dataDir, { recursive: true, force: true });
}
