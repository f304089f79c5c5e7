/**
 * Rows per CPU second of `c360 ingest` beside the bare CSV parser on the same file in the same run.
 *
 *   npm run bench:ingest -- [--mapping examples/mappings/online-retail.yaml] FILE
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { mapping: { type: 'string', default: 'examples/mappings/online-retail.yaml' } },
  allowPositionals: true,
});
const file = positionals[0];
if (!file) throw new Error('Name the file to read.');

const path = (name: string) => new URL(name, import.meta.url).pathname;
const dataDir = mkdtempSync(join(tmpdir(), 'c360-bench-'));
const usageFile = join(dataDir, 'usage.json');

/** Runs `node ...args`, which prints JSON with `read` as its last line. CPU time includes the writer threads and the start of the process. */
function run(args: readonly string[]): { read: number; cpuSeconds: number; peakMb: number; wallSeconds: number } {
  const startedAt = performance.now();
  const child = spawnSync(process.execPath, ['--import', path('support/report-usage.js'), ...args], {
    env: { ...process.env, DATA_DIR: join(dataDir, 'store'), BENCH_USAGE: usageFile },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const { read } = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
  return { read, ...JSON.parse(readFileSync(usageFile, 'utf8')), wallSeconds: (performance.now() - startedAt) / 1000 };
}

try {
  const ingest = [path('../cli/c360.js'), 'ingest', '--mapping', values.mapping, file, '--json'];
  const bare = run(['--import', 'tsx', path('bare-parser.ts'), file]);
  const rows = Object.entries({ 'csv-parse alone': bare, 'c360 ingest': run(ingest), 'the same file again': run(ingest) });
  console.log('| | rows | rows / CPU s | of the parser | wall s | peak MB |\n|---|---|---|---|---|---|');
  for (const [name, { read, cpuSeconds, wallSeconds, peakMb }] of rows) {
    const share = (100 * (read / cpuSeconds)) / (bare.read / bare.cpuSeconds);
    console.log(
      `| ${name} | ${read} | ${(read / cpuSeconds).toFixed(0)} | ${share.toFixed(1)} % | ${wallSeconds.toFixed(1)} | ${peakMb.toFixed(0)} |`,
    );
  }
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
