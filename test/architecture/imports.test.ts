import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, it } from 'vitest';

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Pick<ICruiseOptions, 'ruleSet'> & {
  readonly forbidden: readonly { readonly name: string }[];
  readonly options: ICruiseOptions;
};

/** Files that keep every rule, for the planted ones to import. */
const HOUSE: Readonly<Record<string, string>> = {
  'package.json':
    '{ "type": "module", "dependencies": { "mongodb": "*", "libsql": "*", "pino": "*" }, "devDependencies": { "vitest": "*" } }',
  'kernel/storage/port.ts': 'export interface Doc { id: string }\nexport const none = null;',
  'kernel/storage/mongo.ts': "import { MongoClient } from 'mongodb';\nexport const client = MongoClient;",
  'kernel/storage/sqlite-worker.ts': "import Database from 'libsql';\nexport const database = Database;",
  'kernel/loader.ts': 'export const loader = 1;',
  'subgraphs/pos/records.ts': "import type { Doc } from '../../kernel/storage/port.ts';\nexport type Order = Doc;",
  'subgraphs/pos/context.ts': "import { loader } from '../../kernel/loader.ts';\nexport const context = loader;",
  'subgraphs/pos/module.ts': "import { context } from './context.ts';\nexport const pos = context;",
  'subgraphs/crm/records.ts': 'export interface Profile { id: string }',
  'subgraphs/registry.ts': "import { pos } from './pos/module.ts';\nexport const modules = { pos };",
  'schema/generated/crm.ts': "import type { Profile } from '../../subgraphs/crm/records.ts';\nexport type CustomerProfile = Profile;",
  'gateway/server.ts': 'export const gateway = 1;',
  'ingest/pipeline.ts': "import { loader } from '../kernel/loader.ts';\nexport const pipeline = loader;",
  'demo/fill.ts': "import { loader } from '../kernel/loader.ts';\nexport const fill = loader;",
  'models/mean.ts': 'export const mean = 1;',
  'subgraphs/segments/rules/field.ts': 'export const field = 1;\n',
  'training/mean.ts':
    "import { loader } from '../kernel/loader.ts';\nimport { mean } from '../models/mean.ts';\nexport const trained = [loader, mean];",
  'cli/main.ts':
    "import { gateway } from '../gateway/server.ts';\nimport { modules } from '../subgraphs/registry.ts';\nexport const all = [gateway, modules];",
  'test/support.ts': "import { all } from '../cli/main.ts';\nexport const support = all;",
};

