import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { buildSchema, parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { overHttp } from '../../gateway/transport/over-http.ts';
import type { Subgraph } from '../../kernel/subgraph.ts';
import { rogueServer } from '../support/faults.ts';
import { answerJson, answerTo, clientOf, fetchOf } from '../support/fetches.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('a subgraph over HTTP', () => {
  /** Answers `{"data":{"stock":7}}` and keeps what it was sent. */
  async function subgraph(secret?: string) {
    const seen: { request: IncomingMessage; body: string }[] = [];
    const sockets = new Set<Socket>();
    const server = await rogueServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push({ request, body });
      sockets.add(request.socket);
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"data":{"stock":7}}');
    });
    const transport = overHttp(new URL(`${server.url}?tenant=1`), { secret });
    closing.push(() => transport.close(), server.close);
    return { transport, seen, connections: () => sockets.size };
  }

  it('is sent query, variables and representations as they are', async () => {
    const { transport, seen } = await subgraph();
    const { operation } = fetchOf();
    const fetch = fetchOf({
      operation: { ...operation, name: 'A', query: '{ é }', bodyHead: '{"query":"{ é }","operationName":"A"' },
      variables: { first: 3 },
      representations: ['{"__typename":"Customer","id":"cus_1"}', '{"__typename":"Customer","id":"cus_2"}'],
    });
    expect(await answerTo(transport, fetch)).toEqual({ data: { stock: 7 } });
    expect(seen[0]?.request.method).toBe('POST');
    expect(seen[0]?.request.url).toBe('/graphql?tenant=1');
    expect(seen[0]?.body).toBe(
      '{"query":"{ é }","operationName":"A","variables":{"first":3,"representations":[{"__typename":"Customer","id":"cus_1"},{"__typename":"Customer","id":"cus_2"}]}}',
    );
  });

  it('is told for which request it works, how long that is waited for, and by whom it is asked', async () => {
    const { transport, seen } = await subgraph('the-secret-of-both');
    await answerTo(transport, fetchOf({ deadlineMs: 1234.5 }));
    expect(seen[0]?.request.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: 'Bearer the-secret-of-both',
      'x-request-id': '3a0f9c1e-2b4d-4c6e-8f10-123456789abc',
      'x-deadline-ms': '1234',
    });
  });

  it('is sent no authorization where there is no secret', async () => {
    const { transport, seen } = await subgraph();
    await answerTo(transport, fetchOf());
    expect(seen[0]?.request.headers).not.toHaveProperty('authorization');
  });

  it('is asked again over the connections that are there, one of which rests while the next is used', async () => {
    const { transport, seen, connections } = await subgraph();
    for (let i = 0; i < 10; i++) await answerTo(transport, fetchOf());
    expect(seen).toHaveLength(10);
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it('may answer in pieces that cut a letter in two', async () => {
    const bytes = Buffer.from('{"data":{"name":"Zoë – Łódź 🙂"}}');
    const server = await rogueServer(async (request, response) => {
      for await (const _ of request);
      response.writeHead(200, { 'Content-Type': 'application/graphql-response+json' });
      for (const byte of bytes) await new Promise((resolve) => response.write(Buffer.of(byte), resolve));
      response.end();
    });
    const transport = overHttp(new URL(server.url));
    closing.push(() => transport.close(), server.close);
    expect(await answerTo(transport, fetchOf())).toEqual({ data: { name: 'Zoë – Łódź 🙂' } });
  });

  it('may say first that it has something to say later', async () => {
    const server = await rogueServer((request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' }, () => answerJson(request, response, '{"data":{}}'));
    });
    const transport = overHttp(new URL(server.url));
    closing.push(() => transport.close(), server.close);
    expect(await answerTo(transport, fetchOf())).toEqual({ data: {} });
  });

  it('is not asked what was given up while it waited for a connection', async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      answerJson(request, response, '{"data":{}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = overHttp(new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}/`));
    closing.push(
      () => transport.close(),
      () => new Promise((resolve) => server.close(resolve)),
    );
    const receive = vi.fn();
    transport.send(fetchOf(), receive)();
    await answerTo(transport, fetchOf());
    expect(asked).toBe(1);
    expect(receive).not.toHaveBeenCalled();
  });
});

