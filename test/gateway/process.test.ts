import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pause, until } from '../support/events.ts';
import { c360, freePorts, ready } from '../support/processes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c360-process-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAPPING = new URL('../../examples/mappings/cdnow.yaml', import.meta.url).pathname;
const SECRET = '0123456789abcdef0123456789abcdef';

describe('a process that can not run', { timeout: 60_000 }, () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'a wrong setting',
      ['serve'],
      { PORT: 'http', SUBGRAPH_SECRET: 'hunter2' },
      /^The configuration is wrong:\n {2}- PORT \(environment\): .*\n {2}- SUBGRAPH_SECRET \(environment\): .*\n$/,
    ],
    ['a subgraph without the secret', ['serve', 'pos'], {}, /^The configuration is wrong:\n {2}- SUBGRAPH_SECRET: is not set/],
    [
      'a file in the place of the folder',
      ['serve'],
      { DATA_DIR: 'GARBAGE' },
      /^The store can not be opened\.\n {2}- .*GARBAGE \(DATA_DIR\) .*EEXIST/,
    ],
    ['a part that does not exist', ['serve', 'gatway'], {}, /^The command is wrong:\n {2}- serve gatway: .*did you mean gateway\?/],
    ['a cursor that is none', ['quarantine', 'list', '--mapping', MAPPING, '--after', 'junk'], {}, /--after <cursor>.* Pass the one that/],
    [
      'an export over a file',
      ['quarantine', 'export', '--mapping', MAPPING, '--out', MAPPING],
      {},
      /^The rows can not be exported:\n {2}- .*\.yaml \(--out\): is there already/,
    ],
    [
      'no supergraph',
      ['serve'],
      { C360_SUPERGRAPH: '/nowhere/supergraph.graphql' },
      /^The gateway did not start:\n {2}- \/nowhere\/supergraph\.graphql \(C360_SUPERGRAPH\): .*ENOENT/,
    ],
    [
      'garbage for a supergraph',
      ['serve'],
      { C360_SUPERGRAPH: 'GARBAGE' },
      /^The supergraph was not loaded:\n {2}- .*\(C360_SUPERGRAPH\): is not a supergraph that can be loaded/,
    ],
    [
      'a plain schema for a supergraph',
      ['serve'],
      { C360_SUPERGRAPH: 'PLAIN' },
      /^The supergraph was not loaded:\n {2}- .*\(C360_SUPERGRAPH\): is not a supergraph that can be loaded/,
    ],
  ])('says why in one message and ends with 1: %s', async (_, args, env, message) => {
    writeFileSync(join(folder, 'GARBAGE'), 'type Query {{{ \u0000');
    writeFileSync(join(folder, 'PLAIN'), 'type Query { a: Int }');
    const inFolder = Object.entries(env).map(([name, value]) => [name, /^(GARBAGE|PLAIN)$/.test(value) ? join(folder, value) : value]);
    const settings = { DATA_DIR: join(folder, 'refused'), LOG_LEVEL: 'silent', ...Object.fromEntries(inFolder) };
    const { code, stdout, stderr } = await c360(args, settings).exit;
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at |hunter2/m);
    expect([code, stdout]).toEqual([1, '']);
  });

  it('can be asked beforehand', async () => {
    const right = await c360(['serve', 'gateway', '--check-config'], { SUBGRAPH_SECRET: SECRET }).exit;
    expect([right.code, right.stdout]).toEqual([0, 'The configuration is right.\n']);
    const wrong = await c360(['serve', '--check-config'], { DEMO: 'perhaps' }).exit;
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('DEMO (environment)')]);
  });
});

describe('a process that is told to stop', { timeout: 60_000 }, () => {
  it('finishes every request that it accepted, and says that it takes no more', async () => {
    const [port = 0] = await freePorts(1);
    const running = c360(['serve'], { PORT: String(port), DATA_DIR: join(folder, 'drain'), LOG_LEVEL: 'warn', C360_GRACE_MS: '3000' });
    await ready(port, running);

    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    const tally = { answered: 0, refused: 0, closing: 0, failed: [] as string[] };
    const once = () =>
      new Promise<boolean>((resolve) => {
        const body = JSON.stringify({ query: '{ customer(id: "cus_00000000000000000000") { id } }' });
        const outgoing = request(
          { port, path: '/graphql', method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': body.length } },
          (response) => {
            let text = '';
            response.on('data', (chunk: Buffer) => (text += chunk.toString()));
            response.on('end', () => {
              if (response.statusCode === 200 && text === '{"data":{"customer":null}}\n') tally.answered++;
              else tally.failed.push(`${response.statusCode} ${text}`);
              if (response.headers.connection === 'close') tally.closing++;
              resolve(true);
            });
          },
        );
        outgoing.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNREFUSED') tally.refused++;
          else tally.failed.push(`${error.code}`);
          resolve(false);
        });
        outgoing.end(body);
      });
    let stopping = false;
    const clients = Array.from({ length: 32 }, async () => {
      // While the server waits for them to go, they leave it some of the processor.
      while (await once()) if (stopping) await pause(50);
    });

    await until(() => tally.answered >= 100 || tally.failed.length > 0);
    stopping = true;
    running.process.kill('SIGTERM');
    let health = await fetch(`http://127.0.0.1:${port}/readyz`);
    while (health.status === 200) health = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect([health.status, await health.json()]).toEqual([503, { status: 'unavailable', reason: 'stopping' }]);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);

    const { code, stderr } = await running.exit;
    await Promise.all(clients);
    agent.destroy();
    expect(tally.failed).toEqual([]);
    expect(tally.closing).toBeGreaterThan(0);
    expect(tally.refused).toBe(32);
    expect([code, stderr]).toEqual([0, '']);
  });
});