/** Rule, and the one file that breaks it. */
const PLANTED: readonly (readonly [rule: string, path: string, source: string])[] = [
  [
    'subgraph-imports-no-other-subgraph',
    'subgraphs/crm/resolvers.ts',
    "import type { Order } from '../pos/records.ts';\nexport type A = Order;",
  ],
  [
    'subgraph-imports-no-other-subgraph',
    'subgraphs/pos/resolvers.ts',
    "import type { CustomerProfile } from '../../schema/generated/crm.ts';\nexport type A = CustomerProfile;",
  ],
  ['subgraph-imports-no-other-subgraph', 'subgraphs/crm/module.ts', "export { modules } from '../registry.ts';"],
  ['subgraph-imports-no-gateway', 'subgraphs/crm/module.ts', "export { gateway } from '../../gateway/server.ts';"],
  ['subgraph-knows-only-the-storage-port', 'subgraphs/crm/context.ts', "export { client } from '../../kernel/storage/mongo.ts';"],
  ['gateway-imports-no-subgraph', 'gateway/planner.ts', "export { modules } from '../subgraphs/registry.ts';"],
  ['gateway-imports-no-subgraph', 'gateway/planner.ts', "export type { Order } from '../subgraphs/pos/records.ts';"],
  ['kernel-imports-nothing-of-ours', 'kernel/peers.ts', "export const peers = () => import('../subgraphs/pos/records.ts');"],
  ['kernel-imports-nothing-of-ours', 'kernel/peers.ts', "export { pipeline } from '../ingest/pipeline.ts';"],
  ['ingest-demo-and-training-import-only-kernel', 'ingest/mapping.ts', "export { pos } from '../subgraphs/pos/module.ts';"],
  ['ingest-demo-and-training-import-only-kernel', 'demo/orders.ts', "export type { Order } from '../subgraphs/pos/records.ts';"],
  ['ingest-demo-and-training-import-only-kernel', 'training/base.ts', "export { pos } from '../subgraphs/pos/module.ts';"],
  ['models-import-nothing-of-ours', 'models/text/topics.ts', "export { loader } from '../../kernel/loader.ts';"],
  ['segment-rules-import-only-kernel', 'subgraphs/segments/rules/field.ts', "export { mean } from '../../../models/mean.ts';"],
  ['models-import-nothing-of-ours', 'models/text/topics.ts', "export { readFileSync } from 'node:fs';"],
  ['pure-files-touch-no-store-server-or-clock', 'subgraphs/pos/rules.ts', "export { loader } from '../../kernel/loader.ts';"],
  ['pure-files-touch-no-store-server-or-clock', 'subgraphs/pos/ingest.ts', "export { context } from './context.ts';"],
  ['pure-files-touch-no-store-server-or-clock', 'subgraphs/pos/source.ts', "export { readFileSync } from 'node:fs';"],
  ['pure-files-touch-no-store-server-or-clock', 'subgraphs/pos/rules.ts', "export { setTimeout } from 'node:timers/promises';"],
  ['pure-files-touch-no-store-server-or-clock', 'subgraphs/pos/rules.ts', "export { pino } from 'pino';"],
  ['pure-files-take-only-types-of-the-port', 'subgraphs/pos/ingest.ts', "export { none } from '../../kernel/storage/port.ts';"],
  ['mongodb-only-in-its-adapter', 'subgraphs/pos/context.ts', "export { MongoClient } from 'mongodb';"],
  ['mongodb-only-in-its-adapter', 'kernel/storage/open.ts', "export type { MongoClient } from 'mongodb';"],
  ['libsql-only-in-its-adapter', 'cli/dump.ts', "export { default } from 'libsql';"],
  ['only-cli-test-and-bench-join-subgraphs', 'schema/compose.ts', "export { modules } from '../subgraphs/registry.ts';"],
  [
    'generated-types-name-only-their-own-subgraph',
    'schema/generated/loyalty.ts',
    "export type { Order } from '../../subgraphs/pos/records.ts';",
  ],
  ['only-cli-test-and-bench-join-the-gateway', 'schema/compose.ts', "export { gateway } from '../gateway/server.ts';"],
  ['nothing-imports-cli', 'gateway/start.ts', "export { all } from '../cli/main.ts';"],
  ['product-imports-no-test-code', 'cli/seed.ts', "export { support } from '../test/support.ts';"],
  ['product-runs-without-dev-dependencies', 'kernel/probe.ts', "export { expect } from 'vitest';"],
  ['no-circular-imports', 'kernel/loader.ts', "import { page } from './page.ts';\nexport const loader = page;"],
  ['every-import-resolves', 'kernel/money.ts', "export { cents } from './cents.ts';"],
];

/** What a second planted file of the same case needs beside it. */
const COMPANIONS: Readonly<Record<string, string>> = {
  'kernel/page.ts': "import { loader } from './loader.ts';\nexport const page = () => loader;",
};

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'c360-imports-')));
  symlinkSync(new URL('../../node_modules', import.meta.url).pathname, join(folder, 'node_modules'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names of the rules that a house of these files breaks. */
async function brokenRules(name: string, files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const house = join(folder, name);
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), source);
  }
  const folders = ['kernel', 'subgraphs', 'gateway', 'ingest', 'demo', 'models', 'training', 'cli', 'schema', 'test'];
  const { tsConfig: _ours, ...options } = config.options;
  const { output } = await cruise(folders, {
    ...options,
    baseDir: house,
    validate: true,
    ruleSet: { forbidden: [...config.forbidden] } as NonNullable<ICruiseOptions['ruleSet']>,
  });
  return [...new Set((output as ICruiseResult).summary.violations.map((violation) => violation.rule.name))];
}

it('finds nothing in a house that keeps the rules', async () => {
  expect(await brokenRules('clean', HOUSE)).toEqual([]);
});

it.each(PLANTED.map((planted, index) => [...planted, index] as const))('%s reports %s', async (rule, path, source, index) => {
  const companions = rule === 'no-circular-imports' ? COMPANIONS : {};
  expect(await brokenRules(`planted-${index}`, { ...HOUSE, ...companions, [path]: source })).toContain(rule);
});

it('has a planted violation for every rule', () => {
  expect(config.forbidden.map((rule) => rule.name).toSorted()).toEqual([...new Set(PLANTED.map(([rule]) => rule))].toSorted());
});
