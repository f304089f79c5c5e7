import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { overHttp } from '../../gateway/transport/over-http.ts';
import { type ResilienceOptions, resilient } from '../../gateway/transport/resilient.ts';
import { RetryBudget } from '../../gateway/transport/retry-budget.ts';
import { type Fetch, type Receive, type Transport, Unavailable } from '../../gateway/transport/transport.ts';
import { createLog } from '../../kernel/log.ts';
import { LONGEST_WAIT_MS, pause, until } from '../support/events.ts';
import { rogueServer } from '../support/faults.ts';
import { answerJson, answerTo, clientOf, fetchOf, outcomeOf } from '../support/fetches.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

let logged = '';
const log = createLog('info', { write: (text) => (logged += text) });
/** What was logged of the service since the last call. */
const said = () => {
  const lines = logged.trim().split('\n').filter(Boolean);
  logged = '';
  return lines.map((line) => JSON.parse(line) as { level: string; service: string; msg: string });
};

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;
const works: Answer = (request, response) => answerJson(request, response, '{"data":{"stock":7}}');
const fails: Answer = (request, response) => request.resume().on('end', () => response.writeHead(503).end());
const hangs: Answer = (request) => request.resume();

/** A subgraph behind HTTP whose `answer` can be changed while it runs. */
async function subgraph(answer: Answer, options: Partial<ResilienceOptions> = {}) {
  const state = { answer, asked: 0, closed: 0, deadlines: [] as number[] };
  const server = await rogueServer((request, response) => {
    state.asked += 1;
    state.deadlines.push(Number(request.headers['x-deadline-ms']));
    response.on('close', () => (state.closed += response.writableFinished ? 0 : 1));
    state.answer(request, response);
  });
  const transport = resilient('pos', overHttp(new URL(server.url)), { log, ...options });
  closing.push(() => transport.close(), server.close);
  return Object.assign(state, { transport });
}

/** A transport that keeps what it is sent and answers when it is told to. */
function manual(kind: Transport['kind'] = 'in-process') {
  const sent: { fetch: Fetch; receive: Receive; cancelled: boolean }[] = [];
  const transport: Transport = {
    kind,
    send: (fetch, receive) => {
      const entry = { fetch, receive, cancelled: false };
      sent.push(entry);
      return () => (entry.cancelled = true);
    },
    close: async () => {},
  };
  return { sent, transport };
}

const off = { breaker: false, retry: false, shareReads: false } as const;
const elapsed = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

describe.each(['in-process', 'http'] as const)('the deadline of a fetch, %s', (kind) => {
  it('is kept for a transport that never answers, which is told to give up', async () => {
    const { sent, transport } = manual(kind);
    const took = await elapsed(() =>
      expect(outcomeOf(resilient('pos', transport, { log }), fetchOf({ deadlineMs: 50 }))).resolves.toBe('DEADLINE'),
    );
    expect(took).toBeGreaterThan(48);
    expect(took).toBeLessThan(LONGEST_WAIT_MS);
    expect(sent.map(({ cancelled }) => cancelled)).toEqual([true]);
  });

  it('is told once, and what comes later is not heard', async () => {
    const { sent, transport } = manual(kind);
    const heard: unknown[] = [];
    resilient('pos', transport, { log }).send(fetchOf({ deadlineMs: 20 }), (fault, answer) => heard.push(fault?.message ?? answer));
    await until(() => heard.length === 1);
    sent[0]?.receive(null, { data: {} });
    await pause(20);
    expect(heard).toEqual(['DEADLINE']);
  });

  it('does not pass for an answer that came in time', async () => {
    const { sent, transport } = manual(kind);
    const heard: unknown[] = [];
    resilient('pos', transport, { log }).send(fetchOf({ deadlineMs: 20 }), (fault, answer) => heard.push(fault?.message ?? answer));
    sent[0]?.receive(null, { data: {} });
    await pause(40);
    expect(heard).toEqual([{ data: {} }]);
    expect(sent[0]?.cancelled).toBe(false);
  });

  it('passes for a mutation too', async () => {
    const { transport } = manual(kind);
    expect(await outcomeOf(resilient('pos', transport, { log }), fetchOf({ kind: 'mutation', deadlineMs: 20 }))).toBe('DEADLINE');
  });
});

