import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpServer } from '../../kernel/http-server.ts';
import { createLog } from '../../kernel/log.ts';
import { serveSubgraph } from '../../kernel/subgraph-server.ts';
import { type Faulty, faultySubgraph } from '../support/faults.ts';
import type { Json } from '../support/graph-client.ts';
import { CANARY, tinyGraph } from '../support/tiny-graph.ts';

const SECRET = 'a-shared-secret-of-at-least-32-characters';
const PROFILE = {
  query: 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { profile { display } } } }',
  variables: { of: [{ __typename: 'Customer', id: 'ada', members: ['ada'] }] },
};

describe('a subgraph over HTTP', () => {
  let server: HttpServer;
  let faulty: Faulty;
  let logged = '';

  beforeEach(async () => {
    const crm = tinyGraph().subgraphs.get('crm');
    if (!crm) throw new Error('crm');
    const subgraph = faultySubgraph(crm);
    faulty = subgraph;
    logged = '';
    server = await serveSubgraph({
      subgraph,
      host: '127.0.0.1',
      port: 0,
      secret: SECRET,
      deadlineMs: 60_000,
      bodyLimitBytes: 4096,
      graceMs: 0,
      clock: Date.now,
      log: createLog('trace', { write: (line) => (logged += line) }),
    });
  });
  afterEach(() => server.drain());

  async function send(body: unknown, headers: Record<string, string> = {}): Promise<[status: number, body: Json]> {
    const response = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}`, ...headers },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  }

  it('answers a router that bears the secret', async () => {
    expect(await send(PROFILE)).toEqual([200, { data: { _entities: [{ profile: { display: 'ada/1' } }] } }]);
  });

  it('shows a router its SDL', async () => {
    const [status, { data }] = await send({ query: '{ _service { sdl } }' });
    expect([status, data._service.sdl]).toEqual([200, expect.stringContaining('type Profile')]);
  });

  it.each([
    ['no secret', ''],
    ['another secret', `Bearer ${SECRET}x`],
    ['the secret in another scheme', `Basic ${SECRET}`],
  ])('answers nothing to who bears %s', async (_, authorization) => {
    for (const body of [PROFILE, { query: '{ _service { sdl } }' }])
      expect(await send(body, { authorization })).toEqual([
        401,
        { errors: [{ message: 'Send the shared secret as a bearer token.', extensions: { code: 'UNAUTHENTICATED' } }] },
      ]);
  });

  it('says that it lives and is ready to anybody', async () => {
    for (const path of ['livez', 'readyz']) expect((await fetch(`http://127.0.0.1:${server.port}/${path}`)).status).toBe(200);
  });

  it.each<[string, unknown, number, string]>([
    ['a body that is too large', { query: '#'.repeat(5000) }, 413, 'REQUEST_TOO_LARGE'],
    ['a body without a query', { variables: {} }, 400, 'BAD_REQUEST'],
    ['variables that are a list', { query: '{ __typename }', variables: [] }, 400, 'BAD_REQUEST'],
    ['a query that is not GraphQL', { query: '{' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['a query for what it does not have', { query: '{ salaries }' }, 400, 'GRAPHQL_VALIDATION_FAILED'],
  ])('refuses %s with a code', async (_, body, status, code) => {
    expect(await send(body)).toEqual([status, { errors: [{ message: expect.any(String), extensions: { code } }] }]);
  });

  it('stops waiting when the gateway does', async () => {
    faulty.fault = 'hanging';
    const startedAt = performance.now();
    const [status] = await send(PROFILE, { 'x-deadline-ms': '100' });
    expect(status).toBe(504);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  it('neither passes on nor logs what a resolver threw', async () => {
    const broken = { ...PROFILE, query: PROFILE.query.replace('display', 'display broken') };
    const [status, { data, errors }] = await send(broken, { 'x-request-id': CANARY });
    expect(status).toBe(200);
    expect(data._entities).toEqual([{ profile: { display: 'ada/1', broken: null } }]);
    expect(errors).toEqual([
      {
        message: 'The crm service could not answer this.',
        path: ['_entities', 0, 'profile', 'broken'],
        extensions: { code: 'SUBGRAPH_ERROR' },
      },
    ]);
    expect(logged).toContain('a resolver failed');
    expect(logged).not.toContain('canary');
  });
});
