import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/events.ts';
import { post } from '../support/graph-client.ts';
import { c360, freePorts, ready } from '../support/processes.ts';
import { constantSubgraph, supergraphAt } from '../support/reloading.ts';

const SECRET = 'the-secret-of-somebody-elses-subgraphs';
let folder: string;
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'c360-any-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('c360 gateway', { timeout: 60_000 }, () => {
  it('serves a supergraph of somebody else, where it says its subgraphs are, with the secret when there is one', async () => {
    let headers: IncomingHttpHeaders = {};
    const subgraph = createServer((request, response) => {
      headers = request.headers;
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":{"value":"theirs"}}');
    });
    await new Promise<void>((resolve) => subgraph.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(subgraph.address() as AddressInfo).port}/graphql`;
    const [port = 0] = await freePorts(1);
    const args = ['gateway', '--supergraph', file('theirs.graphql', supergraphAt(url)), '--port', String(port)];
    const running = c360(args, { SUBGRAPH_SECRET: SECRET, DATA_DIR: join(folder, 'none'), LOG_LEVEL: 'warn' });
    try {
      await ready(port, running);
      expect(await post(`http://127.0.0.1:${port}/graphql`, '{ value }')).toEqual({ data: { value: 'theirs' }, status: 200 });
      expect(headers.authorization).toBe(`Bearer ${SECRET}`);
      const { code, stdout, stderr } = await running.stop();
      expect([code, stdout, stderr]).toEqual([0, `The graph of 1 subgraphs is at http://127.0.0.1:${port}/graphql\n`, '']);
    } finally {
      await running.stop('SIGKILL');
      subgraph.close();
      subgraph.closeAllConnections();
    }
  });

  it('goes where the command says, and loads the file again at SIGHUP', async () => {
    const [one, two] = await Promise.all(['one', 'two'].map(constantSubgraph));
    const [port = 0] = await freePorts(1);
    const supergraph = file('elsewhere.graphql', supergraphAt('http://127.0.0.1:1/graphql'));
    const running = c360(['gateway', '--supergraph', supergraph, '--subgraph', `values=${two?.url}`, '--port', String(port)]);
    let log = '';
    running.process.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    try {
      await ready(port, running);
      expect(await post(`http://127.0.0.1:${port}/graphql`, '{ value }')).toMatchObject({ data: { value: 'two' } });
      running.process.kill('SIGHUP');
      await until(() => log.includes('the supergraph is the same'));
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
    } finally {
      await running.stop();
      await Promise.all([one?.close(), two?.close()]);
    }
  });

  it.each<[string, () => string[], RegExp]>([
    [
      'a file that is not there',
      () => ['--supergraph', '/nowhere'],
      /^The gateway did not start:\n {2}- \/nowhere \(--supergraph\): .*ENOENT/,
    ],
    [
      'a schema that is no supergraph',
      () => ['--supergraph', file('plain.graphql', 'type Query { a: Int }')],
      /^The supergraph was not loaded:\n {2}- .*plain\.graphql \(--supergraph\): is not a supergraph that can be loaded/,
    ],
    [
      'a subgraph that the supergraph does not have',
      () => ['--supergraph', file('a.graphql', supergraphAt('http://h/')), '--subgraph', 'value=http://h/'],
      /^The command is wrong:\n {2}- --subgraph value: the supergraph has no such subgraph; did you mean values\? Name one of values\.\n$/,
    ],
    [
      'subgraphs without a name or with a URL that is none',
      () => ['--supergraph', '/nowhere', '--subgraph', 'http://h/', '--subgraph', 'a=http://u:hunter2@h/'],
      /^The command is wrong:\n {2}- --subgraph: names no subgraph\. .*\n {2}- --subgraph a: has to be at an http or https URL/,
    ],
    [
      'a supergraph that does not say where a subgraph is',
      () => ['--supergraph', file('b.graphql', supergraphAt(''))],
      /^The supergraph was not loaded:\n {2}- .*gives no URL that the subgraph "values" could be reached at\. Say where it is: --subgraph values=/,
    ],
    [
      'a port that is none',
      () => ['--supergraph', '/nowhere', '--port', 'http'],
      /^The configuration is wrong:\n {2}- PORT \(--port\): must be/,
    ],
    ['no supergraph', () => [], /required option '--supergraph <file>' not specified/],
  ])('says why it can not run: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await c360(['gateway', ...args()], { LOG_LEVEL: 'silent', C360_GRACE_MS: '0' }).exit;
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at |hunter2/m);
    expect([code, stdout]).toEqual([1, '']);
  });
});

it('is started with a larger young generation, wherever its command is called from', async () => {
  const command = new URL('../../cli/c360', import.meta.url).pathname;
  const shown = 'data:text/javascript,console.log(process.execArgv.join())';
  const child = spawn(command, ['--help'], { cwd: folder, env: { ...process.env, NODE_OPTIONS: `--import=${shown}` } });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  expect(stdout).toMatch(/^--max-semi-space-size=64\n[\s\S]*Usage: c360/m);
});
