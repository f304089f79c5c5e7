import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until as untilIt } from '../support/events.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { type SmallEngine, smallEngine } from '../support/small-engine.ts';

let engine: SmallEngine;
let gateway: Gateway;
let url: string;
/** What answers the fetches that wait. */
let waiting: ((answer: object) => void)[];

beforeEach(async () => {
  waiting = [];
  engine = await smallEngine(
    { values: { sdl: 'type Query { value: String! }', resolvers: {} } },
    { instead: () => new Promise((answer) => waiting.push(answer)), deadlineMs: 10_000 },
  );
  gateway = await openGateway({ engine: engine.engine, maxInFlight: 2 });
  url = gateway.url;
});
afterEach(async () => {
  await gateway.close();
  await engine.close();
});

const ask = () =>
  fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ value }"}' });
const ready = async () => {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
};
const until = (count: number) => untilIt(() => waiting.length >= count);

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

    for (const answer of waiting) answer({ data: { value: 'x' } });
    for (const response of await Promise.all(accepted)) expect(await response.json()).toEqual({ data: { value: 'x' } });
    const again = ask();
    await until(3);
    waiting[2]?.({ data: { value: 'y' } });
    expect(await (await again).json()).toEqual({ data: { value: 'y' } });
    await untilIt(async () => (await ready())[0] === 200);
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
    // The server hears a moment after its clients that they are gone.
    let next = ask();
    await untilIt(async () => {
      if (waiting.length === 3) return true;
      const refused = await Promise.race([next, undefined]);
      if (refused) next = ask();
      return false;
    });
    waiting[2]?.({ data: { value: 'z' } });
    expect((await next).status).toBe(200);
  });
});
