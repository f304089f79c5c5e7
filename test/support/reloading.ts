import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { c360, freePorts, ready } from './processes.ts';

export interface Tally {
  /** Answers by the value that was in them. */
  readonly answers: Map<string, number>;
  /** Whatever was not an answer with status 200 and no errors. */
  readonly failures: string[];
  readonly latenciesMs: number[];
  /** Connections that were refused because the server listened no more. */
  refused: number;
}

/** A server that answers every fetch with the value. */
export async function constantSubgraph(value: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server: Server = createServer((asked, response) => {
    asked.resume();
    asked.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { value } })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The supergraph of one subgraph at the URL. */
export function supergraphAt(url: string, extra = ''): string {
  const composed = composeServices([{ name: 'values', url, typeDefs: parse(`type Query { value: String! ${extra} }`) }]);
  if (composed.errors) throw new Error(composed.errors.map((error) => error.message).join('\n'));
  return composed.supergraphSdl;
}

/** Clients that ask one after the other, some of them each time a query that was never asked, until `stop` is set or the server is gone. */
function clients(port: number, count: number, stopped: () => boolean): { readonly tally: Tally; readonly done: Promise<unknown> } {
  const tally: Tally = { answers: new Map(), failures: [], latenciesMs: [], refused: 0 };
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  let asked = 0;
  const once = (query: string) =>
    new Promise<boolean>((resolve) => {
      const body = JSON.stringify({ query });
      const startedAt = performance.now();
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const outgoing = request({ port, path: '/graphql', method: 'POST', agent, headers }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          tally.latenciesMs.push(performance.now() - startedAt);
          const value = /^\{"data":\{"value":"(\w+)"\}\}\n$/.exec(text)?.[1];
          if (response.statusCode === 200 && value) tally.answers.set(value, (tally.answers.get(value) ?? 0) + 1);
          else tally.failures.push(`${response.statusCode} ${text}`);
          resolve(true);
        });
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') tally.refused++;
        else tally.failures.push(String(error.code));
        resolve(false);
      });
      outgoing.end(body);
    });
  const done = Promise.all(
    Array.from({ length: count }, async (_, i) => {
      while (!stopped()) if (!(await once(i % 8 === 0 ? `{ value } # ${asked++}` : '{ value }'))) break;
    }),
  ).finally(() => agent.destroy());
  return { tally, done };
}

export interface ReloadFigures {
  readonly tally: Tally;
  readonly loaded: number;
  readonly refused: number;
  readonly startMs: number;
  readonly seconds: number;
  readonly exitCode: number | null;
}

/**
 * `c360 gateway` under load while its supergraph file is replaced `reloads` times: by another one, by a broken one (every fifth), by
 * renaming and by writing over; then SIGTERM, with the load going on until nobody listens.
 */
export async function reloadUnderLoad(reloads: number, connections: number): Promise<ReloadFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'c360-reload-'));
  const subgraphs = await Promise.all(['one', 'two'].map(constantSubgraph));
  const file = join(folder, 'supergraph.graphql');
  const texts = subgraphs.map(({ url }) => supergraphAt(url));
  writeFileSync(file, texts[0] ?? '');
  const [port = 0] = await freePorts(1);
  const startedAt = performance.now();
  const running = c360(['gateway', '--supergraph', file, '--port', String(port)], { C360_GRACE_MS: '500', NODE_ENV: 'production' });
  let loaded = 0;
  let refused = 0;
  let told = () => {};
  let log = '';
  running.process.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
    for (let end = log.indexOf('\n'); end >= 0; end = log.indexOf('\n')) {
      const line = log.slice(0, end);
      log = log.slice(end + 1);
      if (line.includes('"supergraph loaded"')) loaded++;
      else if (line.includes('"supergraph refused"')) refused++;
      else continue;
      told();
    }
  });
  try {
    await ready(port, running);
    const startMs = performance.now() - startedAt;
    const { tally, done } = clients(port, connections, () => false);
    const begunAt = performance.now();
    for (let i = 1; i <= reloads; i++) {
      const next = new Promise<void>((resolve) => (told = resolve));
      // No two the same, so that each is another content.
      const text = i % 5 === 0 ? `type Query {{{ # ${i}` : `${texts[i % 2]}\n# ${i}\n`;
      if (i % 2 === 0) writeFileSync(file, text);
      else {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      }
      await next;
    }
    const seconds = (performance.now() - begunAt) / 1000;
    running.process.kill('SIGTERM');
    const [{ code }] = await Promise.all([running.exit, done]);
    return { tally, loaded, refused, startMs, seconds, exitCode: code };
  } finally {
    await running.stop('SIGKILL');
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}
