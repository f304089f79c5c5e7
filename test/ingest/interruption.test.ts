import { copyFileSync, cpSync, createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestSpecs, quarantineSpec, runsSpec } from '../../ingest/records.ts';
import { openStore } from '../../kernel/storage/open.ts';
import type { AnySpec, Doc, Spec, Store } from '../../kernel/storage/port.ts';
import { identity } from '../../subgraphs/identity/module.ts';
import { pos } from '../../subgraphs/pos/module.ts';
import { dataFile } from '../support/ingest.ts';
import { c360, type Exit } from '../support/processes.ts';

const retail = dataFile('online-retail/online-retail.csv.gz');
const MAPPING = new URL('../../examples/mappings/online-retail.yaml', import.meta.url).pathname;
/** 20 by hand (KILLS=20 npx vitest run test/ingest/interruption.test.ts); each costs the start of a process. */
const KILLS = Number(process.env.KILLS ?? 5);
const ROWS = 20_000;

let folder: string;
let file: string;

beforeAll(async () => {
  if (!retail) return;
  folder = mkdtempSync(join(tmpdir(), 'c360-kill-'));
  file = join(folder, 'first.csv');
  const lines: string[] = [];
  const text = createReadStream(retail).pipe(createGunzip());
  for await (const line of createInterface({ input: text })) {
    lines.push(line);
    if (lines.length > ROWS) break;
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  // Both ways start from the same empty stores, so that a customer has the same id in both.
  const empty = join(folder, 'empty.csv');
  writeFileSync(empty, `${lines[0]}\n`);
  expect(await run(empty, 'start').exit).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const dataDir = (name: string) => join(folder, name);
const run = (path: string, name: string) => c360(['ingest', '--mapping', MAPPING, path, '--json'], { DATA_DIR: dataDir(name) });
const report = ({ stdout }: Exit) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

function begin(name: string): void {
  cpSync(dataDir('start'), dataDir(name), { recursive: true });
}

/** Resolves when the process has claimed its run, or has ended. */
async function working(store: Store, running: ReturnType<typeof c360>): Promise<void> {
  while (running.process.exitCode === null) {
    for await (const { holder } of store.collection(runsSpec).scan()) if (holder?.pid === running.process.pid) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const watch = (name: string) => openStore({ kind: 'sqlite', dataDir: dataDir(name) }, 'ingest', ingestSpecs);

/** All that the stores say, without what depends on how and when it came to be said. */
async function state(name: string): Promise<Record<string, string[]>> {
  const storage = { kind: 'sqlite', dataDir: dataDir(name) } as const;
  const found: Record<string, string[]> = {};
  const parts: [string, readonly AnySpec[], readonly AnySpec[]][] = [
    ['pos', pos.specs, pos.specs.filter((spec) => spec.name === 'orders' || spec.name === 'returns')],
    ['identity', identity.specs, identity.specs.filter((spec) => !/secret|key|setting/.test(spec.name))],
    ['ingest', ingestSpecs, [quarantineSpec]],
  ];
  for (const [store, specs, wanted] of parts) {
    const opened = await openStore(storage, store, specs);
    for (const spec of wanted) {
      const docs: string[] = [];
      for await (const doc of opened.collection(spec as Spec<Doc>).scan()) docs.push(JSON.stringify(doc, plain));
      found[`${store}.${spec.name}`] = docs.sort();
    }
    await opened.close();
  }
  return found;
}

/** Versions, runs and times of the wall clock (the rows are of 2010) differ from run to run. */
function plain(key: string, value: unknown): unknown {
  if (['version', 'origin', 'seen'].includes(key)) return undefined;
  return typeof value === 'number' && value > Date.UTC(2020, 0, 1) ? undefined : value;
}

/** The documents that only one side has, a few of each collection. */
function differences(one: Record<string, string[]>, other: Record<string, string[]>): readonly string[] {
  return Object.keys(one).flatMap((name) => {
    const [here, there] = [new Set(one[name]), new Set(other[name])];
    const missing = [...here].filter((doc) => !there.has(doc)).slice(0, 3);
    const added = [...there].filter((doc) => !here.has(doc)).slice(0, 3);
    return [...missing.map((doc) => `${name} lacks ${doc}`), ...added.map((doc) => `${name} has ${doc}`)];
  });
}

describe.skipIf(!retail)('the first 20,000 rows of Online Retail', () => {
  it(`killed at ${KILLS} random moments and resumed, end in the state of an undisturbed run`, async () => {
    begin('whole');
    const whole = report(await run(file, 'whole').exit);
    expect(whole).toMatchObject({ read: ROWS, stored: 13_347, duplicates: 0, quarantined: 6_653, reasons: { NO_IDENTIFIER: 6_653 } });
    const expected = await state('whole');
    expect(expected['pos.orders']?.length).toBeGreaterThan(500);

    let kills = 0;
    for (let round = 0; kills < KILLS; round++) {
      const name = `killed-${round}`;
      begin(name);
      const store = await watch(name);
      let ended: Exit | null = null;
      while (!ended) {
        const running = run(file, name);
        if (kills < KILLS) {
          await working(store, running);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 700));
          if (running.process.exitCode === null && running.process.kill('SIGKILL')) kills++;
        }
        const exit = await running.exit;
        if (exit.code !== null) ended = exit;
      }
      await store.close();
      expect(ended.code).toBe(0);
      const { runId: _, resumed: __, elapsedMs: ___, ...counts } = report(ended);
      expect(counts).toEqual({
        read: ROWS,
        stored: 13_347,
        duplicates: 0,
        quarantined: 6_653,
        reasons: { NO_IDENTIFIER: 6_653 },
        interrupted: false,
        file: 'first.csv',
      });
      expect(differences(expected, await state(name))).toEqual([]);
      rmSync(dataDir(name), { recursive: true });
    }
  }, 600_000);

  it('refuse a second process while one is at work, and stop cleanly when asked to', async () => {
    begin('two');
    const store = await watch('two');
    const first = run(file, 'two');
    await working(store, first);
    await store.close();
    first.process.kill('SIGSTOP');
    const second = await run(file, 'two').exit;
    expect(second.code).toBe(3);
    expect(second.stdout).toBe('');
    expect(second.stderr).toMatch(/first\.csv: process \d+ on .* is at row \d+\. Wait until it is done/);
    first.process.kill('SIGINT');
    first.process.kill('SIGCONT');
    const stopped = await first.exit;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('Run the same command again to go on from here.');
    expect(report(stopped)).toMatchObject({ interrupted: true });
    expect(report(stopped).read).toBeLessThan(ROWS);
    const resumed = report(await run(file, 'two').exit);
    expect(resumed).toMatchObject({ read: ROWS, stored: 13_347, quarantined: 6_653, interrupted: false });
    // Under another name it is the same file.
    copyFileSync(file, join(folder, 'copy.csv'));
    expect(report(await run(join(folder, 'copy.csv'), 'two').exit)).toMatchObject({ stored: 0, duplicates: 13_347, quarantined: 6_653 });
  }, 120_000);
});