describe('the deadline of a fetch over HTTP', () => {
  it('closes the connection', async () => {
    const pos = await subgraph(hangs);
    expect(await outcomeOf(pos.transport, fetchOf({ deadlineMs: 50 }))).toBe('DEADLINE');
    await until(() => pos.closed === 1);
  });

  it('passes for an answer of a byte now and then', async () => {
    const pos = await subgraph((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const dribble = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(dribble));
    });
    expect(await elapsed(() => outcomeOf(pos.transport, fetchOf({ deadlineMs: 80 })))).toBeLessThan(LONGEST_WAIT_MS);
    await until(() => pos.closed === 1);
  });

  it('does not count while this process was too busy to read the answer', async () => {
    const pos = await subgraph(works);
    await answerTo(pos.transport, fetchOf());
    // The other end of the connection is this process too: it has to have answered before the busy moment begins.
    let answered = false;
    pos.answer = (request, response) => {
      works(request, response);
      response.on('finish', () => (answered = true));
    };
    const outcome = outcomeOf(pos.transport, fetchOf({ deadlineMs: 1000 }));
    while (!answered) await new Promise((resolve) => setImmediate(resolve));
    // This thread does nothing else for that long, and costs nothing.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    expect(await outcome).toBe('answered');
  });
});

describe.each(['in-process', 'http'] as const)('a client that goes away, %s', (kind) => {
  it('gives up all fetches of its query, at every subgraph', async () => {
    const [crm, pos] = [manual(kind), manual(kind)];
    const client = clientOf();
    const outcomes = [crm, pos].map(({ transport }) => outcomeOf(resilient('pos', transport, { log }), fetchOf({ client })));
    client.leave();
    expect(await Promise.all(outcomes)).toEqual(['CLIENT_GONE', 'CLIENT_GONE']);
    expect([...crm.sent, ...pos.sent].map(({ cancelled }) => cancelled)).toEqual([true, true]);
  });

  it('before a fetch of its query has it not made', async () => {
    const { sent, transport } = manual(kind);
    const client = clientOf();
    client.leave();
    expect(await outcomeOf(resilient('pos', transport, { log }), fetchOf({ client }))).toBe('CLIENT_GONE');
    expect(sent).toHaveLength(0);
  });

  it('leaves its mutation to be carried to the end, with what is read for its answer', async () => {
    const { sent, transport } = manual(kind);
    const client = clientOf();
    const way = resilient('pos', transport, { log });
    const change = outcomeOf(way, fetchOf({ client, kind: 'mutation' }));
    client.leave();
    sent[0]?.receive(null, { data: {} });
    expect(await change).toBe('answered');
    const read = outcomeOf(way, fetchOf({ client, mutates: true }));
    sent[1]?.receive(null, { data: {} });
    expect(await read).toBe('answered');
  });
});

describe('a retry', () => {
  /** Fails as `first` does, then works. */
  const once = (first: Answer): Answer => {
    let turn = 0;
    return (request, response) => (turn++ === 0 ? first : works)(request, response);
  };
  const garbage: Answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"da');

  it.each([
    ['a lost connection', (request: IncomingMessage) => request.socket.destroy()],
    ['a status from 500', fails],
    ['garbage', garbage],
  ])('follows %s', async (_, first) => {
    const pos = await subgraph(once(first));
    expect(await outcomeOf(pos.transport, fetchOf())).toBe('answered');
    expect(pos.asked).toBe(2);
  });

  it.each([
    ['a mutation', fails, { kind: 'mutation' as const }, 'STATUS 503'],
    ['what is read within a mutation', fails, { mutates: true }, 'STATUS 503'],
    ['a refusal', (_: IncomingMessage, response: ServerResponse) => response.writeHead(401).end(), {}, 'STATUS 401'],
    [
      'a subgraph that says the time is over',
      (_: IncomingMessage, response: ServerResponse) => response.writeHead(504).end(),
      {},
      'STATUS 504',
    ],
    ['the deadline', hangs, { deadlineMs: 30 }, 'DEADLINE'],
  ])('does not follow %s', async (_, first, fetch, outcome) => {
    const pos = await subgraph(once(first));
    expect(await outcomeOf(pos.transport, fetchOf(fetch))).toBe(outcome);
    expect(pos.asked).toBe(1);
  });

  it('is the only one, and its fault is what is told', async () => {
    let turn = 0;
    const pos = await subgraph((request, response) => (turn++ === 0 ? garbage : fails)(request, response));
    expect(await outcomeOf(pos.transport, fetchOf())).toBe('STATUS 503');
    expect(pos.asked).toBe(2);
  });

  it('has what is left of the time, and says so to the subgraph', async () => {
    const pos = await subgraph(
      once((request, response) => {
        setTimeout(() => fails(request, response), 100);
      }),
    );
    expect(await outcomeOf(pos.transport, fetchOf({ deadlineMs: 20_000 }))).toBe('answered');
    expect(pos.deadlines[0]).toBe(20_000);
    expect(pos.deadlines[1]).toBeLessThanOrEqual(19_901);
    expect(pos.deadlines[1]).toBeGreaterThan(1_000);
  });

  it('is made for a share of the fetches of a subgraph that is down', async () => {
    let asked = 0;
    const transport: Transport = {
      ...manual('http').transport,
      send: (_, receive) => {
        asked += 1;
        receive(new Unavailable('STATUS', 503), undefined);
        return () => {};
      },
    };
    const way = resilient('pos', transport, { log, breaker: false, retry: { share: 0.25, minPerSecond: 0 } });
    for (let i = 0; i < 200; i++) await outcomeOf(way, fetchOf());
    expect(asked).toBe(250);
  });

  it('may be made some times each second beside that, of which ten are kept for later', () => {
    const budget = new RetryBudget({ share: 0.25, minPerSecond: 2 }, 0);
    const taken = (now: number) => {
      let count = 0;
      while (budget.take(now)) count += 1;
      return count;
    };
    expect(taken(0)).toBe(2);
    expect(taken(400)).toBe(0);
    expect(taken(1000)).toBe(2);
    for (let i = 0; i < 8; i++) budget.deposit();
    expect(taken(2000)).toBe(4);
    expect(taken(60_000)).toBe(10);
    for (let i = 0; i < 1000; i++) budget.deposit();
    expect(taken(60_000)).toBe(10);
  });
});

