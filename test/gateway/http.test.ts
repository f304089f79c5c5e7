import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Readiness } from '../../kernel/http-server.ts';
import { createLog } from '../../kernel/log.ts';
import { type Gateway, openGateway, openTinyGraph } from '../support/gateway.ts';
import type { Graph } from '../support/graph.ts';
import { post } from '../support/graph-client.ts';
import { CANARY } from '../support/tiny-graph.ts';

let graph: Graph;
let gateway: Gateway;
let url: string;
let readiness: Readiness;
let logged: string;
const log = createLog('trace', { write: (line) => (logged += line) });

async function start(production: boolean): Promise<void> {
  gateway = await openGateway({
    engine: graph.engine,
    bodyLimitBytes: 4096,
    production,
    introspection: !production,
    readiness: () => readiness,
    log,
  });
  url = gateway.url;
}

beforeAll(async () => {
  graph = await openTinyGraph(log);
});
afterAll(() => graph.stop());
beforeEach(() => {
  readiness = { ready: true };
  logged = '';
});
afterEach(() => gateway.close());

const JSON_HEADERS = { 'content-type': 'application/json' };

describe('the gateway over HTTP, in production', () => {
  beforeEach(() => start(true));

  it('answers a POST', async () => {
    expect(await post(`${url}/graphql`, '{ customer(id: "ada") { id } }')).toEqual({ data: { customer: { id: 'ada' } }, status: 200 });
  });

  it('answers a GET that says it is no form', async () => {
    const query = `${url}/graphql?query=${encodeURIComponent('{ customer(id: "ada") { id } }')}`;
    const response = await fetch(query, { headers: { 'apollo-require-preflight': '1' } });
    expect(await response.json()).toEqual({ data: { customer: { id: 'ada' } } });
    expect((await fetch(query)).status).toBe(400);
  });

  it('refuses a mutation by GET', async () => {
    const query = encodeURIComponent('mutation { orderRecord(number: "1") { order { id } } }');
    const response = await fetch(`${url}/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(response.status).toBe(405);
  });

  it.each(['PUT', 'DELETE', 'OPTIONS', 'HEAD'])('says that %s is no way to ask', async (method) => {
    const response = await fetch(`${url}/graphql`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it('gives each answer the media type that was asked for', async () => {
    const type = async (accept: string) =>
      (
        await fetch(`${url}/graphql`, { method: 'POST', headers: { ...JSON_HEADERS, accept }, body: '{"query":"{ __typename }"}' })
      ).headers.get('content-type');
    expect(await type('application/graphql-response+json')).toContain('application/graphql-response+json');
    expect(await type('application/json')).toContain('application/json');
  });

  it.each([
    ['a body that is not JSON', { body: '{"query":', headers: JSON_HEADERS }, 400, 'BAD_REQUEST'],
    ['a body of another type', { body: 'query=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'BAD_REQUEST'],
    [
      'a form, which any web page could send',
      { body: '{"query":"{ __typename }"}', headers: { 'content-type': 'text/plain' } },
      415,
      'BAD_REQUEST',
    ],
    ['a compressed body', { body: 'x', headers: { ...JSON_HEADERS, 'content-encoding': 'gzip' } }, 415, 'BAD_REQUEST'],
    ['a body larger than allowed', { body: JSON.stringify({ query: '#'.repeat(5000) }), headers: JSON_HEADERS }, 413, 'REQUEST_TOO_LARGE'],
    ['a query that is not GraphQL', { body: JSON.stringify({ query: '{' }), headers: JSON_HEADERS }, 400, 'GRAPHQL_PARSE_FAILED'],
    [
      'a query without fields of ours',
      { body: JSON.stringify({ query: '{ custmer { id } }' }), headers: JSON_HEADERS },
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['no query', { body: '{}', headers: JSON_HEADERS }, 400, 'BAD_REQUEST'],
    [
      'an operation that the query does not have',
      { body: JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }), headers: JSON_HEADERS },
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'one of two operations without saying which',
      { body: JSON.stringify({ query: 'query A { __typename } query B { __typename }' }), headers: JSON_HEADERS },
      400,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'a subscription, of which there are none',
      { body: JSON.stringify({ query: 'subscription { orders }' }), headers: JSON_HEADERS },
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'an alias that no object can hold',
      { body: JSON.stringify({ query: '{ customer(id: "ada") { __proto__: id } }' }), headers: JSON_HEADERS },
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ],
  ])('answers %s with a coded error in JSON', async (_, init, status, code) => {
    const response = await fetch(`${url}/graphql`, { method: 'POST', ...init });
    expect(response.status).toBe(status);
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors[0]?.extensions).toEqual({ code });
    expect(errors[0]?.message).not.toMatch(/Did you mean/);
  });

  it('counts the bytes of a body that announces none', async () => {
    const status = await new Promise((resolve, reject) => {
      const upload = request(
        `${url}/graphql`,
        { method: 'POST', headers: { ...JSON_HEADERS, 'transfer-encoding': 'chunked' } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      upload.on('error', reject);
      for (let sent = 0; sent < 20; sent++) upload.write('x'.repeat(1024));
      upload.end();
    });
    expect(status).toBe(413);
  });

  it('does not show its schema', async () => {
    const { errors } = await post(`${url}/graphql`, '{ __schema { types { name } } }');
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('serves no GraphiQL', async () => {
    expect((await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } })).headers.get('content-type')).toMatch(/json/);
    expect((await fetch(`${url}/`, { redirect: 'manual' })).status).toBe(404);
    expect((await fetch(`${url}/graphiql/graphiql.js`)).status).toBe(404);
  });

  it.each([
    ['a variable of the wrong type', { query: 'query ($id: ID!) { customer(id: $id) { id } }', variables: { id: { mail: CANARY } } }],
    ['an item of the wrong type', { query: 'query ($ids: [ID!]!) { customers(ids: $ids) { id } }', variables: { ids: ['ada', [CANARY]] } }],
    ['a scalar of ours', { query: 'query ($at: DateTime!) { since(at: $at) }', variables: { at: CANARY } }],
    ['a literal of a scalar of ours', { query: `{ since(at: "${CANARY}") }` }],
    ['a literal of the wrong type', { query: `{ customer(id: {mail: "${CANARY}"}) { id } }` }],
    ['a string that is not closed', { query: `{ customer(id: "${CANARY}) { id } }` }],
    ['the name of an operation', { query: 'query A { __typename }', operationName: CANARY }],
    ['a string out of place', { query: `{ customer "${CANARY}" }` }],
    ['a fault inside a subgraph that quotes it', { query: '{ customer(id: "ada") { profile { broken } } }' }],
    ['an identifier that nobody has', { query: `{ customer(id: "${CANARY}") { id } }` }],
  ])('never repeats or logs what a client sent: %s', async (_, body) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_HEADERS, 'x-request-id': CANARY, 'x-mail': CANARY, cookie: `mail=${CANARY}`, authorization: `Bearer ${CANARY}` },
      body: JSON.stringify(body),
    });
    expect(await response.text()).not.toContain('canary');
    expect([...response.headers].join()).not.toContain('canary');
    // Something was logged, so that this could have failed.
    expect(logged).toContain('"status":');
    expect(logged).not.toContain('canary');
  });

  it('refuses a null that decides a condition, cold and on the fast path, and takes its absence for the default', async () => {
    const query = 'query ($if: Boolean = true) { __typename ...rest } fragment rest on Query { also: __typename @skip(if: $if) }';
    for (const _ of ['cold', 'fast']) {
      expect(await post(`${url}/graphql`, query, {})).toMatchObject({ status: 200, data: { __typename: 'Query' } });
      expect(await post(`${url}/graphql`, query, { if: null })).toMatchObject({
        status: 400,
        errors: [
          {
            message: 'Variable "$if" is null, and decides a condition. Send true or false, or leave it out.',
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      });
    }
  });

  it('refuses a query that is nested deeper than it can be read, in words of its own', async () => {
    const { errors, status } = await post(`${url}/graphql`, `{ a(x: ${'['.repeat(4000)}`, {});
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ message: 'The query is nested too deeply. Ask for less in one another.' }]);
  });

  it('says which variable is wrong, where and what it should be', async () => {
    const { errors, status } = await post(`${url}/graphql`, 'query ($at: DateTime!) { since(at: $at) }', { at: 'yesterday' });
    expect(status).toBe(400);
    expect(errors).toEqual([
      {
        message:
          'Variable "$at" does not fit its type DateTime!. DateTime must be an ISO 8601 instant with an offset, such as 2026-03-01T09:30:00Z.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('lives while it runs, and is ready when it is', async () => {
    readiness = { ready: false, reason: 'the demo store is being filled' };
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const waiting = await fetch(`${url}/readyz`);
    expect([waiting.status, await waiting.json()]).toEqual([503, { status: 'unavailable', reason: 'the demo store is being filled' }]);
    readiness = { ready: true };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('the gateway over HTTP, in development', () => {
  beforeEach(() => start(false));

  it('sends a browser to GraphiQL, all of which it serves itself', async () => {
    const page = await fetch(`${url}/`, { headers: { accept: 'text/html,application/xhtml+xml' } });
    expect(page.url).toBe(`${url}/graphql`);
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/);
    const html = await page.text();
    expect(html).not.toMatch(/https?:/);
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files).toHaveLength(3);
    for (const file of [...files, '/graphiql/editor.worker.js', '/graphiql/json.worker.js', '/graphiql/graphql.worker.js'])
      expect(await (await fetch(url + file)).text()).not.toBe('');
    const css = await (await fetch(`${url}/graphiql/graphiql.css`)).text();
    expect(css).not.toMatch(/url\(["']?https?:|@import/);
  });

  it('shows its schema', async () => {
    expect((await post(`${url}/graphql`, '{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
  });
});

it('says which port is taken instead of starting', async () => {
  await start(true);
  await expect(openGateway({ engine: graph.engine, port: gateway.port })).rejects.toThrow(
    `PORT: ${gateway.port} on 127.0.0.1 is in use. Stop what listens there or set another PORT.`,
  );
});