describe('a subgraph in this process', () => {
  const schema = buildSchema('type Query { stock(at: ID): Int } type Mutation { order: Int }');
  function subgraph(execute: Subgraph['execute'] = async () => ({ data: { stock: 7 } })) {
    const calls = { execute: vi.fn(execute), context: vi.fn((scope) => ({ scope })) };
    return { ...calls, transport: inProcess({ schema, ...calls } as unknown as Subgraph) };
  }

  it('is given the document, the variables, and the representations as objects', async () => {
    const { transport, execute } = subgraph();
    const ada = { __typename: 'Customer', id: 'ada' };
    const fetch = fetchOf({ variables: { first: 3 }, representations: ['{"__typename":"Customer","id":"ada"}'], objects: () => [ada] });
    expect(await answerTo(transport, fetch)).toEqual({ data: { stock: 7 } });
    const [document, variables] = execute.mock.calls[0] ?? [];
    expect(document).toBe(fetch.operation.document);
    expect(variables).toEqual({ first: 3, representations: [{ __typename: 'Customer', id: 'ada' }] });
    expect((variables as { representations: readonly unknown[] }).representations[0]).toBe(ada);
  });

  it.each(['{ stock price }', '{ stock(on: "monday") }', '{ stock ... on Shelf { __typename } }'])(
    'refuses %s, which its schema does not know, as over HTTP',
    async (query) => {
      const { transport, execute } = subgraph();
      const operation = { ...fetchOf().operation, query, document: parse(query) };
      for (let turn = 0; turn < 2; turn++)
        await expect(answerTo(transport, fetchOf({ operation }))).rejects.toMatchObject({ code: 'STATUS', status: 400 });
      expect(execute).not.toHaveBeenCalled();
    },
  );

  it('has one context for all fetches of a query, with its request and its signal', async () => {
    const { transport, context, execute } = subgraph();
    const client = clientOf();
    await Promise.all([answerTo(transport, fetchOf({ client })), answerTo(transport, fetchOf({ client }))]);
    expect(context).toHaveBeenCalledTimes(1);
    const scope = context.mock.calls[0]?.[0];
    expect(scope).toMatchObject({ requestId: client.requestId, now: client.now });
    expect(scope?.signal).toBe(client.signal);
    expect(execute.mock.calls[0]?.[2]).toBe(execute.mock.calls[1]?.[2]);
    await answerTo(transport, fetchOf());
    expect(context).toHaveBeenCalledTimes(2);
  });

  it('has a fresh context for each fetch of a mutation, whose signal is that of the fetch', async () => {
    const { transport, context } = subgraph();
    const client = clientOf();
    await answerTo(transport, fetchOf({ client, kind: 'mutation' }));
    const cancel = transport.send(fetchOf({ client, mutates: true }), () => {});
    expect(context).toHaveBeenCalledTimes(2);
    const signals = context.mock.calls.map(([scope]) => scope.signal as AbortSignal);
    expect(signals).not.toContain(client.signal);
    cancel();
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
  });

  it('is not heard any more when the fetch was given up', async () => {
    const { transport } = subgraph();
    const receive = vi.fn();
    transport.send(fetchOf(), receive)();
    await answerTo(transport, fetchOf());
    expect(receive).not.toHaveBeenCalled();
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('lost'))],
    [
      'throws',
      () => {
        throw new Error('lost');
      },
    ],
  ])('that %s is a fault', async (_, execute) => {
    await expect(answerTo(subgraph(execute).transport, fetchOf())).rejects.toThrow('lost');
  });
});