describe('the breaker', () => {
  const breaker = { window: 10, least: 4, halfOpenAfterMs: 60_000 };
  const options = { breaker, retry: false, shareReads: false } as const;
  const outcomes = async (transport: Transport, count: number, deadlineMs = 10_000) => {
    const all: string[] = [];
    for (let i = 0; i < count; i++) all.push(await outcomeOf(transport, fetchOf({ deadlineMs })));
    return all;
  };

  // Its clock stands still until a test moves it; deadlines are kept by another one.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const afterAWhile = () => vi.setSystemTime(Date.now() + breaker.halfOpenAfterMs);

  it.each([
    ['fails', fails, 'STATUS 503'],
    ['hangs', hangs, 'DEADLINE', 40],
    ['resets', (request: IncomingMessage) => request.socket.resetAndDestroy(), 'ECONNRESET'],
    ['redirects', (_: IncomingMessage, response: ServerResponse) => response.writeHead(302, { location: '/' }).end(), 'STATUS 302'],
  ])(
    'leaves a subgraph alone that %s, tests it after a while, and lets all through when it works',
    async (_, answer, outcome, deadlineMs?: number) => {
      said();
      const pos = await subgraph(answer, options);
      expect(await outcomes(pos.transport, 6, deadlineMs)).toEqual([outcome, outcome, outcome, outcome, 'BREAKER_OPEN', 'BREAKER_OPEN']);
      expect(pos.asked).toBe(4);
      expect(pos.transport.breakerState).toBe('open');
      pos.answer = works;
      afterAWhile();
      expect(await outcomes(pos.transport, 3)).toEqual(['answered', 'answered', 'answered']);
      expect(pos.transport.breakerState).toBe('closed');
      expect(said().map(({ level, service, msg }) => [level, service, msg])).toEqual([
        ['warn', 'pos', 'a subgraph fails and is left alone'],
        ['info', 'pos', 'a subgraph that was left alone is tested'],
        ['info', 'pos', 'a subgraph works again'],
      ]);
    },
  );

  it('refuses at once, without the deadline', async () => {
    const pos = await subgraph(hangs, options);
    await outcomes(pos.transport, 4, 40);
    expect(await elapsed(() => outcomeOf(pos.transport, fetchOf({ deadlineMs: 2 * LONGEST_WAIT_MS })))).toBeLessThan(LONGEST_WAIT_MS);
  });

  it('tests by one fetch, and refuses the others meanwhile', async () => {
    const pos = await subgraph(fails, options);
    await outcomes(pos.transport, 4);
    afterAWhile();
    pos.answer = (request, response) => setTimeout(() => works(request, response), 30);
    const all = await Promise.all(Array.from({ length: 5 }, () => outcomeOf(pos.transport, fetchOf())));
    expect(all).toEqual(['answered', 'BREAKER_OPEN', 'BREAKER_OPEN', 'BREAKER_OPEN', 'BREAKER_OPEN']);
    expect(pos.asked).toBe(5);
  });

  it('stays open after a test that fails, which is not retried', async () => {
    const pos = await subgraph(fails, { ...options, retry: {} });
    await Promise.all(Array.from({ length: 4 }, () => outcomeOf(pos.transport, fetchOf())));
    const before = pos.asked;
    afterAWhile();
    expect(await outcomes(pos.transport, 2)).toEqual(['STATUS 503', 'BREAKER_OPEN']);
    expect(pos.asked).toBe(before + 1);
  });

  it('tests again after a test whose client went away', async () => {
    const pos = await subgraph(fails, options);
    await outcomes(pos.transport, 4);
    afterAWhile();
    pos.answer = hangs;
    const client = clientOf();
    const gone = outcomeOf(pos.transport, fetchOf({ client }));
    await until(() => pos.asked === 5);
    client.leave();
    expect(await gone).toBe('CLIENT_GONE');
    pos.answer = works;
    afterAWhile();
    expect(await outcomes(pos.transport, 2)).toEqual(['answered', 'answered']);
  });

  it('minds neither refusals (401, 404, 429) nor clients that go away, nor half of the fetches failing', async () => {
    const refusing = await subgraph((_, response) => response.writeHead(401).end(), options);
    expect(new Set(await outcomes(refusing.transport, 12))).toEqual(new Set(['STATUS 401']));

    const { transport } = manual('http');
    const way = resilient('pos', transport, { log, ...options });
    for (let i = 0; i < 12; i++) {
      const client = clientOf();
      const gone = outcomeOf(way, fetchOf({ client }));
      client.leave();
      expect(await gone).toBe('CLIENT_GONE');
    }
    expect(way.breakerState).toBe('closed');

    let turn = 0;
    const flapping = await subgraph((request, response) => (turn++ % 2 === 1 ? fails : works)(request, response), options);
    expect(await outcomes(flapping.transport, 20)).not.toContain('BREAKER_OPEN');
  });

  it('is not moved by answers to what was sent before it opened', async () => {
    const { sent, transport } = manual('http');
    const way = resilient('pos', transport, { log, ...options });
    const all = Array.from({ length: 6 }, () => outcomeOf(way, fetchOf()));
    for (const { receive } of sent.slice(0, 4)) receive(new Unavailable('GARBAGE'), undefined);
    await until(() => way.breakerState === 'open');
    sent[4]?.receive(null, { data: {} });
    sent[5]?.receive(new Unavailable('GARBAGE'), undefined);
    expect(await Promise.all(all)).toEqual(['GARBAGE', 'GARBAGE', 'GARBAGE', 'GARBAGE', 'answered', 'GARBAGE']);
    expect(way.breakerState).toBe('open');
  });
});

