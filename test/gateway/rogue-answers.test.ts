import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { MAX_ANSWER_BYTES, overHttp } from '../../gateway/transport/over-http.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import { createLog } from '../../kernel/log.ts';
import { rogueServer } from '../support/faults.ts';
import { type Graph, openGraph } from '../support/graph.ts';
import { ask } from '../support/graph-client.ts';
import { CANARY, tinyGraph } from '../support/tiny-graph.ts';

const json = (body: string) => (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' }).end(body);
const entity = (fields: string) => json(`{"data":{"_entities":[{"__typename":"Customer",${fields}}]}}`);
const secrets = `${CANARY} at http://10.1.2.3:4003/graphql`;

const ANSWERS: readonly [name: string, answer: (response: ServerResponse) => unknown][] = [
  [
    '500 with secrets in its body',
    (response) => response.writeHead(500, { 'content-type': 'application/json' }).end(`{"errors":[{"message":"${secrets}"}]}`),
  ],
  ['503 in HTML', (response) => response.writeHead(503, { 'content-type': 'text/html' }).end(`<h1>${secrets}</h1>`)],
  ['a redirect to somewhere that would answer', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/graphql' }).end()],
  ['HTML with status 200', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{"data":{}}')],
  ['an empty body', json('')],
  ['JSON that is cut off', json('{"data":{"_entities":[{"__typename":"Customer","profile":{"disp')],
  [
    'fewer bytes than announced',
    (response) =>
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 900 }).write('{"data":', () => response.destroy()),
  ],
  ['null', json('null')],
  ['a list', json('[{"data":null}]')],
  ['neither data nor errors', json('{"ok":true}')],
  ['errors that are no list', json('{"data":null,"errors":"boom"}')],
  ['errors that have no place, and no data', json(`{"errors":[{"message":"${secrets}"}]}`)],
  ['data without the field that was asked for', json('{"data":{}}')],
  ['fewer entities than asked for', json('{"data":{"_entities":[]}}')],
  ['more entities than asked for', json('{"data":{"_entities":[null,null]}}')],
  ['text for an entity', json('{"data":{"_entities":["banana"]}}')],
  ['an entity without its fields', entity('"id":"ada"')],
  ['text for an object', entity('"profile":"banana"')],
  ['a number inside a list of objects', entity('"profile":[7]')],
  ['lists in lists in lists', entity(`"profile":${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  [
    'more than the gateway reads',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (left: number): unknown => (left === 0 ? response.end() : response.write(chunk, () => more(left - 1)));
      more(MAX_ANSWER_BYTES / chunk.length + 2);
    },
  ],
];

describe('a subgraph that answers', () => {
  let answer: (response: ServerResponse) => unknown;
  let logged = '';
  let graph: Graph;
  const closing: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    const rogue = await rogueServer((request, response) => {
      request.resume();
      answer(response);
    });
    const { supergraphSdl, subgraphs } = tinyGraph();
    const transports = new Map<string, Transport>([...subgraphs].map(([name, subgraph]) => [name, inProcess(subgraph)]));
    transports.set('crm', overHttp(new URL(rogue.url), { secret: 'x'.repeat(32) }));
    const log = createLog('warn', { write: (text) => (logged += text) });
    // Every answer is wrong here, and each shall be looked at.
    const resilience = { retry: false, breaker: false } as const;
    graph = await openGraph({ supergraphSdl, transports, deadlineMs: 2000, resilience, introspection: false, log });
    closing.push(() => graph.stop(), rogue.close);
  });
  beforeEach(() => {
    logged = '';
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });

  it.each(ANSWERS)('%s is taken as unavailable, and nothing of it is passed on', async (_, wrong) => {
    answer = wrong;
    expect(await ask(graph, '{ customer(id: "ada") { id profile { display } purchases { count } } }')).toEqual({
      data: { customer: { id: 'ada', profile: null, purchases: { count: 1 } } },
      errors: [
        {
          message: 'The crm service is unavailable.',
          path: ['customer', 'profile'],
          extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'crm' },
        },
      ],
    });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    expect(logged).not.toContain(CANARY);
  });

  it.each([
    ['an empty list for an object', '[]'],
    ['a list of objects for an object', '[{"display":"Ada"}]'],
  ])('%s is told of, at the place where null is', async (_, profile) => {
    answer = entity(`"profile":${profile}`);
    expect(await ask(graph, '{ customer(id: "ada") { profile { display } purchases { count } } }')).toEqual({
      data: { customer: { profile: null, purchases: { count: 1 } } },
      errors: [
        { message: 'A value that is always there was missing.', path: ['customer', 'profile'], extensions: { code: 'SUBGRAPH_ERROR' } },
      ],
    });
  });

  it('that it knows another secret is told of to the operator, by status', async () => {
    answer = (response) => response.writeHead(401, { 'content-type': 'application/json' }).end(secrets);
    await ask(graph, '{ customer(id: "ada") { profile { display } } }');
    expect(JSON.parse(logged)).toMatchObject({ service: 'crm', status: 401, msg: 'a subgraph has another SUBGRAPH_SECRET' });
    expect(logged).not.toContain(CANARY);
  });
});
