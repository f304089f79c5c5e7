import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { overHttp } from '../../gateway/transport/over-http.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import type { HttpServer } from '../../kernel/http-server.ts';
import { serveSubgraph } from '../../kernel/subgraph-server.ts';
import { FAULTS, type Fault, type Faulty, type FaultyProxy, faultyProxy, faultySubgraph, isWaitedFor, SLOW_MS } from '../support/faults.ts';
import { type Graph, openGraph } from '../support/graph.ts';
import { ask } from '../support/graph-client.ts';
import { type TinyName, tinyGraph } from '../support/tiny-graph.ts';

const SECRET = 'a-shared-secret-of-at-least-32-characters';
/** Of the faults that are waited for until it passes; what answers has it passed neither on a busy machine. */
const DEADLINE_MS = 800;
/** Of all others: nothing waits for it. */
const LONG_MS = 60_000;
const EVERYTHING = `query ($id: ID!) { customer(id: $id) {
  id who: profile { display } purchases { count orders { number customer { id } } } recommendations { from } } }`;
/** The plan asks pos in three places. */
const OFTEN = '{ cases { order { number customer { id purchases { count } } } } orders { number } }';
const unavailable = (service: string, path: readonly (string | number)[]) => ({
  message: `The ${service} service is unavailable.`,
  path,
  extensions: { code: 'SUBGRAPH_UNAVAILABLE', service },
});

