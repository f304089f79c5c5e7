/**
 * The profile query while a second process ingests a file into the same DATA_DIR: its latency alone, then beside the ingest.
 *
 *   npm run bench:beside-ingest -- [--mapping examples/mappings/online-retail.yaml] [--per-second 20] FILE
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { crmId } from '../demo/identifiers.ts';
import { startNode, untilReady } from './support/process.ts';
import { PROFILE_QUERY } from './support/profile-query.ts';

const { values, positionals } = parseArgs({
  options: {
    mapping: { type: 'string', default: 'examples/mappings/online-retail.yaml' },
    'per-second': { type: 'string', default: '20' },
  },
  allowPositionals: true,
});
const file = positionals[0];
if (!file) throw new Error('Name the file to ingest.');

const C360 = new URL('../cli/c360.js', import.meta.url).pathname;
const PORT = '4510';
const dataDir = mkdtempSync(join(tmpdir(), 'c360-bench-'));
const env = { DATA_DIR: dataDir, PORT, NODE_ENV: 'production', LOG_LEVEL: 'warn' };

/** Asks at a steady rate, whether or not answers are back, until `done` resolves; the latencies in ms. */
async function ask(done: Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  const waiting: Promise<void>[] = [];
  let finished = false;
  done.then(() => {
    finished = true;
  });
  for (let i = 0; !finished; i++) {
    waiting.push(one(i).then((ms) => void latencies.push(ms)));
    await new Promise((resolve) => setTimeout(resolve, 1000 / Number(values['per-second'])));
  }
  await Promise.all(waiting);
  return latencies.sort((a, b) => a - b);
}

async function one(i: number): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${PORT}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: PROFILE_QUERY, variables: { identifier: crmId((i * 37) % 900) } }),
  });
  const { errors } = (await response.json()) as { errors?: unknown };
  if (errors) throw new Error(`The profile query failed: ${JSON.stringify(errors)}`);
  return performance.now() - startedAt;
}

const row = (name: string, sorted: readonly number[]) => {
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  console.log(`| ${name} | ${sorted.length} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`);
};

const server = startNode([C360, 'start'], env);
try {
  await untilReady(`http://127.0.0.1:${PORT}/readyz`, 120_000);
  await ask(new Promise((resolve) => setTimeout(resolve, 5000)));
  const alone = await ask(new Promise((resolve) => setTimeout(resolve, 15_000)));
  const ingest = startNode([C360, 'ingest', '--mapping', values.mapping, file], env);
  const beside = await ask(new Promise((resolve) => ingest.child.on('exit', resolve)));
  if (ingest.child.exitCode !== 0) throw new Error('The ingest failed.');
  console.log('| | requests | p50 ms | p99 ms | max ms |\n|---|---|---|---|---|');
  row('the server alone', alone);
  row('beside the ingest', beside);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