describe('equal reads under way', () => {
  const slowly: Answer = (request, response) => setTimeout(() => works(request, response), 30);
  const ada = { representations: ['{"__typename":"Customer","id":"ada"}'] };
  const ben = { representations: ['{"__typename":"Customer","id":"ben"}'] };

  it('are sent once, and each gets the one answer, which is said to be shared', async () => {
    const pos = await subgraph(slowly);
    const heard: unknown[][] = [];
    for (let i = 0; i < 5; i++) pos.transport.send(fetchOf(ada), (...all) => heard.push(all));
    await until(() => heard.length === 5);
    expect(pos.asked).toBe(1);
    expect(heard[0]).toEqual([null, { data: { stock: 7 } }, true, true]);
    for (const [, answer] of heard) expect(answer).toBe(heard[0]?.[1]);
  });

  it('are no more when the answer is there: the next is sent anew, and has its answer to itself', async () => {
    const pos = await subgraph(works);
    await answerTo(pos.transport, fetchOf());
    const heard = await new Promise((resolve) => pos.transport.send(fetchOf(), (...all) => resolve(all)));
    expect(heard).toEqual([null, { data: { stock: 7 } }, false, true]);
    expect(pos.asked).toBe(2);
  });

  it.each<readonly [string, Partial<Fetch> & { kind?: 'query' | 'mutation' }, Partial<Fetch> & { kind?: 'query' | 'mutation' }, number]>([
    ['of other customers', ada, ben, 2],
    ['with other variables', { variables: { first: 1 } }, { variables: { first: 2 } }, 2],
    ['of one principal', { client: clientOf('p1') }, { client: clientOf('p1') }, 1],
    ['of two principals', { client: clientOf('p1') }, { client: clientOf('p2') }, 2],
    ['of a principal and of nobody', { client: clientOf('p1') }, { client: clientOf() }, 2],
    ['within mutations', { mutates: true }, { mutates: true }, 2],
    ['that are changes', { kind: 'mutation' }, { kind: 'mutation' }, 2],
  ])('%s: %#', async (_, one, other, asked) => {
    const pos = await subgraph(slowly);
    await Promise.all([answerTo(pos.transport, fetchOf(one)), answerTo(pos.transport, fetchOf(other))]);
    expect(pos.asked).toBe(asked);
  });

  it('can be sent each for itself', async () => {
    const pos = await subgraph(slowly, { shareReads: false });
    await Promise.all([answerTo(pos.transport, fetchOf()), answerTo(pos.transport, fetchOf())]);
    expect(pos.asked).toBe(2);
  });

  it('are not joined after the end of a change, at whatever subgraph, so that who made it sees it', async () => {
    const { sent, transport } = manual('http');
    const [pos, crm] = [resilient('pos', transport, { log }), resilient('crm', manual().transport, { log })];
    const before = answerTo(pos, fetchOf());
    await outcomeOf(crm, fetchOf({ kind: 'mutation', deadlineMs: 10 }));
    const after = answerTo(pos, fetchOf());
    expect(sent).toHaveLength(2);
    sent[1]?.receive(null, 'new');
    sent[0]?.receive(null, 'old');
    expect(await Promise.all([before, after])).toEqual(['old', 'new']);
  });

  it('have each its own deadline', async () => {
    const { sent, transport } = manual('http');
    const way = resilient('pos', transport, { log, ...off, shareReads: true });
    const outcomes: string[] = [];
    for (const deadlineMs of [20, 2000]) void outcomeOf(way, fetchOf({ deadlineMs })).then((outcome) => outcomes.push(outcome));
    await until(() => outcomes.length === 1);
    expect(outcomes).toEqual(['DEADLINE']);
    expect(sent.map(({ cancelled }) => cancelled)).toEqual([false]);
    sent[0]?.receive(null, { data: {} });
    await until(() => outcomes.length === 2);
    expect(outcomes).toEqual(['DEADLINE', 'answered']);
  });

  it('are given up when the last of their clients has gone', async () => {
    const pos = await subgraph(hangs);
    const clients = [clientOf(), clientOf()];
    const outcomes = clients.map((client) => outcomeOf(pos.transport, fetchOf({ client })));
    await until(() => pos.asked === 1);
    clients[0]?.leave();
    expect(await outcomes[0]).toBe('CLIENT_GONE');
    await pause(20);
    expect(pos.closed).toBe(0);
    clients[1]?.leave();
    expect(await outcomes[1]).toBe('CLIENT_GONE');
    await until(() => pos.closed === 1);
    expect(pos.asked).toBe(1);
  });

  it('are retried for all who still wait, once', async () => {
    let turn = 0;
    const pos = await subgraph((request, response) => setTimeout(() => (turn++ === 0 ? fails : works)(request, response), 20));
    expect(await Promise.all(Array.from({ length: 4 }, () => outcomeOf(pos.transport, fetchOf())))).toEqual([
      'answered',
      'answered',
      'answered',
      'answered',
    ]);
    expect(pos.asked).toBe(2);
  });

  it('are not shared in process, where loaders do that', async () => {
    const { sent, transport } = manual();
    const way = resilient('pos', transport, { log });
    way.send(fetchOf(), () => {});
    way.send(fetchOf(), () => {});
    expect(sent).toHaveLength(2);
    for (const { receive } of sent) receive(null, {});
  });
});

it('a fetch may be given up by who sent it, even while another hears of the same answer', async () => {
  const { sent, transport } = manual('http');
  const way = resilient('pos', transport, { log });
  const heard: string[] = [];
  let cancelSecond = () => {};
  way.send(fetchOf(), () => {
    heard.push('first');
    cancelSecond();
  });
  cancelSecond = way.send(fetchOf(), () => heard.push('second'));
  way.send(fetchOf(), () => heard.push('third'));
  expect(sent).toHaveLength(1);
  sent[0]?.receive(null, {});
  expect(heard).toEqual(['first', 'third']);
  expect(sent[0]?.cancelled).toBe(false);
});