describe.each(['in one process', 'over HTTP'])('an unavailable subgraph, %s', (shape) => {
  let graph: Graph;
  let hasty: Graph;
  const faulty = new Map<TinyName, Faulty>();
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const log = pino({ enabled: false });
    const { supergraphSdl, subgraphs } = tinyGraph();
    const transports = new Map<string, Transport>();
    for (const [name, subgraph] of subgraphs) {
      if (shape === 'in one process') {
        const wrapped = faultySubgraph(subgraph);
        faulty.set(name as TinyName, wrapped);
        transports.set(name, inProcess(wrapped));
      } else {
        const server: HttpServer = await serveSubgraph({
          subgraph,
          host: '127.0.0.1',
          port: 0,
          secret: SECRET,
          deadlineMs: 5000,
          bodyLimitBytes: 100_000,
          graceMs: 0,
          clock: Date.now,
          log,
        });
        const proxy: FaultyProxy = await faultyProxy(`http://127.0.0.1:${server.port}/graphql`);
        faulty.set(name as TinyName, proxy);
        transports.set(name, overHttp(new URL(proxy.url), { secret: SECRET }));
        closing.push(proxy.close, server.drain);
      }
    }
    // A retry or an open breaker would hide what is looked at here.
    const resilience = { retry: false, breaker: false } as const;
    const options = { supergraphSdl, transports, resilience, introspection: false, log };
    graph = await openGraph({ ...options, deadlineMs: LONG_MS });
    hasty = await openGraph({ ...options, deadlineMs: DEADLINE_MS });
    closing.unshift(graph.stop, hasty.stop);
    // Planned before anything is timed.
    for (const each of [graph, hasty]) for (const query of [EVERYTHING, OFTEN]) await ask(each, query, { id: 'ada' });
  });
  beforeEach(() => {
    for (const subgraph of faulty.values()) subgraph.fault = 'none';
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  const graphFor = (fault: Fault) => (isWaitedFor(fault) ? hasty : graph);

  it('is not there when all of them answer', async () => {
    expect(await ask(graph, EVERYTHING, { id: 'ada' })).toEqual({
      data: {
        customer: {
          id: 'ada',
          who: { display: 'ada/1' },
          purchases: { count: 1, orders: [{ number: '1001', customer: { id: 'ada' } }] },
          recommendations: { from: ['permissions', 'crmSignals', 'posSignals'] },
        },
      },
    });
  });

  it.each(FAULTS)('loses its own field alone, and the rest is computed without it: %s', async (fault) => {
    faulty.get('crm')!.fault = fault;
    const startedAt = performance.now();
    expect(await ask(graphFor(fault), EVERYTHING, { id: 'ada' })).toEqual({
      data: {
        customer: {
          id: 'ada',
          who: null,
          purchases: { count: 1, orders: [{ number: '1001', customer: { id: 'ada' } }] },
          recommendations: { from: ['permissions', 'posSignals'] },
        },
      },
      errors: [unavailable('crm', ['customer', 'who'])],
    });
    expect(performance.now() - startedAt).toBeLessThan(SLOW_MS);
  });

  it.each(FAULTS)('is one coded error when nothing can be said of the customer at all: %s', async (fault) => {
    faulty.get('identity')!.fault = fault;
    const startedAt = performance.now();
    expect(await ask(graphFor(fault), EVERYTHING, { id: 'ada' })).toEqual({
      data: { customer: null },
      errors: [unavailable('identity', ['customer'])],
    });
    expect(performance.now() - startedAt).toBeLessThan(SLOW_MS);
  });

  it('is reported at each place of a list, and at no customer that does not exist', async () => {
    faulty.get('crm')!.fault = 'stopped';
    expect(await ask(graph, '{ customers(ids: ["ada", "nobody", "ben"]) { id profile { display } } }')).toEqual({
      data: { customers: [{ id: 'ada', profile: null }, null, { id: 'ben', profile: null }] },
      errors: [unavailable('crm', ['customers', 0, 'profile']), unavailable('crm', ['customers', 2, 'profile'])],
    });
  });

  it('is no error where a computation did without it and says so itself', async () => {
    faulty.get('pos')!.fault = 'stopped';
    expect(await ask(graph, '{ customer(id: "ada") { recommendations { from } } }')).toEqual({
      data: { customer: { recommendations: { from: ['permissions', 'crmSignals'] } } },
    });
  });

  it('is the error of a field that came out null for want of what the client can not see', async () => {
    faulty.get('pos')!.fault = 'stopped';
    expect(await ask(graph, '{ cases { id order { id customer { id } } } }')).toEqual({
      data: { cases: [{ id: 'c1', order: { id: 'o1', customer: null } }] },
      errors: [unavailable('pos', ['cases', 0, 'order', 'customer'])],
    });
  });

  it('is waited for once in a request, however often the plan asks it', async () => {
    faulty.get('pos')!.fault = 'hanging';
    const startedAt = performance.now();
    const { errors } = await ask(hasty, OFTEN);
    expect(errors?.map((error) => error.path)).toEqual([['orders'], ['cases', 0, 'order', 'number'], ['cases', 0, 'order', 'customer']]);
    expect(performance.now() - startedAt).toBeLessThan(2 * DEADLINE_MS);
  });

  it('leaves open whether a mutation was done, and says how to repeat it', async () => {
    faulty.get('pos')!.fault = 'hanging';
    const { data, errors } = await ask(hasty, 'mutation { orderRecord(number: "1") { order { number } } }');
    expect(data).toEqual({ orderRecord: null });
    expect(errors).toEqual([
      {
        message:
          'The pos service is unavailable. Whether the change was made is not known; it is safe to repeat it with the same idempotencyKey.',
        path: ['orderRecord'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'pos' },
      },
    ]);
  });

  it('is forgotten as soon as it answers again', async () => {
    faulty.get('crm')!.fault = 'stopped';
    await ask(graph, EVERYTHING, { id: 'ada' });
    faulty.get('crm')!.fault = 'none';
    expect(await ask(graph, EVERYTHING, { id: 'ada' })).not.toHaveProperty('errors');
  });

  it('keeps the faults of resolvers to itself, and passes on what they address to the client', async () => {
    const { data, errors } = await ask(graph, '{ customer(id: "ada") { profile { display broken notes(first: 3) } } }');
    expect(data).toEqual({ customer: { profile: { display: 'ada/1', broken: null, notes: null } } });
    expect(errors).toHaveLength(2);
    expect(errors).toEqual(
      expect.arrayContaining([
        {
          message: 'The crm service could not answer this.',
          path: ['customer', 'profile', 'broken'],
          extensions: { code: 'SUBGRAPH_ERROR', service: 'crm' },
        },
        {
          message: 'Argument "first" must be at most 2.',
          path: ['customer', 'profile', 'notes'],
          extensions: { code: 'BAD_USER_INPUT', service: 'crm', argument: 'first' },
        },
      ]),
    );
  });
});
