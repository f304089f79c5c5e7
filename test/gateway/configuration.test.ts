import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigSources, loadConfig, type Role } from '../../cli/runtime/config.ts';
import { OperatorError } from '../../kernel/errors.ts';

const SECRET = '0123456789abcdef0123456789abcdef';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c360-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function yaml(text: string): string {
  const file = join(folder, 'c360.yaml');
  writeFileSync(file, text);
  return file;
}

function problemsOf(env: ConfigSources['env'], file?: string, role: Role = 'all'): readonly string[] {
  try {
    loadConfig({ env, file, role });
  } catch (error) {
    if (error instanceof OperatorError) return error.problems;
    throw error;
  }
  return [];
}

/** The likeliest mistakes: where the message has to point, and the remedy that it has to name. */
const MISTAKES: readonly [mistake: string, env: Record<string, string>, file: string | undefined, place: RegExp, remedy: RegExp][] = [
  ['a port that is no number', { PORT: 'http' }, undefined, /^PORT \(environment\)/, /a whole number from 0 to 65535, such as 4000/],
  ['a port that no machine has', { PORT: '70000' }, undefined, /^PORT \(environment\)/, /from 0 to 65535/],
  ['a host with a scheme', { HOST: 'http://0.0.0.0' }, undefined, /^HOST \(environment\)/, /IP address or host name.*127\.0\.0\.1/],
  [
    'a database without scheme',
    { MONGODB_URI: 'db.internal:27017' },
    undefined,
    /^MONGODB_URI/,
    /begin with mongodb:\/\/ or mongodb\+srv:\/\//,
  ],
  ['a database without host', { MONGODB_URI: 'mongodb://' }, undefined, /^MONGODB_URI/, /name a host/],
  [
    'another name of the database setting',
    { MONGODB_URL: 'mongodb://h' },
    undefined,
    /^MONGODB_URL \(environment\)/,
    /did you mean MONGODB_URI\?/,
  ],
  ['DEMO by word', { DEMO: 'no' }, undefined, /^DEMO \(environment\)/, /1 \(fill an empty store.*or 0 \(start empty\)/],
  [
    'a misspelt setting',
    { C360_BODY_LIMIT_BYTE: '9' },
    undefined,
    /^C360_BODY_LIMIT_BYTE \(environment\)/,
    /did you mean C360_BODY_LIMIT_BYTES\?/,
  ],
  ['a setting that never was', { C360_TURBO: '1' }, undefined, /^C360_TURBO \(environment\)/, /Correct or unset it/],
  [
    'a subgraph that does not exist',
    { SUBGRAPH_POSS_URL: 'http://h/graphql' },
    undefined,
    /^SUBGRAPH_POSS_URL/,
    /did you mean SUBGRAPH_POS_URL\?/,
  ],
  [
    'a subgraph without scheme',
    { SUBGRAPH_POS_URL: 'pos:4003', SUBGRAPH_SECRET: SECRET },
    undefined,
    /^SUBGRAPH_POS_URL/,
    /http or https URL.*http:\/\/127\.0\.0\.1:4003\/graphql/,
  ],
  [
    'a password in a URL',
    { SUBGRAPH_POS_URL: 'http://u:hunter2@pos/graphql', SUBGRAPH_SECRET: SECRET },
    undefined,
    /^SUBGRAPH_POS_URL/,
    /without user, password/,
  ],
  ['a subgraph by URL without the secret', { SUBGRAPH_POS_URL: 'http://pos/graphql' }, undefined, /^SUBGRAPH_SECRET/, /Set the secret/],
  ['a secret that can be guessed', { SUBGRAPH_SECRET: 'hunter2' }, undefined, /^SUBGRAPH_SECRET/, /at least 32.*openssl rand -hex 32/],
  ['a deadline in seconds', { SUBGRAPH_DEADLINE_MS: '3' }, undefined, /^SUBGRAPH_DEADLINE_MS/, /from 50 to 60000, such as 3000/],
  ['a limit in megabytes', { SUBGRAPH_ANSWER_LIMIT_BYTES: '16' }, undefined, /^SUBGRAPH_ANSWER_LIMIT_BYTES/, /from 65536 to 536870912/],
  ['a deadline with its unit', { SUBGRAPH_DEADLINE_MS: '3s' }, undefined, /^SUBGRAPH_DEADLINE_MS/, /whole number/],
  [
    'a signing key that can be guessed',
    { C360_SIGNING_KEYS: `${SECRET},hunter2` },
    undefined,
    /^C360_SIGNING_KEYS/,
    /at least 32.*openssl/,
  ],
  ['an environment by its short name', { C360_ENV: 'prod' }, undefined, /^C360_ENV/, /development or production/],
  ["a NODE_ENV of one's own", { NODE_ENV: 'staging' }, undefined, /^NODE_ENV/, /leave it out and set C360_ENV/],
  ['a log level in capitals', { LOG_LEVEL: 'WARNING' }, undefined, /^LOG_LEVEL/, /one of trace, debug, info, warn/],
  [
    'a file that is not there',
    { C360_CONFIG: '/nowhere/c360.yaml' },
    undefined,
    /^\/nowhere\/c360\.yaml/,
    /ENOENT.*Give the path of a YAML file/,
  ],
  ['a file that is not YAML', {}, 'PORT: 1\nSUBGRAPH_SECRET: "hunter2\n', /c360\.yaml line \d/, /one `NAME: value` per line/],
  ['a file that is a list', {}, '- PORT: 1\n', /c360\.yaml: is not a list of settings/, /one `NAME: value` per line/],
  ['a name in lower case', {}, 'port: 4000\n', /^port \(.*c360\.yaml\)/, /did you mean PORT\?/],
  ['a setting with settings inside', {}, 'PORT:\n  gateway: 4000\n', /^PORT \(.*c360\.yaml\)/, /a single value; write 4000/],
  ['the same setting twice', {}, 'PORT: 1\nPORT: 2\n', /c360\.yaml line 2/, /DUPLICATE_KEY/],
];

describe('a wrong configuration', () => {
  it.each(MISTAKES)('is refused with place and remedy: %s', (_, env, file, place, remedy) => {
    const problems = problemsOf(env, file === undefined ? undefined : yaml(file));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(place);
    expect(problems[0]).toMatch(remedy);
    expect(problems[0]).not.toContain('hunter2');
  });

  it('has all its problems listed at once', () => {
    expect(problemsOf({ PORT: 'x', C360_TURBO: '1', LOG_LEVEL: 'loud' }, yaml('DEMO: perhaps\n'))).toHaveLength(4);
  });

  it.each<Role>(['gateway', 'pos'])('lacks a secret when %s is to run alone', (role) => {
    expect(problemsOf({}, undefined, role)).toEqual([
      `SUBGRAPH_SECRET: is not set, and ${role} talks HTTP to the other processes. Set the same secret for all of them.`,
    ]);
  });
});

describe('a right configuration', () => {
  it('needs nothing to be set', () => {
    expect(loadConfig({ env: {}, role: 'all' })).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      storage: { kind: 'sqlite', dataDir: '.data' },
      demo: null,
      deadlineMs: 3000,
      answerLimitBytes: null,
      production: false,
      introspection: true,
    });
  });

  it('takes the environment before the file, and an empty variable as none', () => {
    const file = yaml('PORT: 5000\nDEMO: false\nLOG_LEVEL: warn\n');
    expect(loadConfig({ env: { PORT: '6000', LOG_LEVEL: '', UNRELATED: 'x' }, file, role: 'all' })).toMatchObject({
      port: 6000,
      demo: false,
      logLevel: 'warn',
    });
  });

  it('takes signing keys in their order, and none where none is set', () => {
    expect(loadConfig({ env: {}, role: 'all' }).signingKeys).toEqual([]);
    const young = SECRET.toUpperCase();
    expect(loadConfig({ env: { C360_SIGNING_KEYS: `${young}, ${SECRET}` }, role: 'all' }).signingKeys).toEqual([young, SECRET]);
  });

  it('takes the languages of customers in their order, and none where none is set', () => {
    expect(loadConfig({ env: {}, role: 'all' }).languages).toEqual([]);
    expect(loadConfig({ env: { C360_LANGUAGES: 'ja, en' }, role: 'all' }).languages).toEqual(['ja', 'en']);
    expect(() => loadConfig({ env: { C360_LANGUAGES: 'ja-JP' }, role: 'all' })).toThrow(OperatorError);
  });

  it('closes the schema in production', () => {
    expect(loadConfig({ env: { NODE_ENV: 'production' }, role: 'all' })).toMatchObject({ production: true, introspection: false });
    expect(loadConfig({ env: { NODE_ENV: 'production', C360_ENV: 'development' }, role: 'all' })).toMatchObject({ production: false });
  });

  it('gives each subgraph a port, and the gateway their URLs, but runs identity inside it', () => {
    expect(loadConfig({ env: { SUBGRAPH_SECRET: SECRET }, role: 'pos' }).port).toBe(4003);
    const { port, subgraphUrls } = loadConfig({
      env: { SUBGRAPH_SECRET: SECRET, SUBGRAPH_CRM_URL: 'http://crm/graphql' },
      role: 'gateway',
    });
    expect(port).toBe(4000);
    expect(Object.fromEntries([...subgraphUrls].map(([name, url]) => [name, url.href]))).toEqual({
      crm: 'http://crm/graphql',
      pos: 'http://127.0.0.1:4003/graphql',
      loyalty: 'http://127.0.0.1:4004/graphql',
      digital: 'http://127.0.0.1:4005/graphql',
      feedback: 'http://127.0.0.1:4006/graphql',
      recommendations: 'http://127.0.0.1:4007/graphql',
      experiments: 'http://127.0.0.1:4008/graphql',
      segments: 'http://127.0.0.1:4009/graphql',
    });
  });
});
