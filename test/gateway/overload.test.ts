import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from '../../gateway/engine/engine.ts';
import { serveGraph } from '../../gateway/http/server.ts';
import type { Receive, Transport } from '../../gateway/transport/transport.ts';
import type { HttpServer } from '../../kernel/http-server.ts';
import { createLog } from '../../kernel/log.ts';
import { supergraphAt } from '../support/reloading.ts';

let server: HttpServer;
let url: string;
/** Fetches that wait for an answer. */
let waiting: Receive[];
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  waiting = [];
  const transport: Transport = {
    kind: 'in-process',
    send: (_, receive) => {
      waiting.push(receive);
      return () => {};
    },
    close: async () => {},
  };
  const log = createLog('silent');
  const engine = openEngine({ transportFor: () => transport, deadlineMs: 10_000, requestDeadlineMs: 10_000, log });
  await engine.load(supergraphAt('http://127.0.0.1:1/graphql'), 'the test');
  server = await serveGraph({
    engine,
    host: '127.0.0.1',
    port: 0,
    graceMs: 0,
    bodyLimitBytes: 4096,
    maxInFlight: 2,
    compression: true,
    production: true,
    introspection: false,
    clock: Date.now,
    readiness: () => ({ ready: true }),
    log,
  });
  url = `http://127.0.0.1:${server.port}`;
  closing.push(
    () => server.drain(),
    () => engine.close(),
  );
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const ask = () =>
  fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ value }"}' });
const ready = async () => {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
};
const until = async (count: number) => {
  while (waiting.length < count) await pause(5);
};

describe('a gateway with more requests than it may work on', () => {
  it('refuses what is too much at once, finishes what it accepted, and says to a load balancer that it had enough', async () => {
    const accepted = [ask(), ask()];
    await until(2);
    expect(await ready()).toEqual([200, { status: 'ok' }]);

    const refused = await ask();
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      503,
      '1',
      { errors: [{ message: 'Too many requests are under way. Try again in a second.', extensions: { code: 'OVERLOADED' } }] },
    ]);
    expect(await ready()).toEqual([503, { status: 'unavailable', reason: 'overloaded' }]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);

    for (const receive of waiting) receive(null, { data: { value: 'x' } });
    for (const response of await Promise.all(accepted)) expect(await response.json()).toEqual({ data: { value: 'x' } });
    const again = ask();
    await until(3);
    waiting[2]?.(null, { data: { value: 'y' } });
    expect(await (await again).json()).toEqual({ data: { value: 'y' } });
    await pause(1_100);
    expect(await ready()).toEqual([200, { status: 'ok' }]);
  });

  it('has room again when a client goes away', async () => {
    const gone = new AbortController();
    const left = [0, 1].map(() =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ value }"}',
        signal: gone.signal,
      }).catch((error: Error) => error.name),
    );
    await until(2);
    gone.abort();
    expect(await Promise.all(left)).toEqual(['AbortError', 'AbortError']);
    await pause(50);
    const next = ask();
    await until(3);
    waiting[2]?.(null, { data: { value: 'z' } });
    expect((await next).status).toBe(200);
  });
});
