import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ApolloServer } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { GraphPlugin } from '../../gateway/http/plugins.ts';
import { type Gateway, openGateway } from '../support/gateway.ts';
import { type SmallEngine, smallEngine } from '../support/small-engine.ts';

const REQUEST_ID = '00000000-0000-4000-8000-00000000000a';
/** The same graph twice: as it is, and with a plugin, for which every request goes through Apollo Server. */
const gateways: Gateway[] = [];
const [ours, apollos] = [0, 1] as const;

let engine: SmallEngine;

const unavailable = () => {
  throw new GraphQLError('The resolver said so.', { extensions: { code: 'BAD_USER_INPUT' } });
};
const echoes = {
  sdl: `
  type Query { echo(text: String, of: Choice, in: Box): String! many(count: Int!): [String!] broken: String wrong: String! }
  type Mutation { set(text: String!): String }
  enum Choice { ONE TWO }
  input Box { text: String! inner: Box list: [Int!] }
`,
  resolvers: {
    Query: {
      echo: (_: unknown, args: object) => JSON.stringify(args),
      many: (_: unknown, { count }: { count: number }) => Array.from({ length: count }, (_, i) => `item ${i} お客様`),
      broken: unavailable,
      wrong: unavailable,
    },
    Mutation: { set: (_: unknown, { text }: { text: string }) => text },
  },
};

beforeAll(async () => {
  engine = await smallEngine({ echoes });
  const idle: GraphPlugin = {};
  for (const plugins of [[], [idle]]) gateways.push(await openGateway({ engine: engine.engine, plugins }));
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await engine.close();
});

interface Sent {
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}
interface Got {
  readonly status: number | undefined;
  readonly headers: readonly string[];
  readonly text: string;
}

/** Everything that a client can see but the date. */
function send(which: 0 | 1, { body, headers }: Sent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      {
        port: gateways[which]?.port,
        path: '/graphql',
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': REQUEST_ID, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const lines = response.rawHeaders.flatMap((name, i, all) => (i % 2 === 0 && name !== 'Date' ? [`${name}: ${all[i + 1]}`] : []));
          const bytes = Buffer.concat(chunks);
          const encoding = response.headers['content-encoding'];
          const plain = encoding === 'br' ? brotliDecompressSync(bytes) : encoding === 'gzip' ? gunzipSync(bytes) : bytes;
          resolve({ status: response.statusCode, headers: lines, text: plain.toString('latin1') });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** Whether an answer came without Apollo Server, and the answer. */
async function sendFast(sent: Sent): Promise<{ readonly fast: boolean; readonly got: Got }> {
  const apollo = vi.spyOn(ApolloServer.prototype, 'executeHTTPGraphQLRequest');
  const got = await send(ours, sent);
  const fast = apollo.mock.calls.length === 0;
  apollo.mockRestore();
  return { fast, got };
}

const json = (body: unknown, headers: Record<string, string> = {}): Sent => ({ body: JSON.stringify(body), headers });
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const ECHO = 'query Echo($text: String, $of: Choice, $in: Box) { echo(text: $text, of: $of, in: $in) }';
const TWO = 'query One { one: echo(text: "1") } query Two { two: echo(text: "2") }';
const SHORT = '{ echo(text: "short") }';
const LONG = '{ many(count: 200) }';

/** Asked a second time, these need nothing but execution. */
const FAST: Readonly<Record<string, Sent>> = {
  'a query': json({ query: SHORT }),
  'a query with everything null': json({ query: SHORT, operationName: null, variables: null, extensions: null }),
  'variables that fit': json({ query: ECHO, variables: { text: 'x', of: 'TWO', in: { text: 'y', inner: { text: 'z', list: [1, 2] } } } }),
  'variables that are null': json({ query: ECHO, variables: { text: null, of: null, in: null } }),
  'no variables where none are needed': json({ query: ECHO }),
  'variables that the query does not have': json({ query: ECHO, variables: { other: [1] } }),
  'one item for a list': json({ query: ECHO, variables: { in: { text: 'y', list: 1 } } }),
  'an operation by name': json({ query: TWO, operationName: 'Two' }),
  'the only operation by name': json({ query: ECHO, operationName: 'Echo' }),
  'keys that mean nothing': json({ query: SHORT, id: 1, mode: 'x', extensions: { clientLibrary: { name: 'x' } } }),
  'text beyond ASCII': json({ query: '{ echo(text: "田中 愛子 😀 \\u0000") }' }),
  'text beyond ASCII in variables': json({ query: ECHO, variables: { text: '\ud83d\ude00 é \ud800' } }),
  'an error in a part': json({ query: '{ a: echo broken }' }),
  'an error in everything': json({ query: '{ wrong }' }),
  'a mutation': json({ query: 'mutation { set(text: "x") }' }),
  'an Accept header of old clients': json({ query: SHORT }, { accept: 'application/json' }),
  'an Accept header of new clients': json({ query: SHORT }, { accept: 'application/graphql-response+json, application/json;q=0.9' }),
  'any type at all': json({ query: SHORT }, { accept: '*/*' }),
  'an Accept header of Apollo Client': json(
    { query: SHORT },
    { accept: 'application/graphql-response+json,application/json;q=0.9,*/*;q=0.1' },
  ),
  'a content type with its character set': json({ query: SHORT }, { 'content-type': 'Application/JSON; charset=utf-8' }),
  'a long answer': json({ query: LONG }),
  'a long answer, compressed by brotli': json({ query: LONG }, { 'accept-encoding': 'gzip, deflate, br' }),
  'a long answer, compressed by gzip': json({ query: LONG }, { 'accept-encoding': 'gzip' }),
  'a short answer to who can decompress': json({ query: SHORT }, { 'accept-encoding': 'gzip, br' }),
  'a persisted query with its text': json({ query: SHORT, extensions: { persistedQuery: { version: 1, sha256Hash: hash(SHORT) } } }),
};

/** These stay with Apollo Server. */
const SLOW: Readonly<Record<string, Sent>> = {
  'an operation that is not there': json({ query: TWO, operationName: 'Three' }),
  'an operation without a name': json({ query: TWO, operationName: '' }),
  'one of two operations without saying which': json({ query: TWO }),
  'the name of an operation that is a number': json({ query: TWO, operationName: 1 }),
  'a variable of the wrong type': json({ query: ECHO, variables: { text: 1 } }),
  'a value that the enum does not have': json({ query: ECHO, variables: { of: 'THREE' } }),
  'an input without its required field': json({ query: ECHO, variables: { in: {} } }),
  'an input with a field too many': json({ query: ECHO, variables: { in: { text: 'x', more: 1 } } }),
  'a required variable that is missing': json({ query: 'query ($n: Int!) { many(count: $n) }' }),
  'a required variable that is null': json({ query: 'query ($n: Int!) { many(count: $n) }', variables: { n: null } }),
  'a number too large': json({ query: 'query ($n: Int!) { many(count: $n) }', variables: { n: 2 ** 31 } }),
  'variables as a list': json({ query: SHORT, variables: [] }),
  'variables as text': json({ query: SHORT, variables: '{}' }),
  'extensions as a list': json({ query: SHORT, extensions: [] }),
  'extensions as text': json({ query: SHORT, extensions: '{}' }),
  'an empty query': json({ query: '' }),
  'no query': json({ variables: {} }),
  'a query that is null': json({ query: null }),
  'a query that is a number': json({ query: 1 }),
  'a query as a document': json({ query: { kind: 'Document' } }),
  nothing: json({}),
  null: json(null),
  'a number': json(1),
  'a batch': json([{ query: SHORT }]),
  'an empty batch': json([]),
  'a query that does not parse': json({ query: '{ echo(' }),
  'a query that does not fit the schema': json({ query: '{ nothing }' }),
  'the schema': json({ query: '{ __schema { queryType { name } } }' }),
  'a subscription': json({ query: 'subscription { x }' }),
  'a type that nobody can give': json({ query: SHORT }, { accept: 'text/csv' }),
  'a byte-order mark': { body: Buffer.from(`\ufeff${JSON.stringify({ query: SHORT })}`), headers: {} },
  'a body cut off': { body: '{"query":', headers: {} },
  'no body': { body: '', headers: {} },
  'a form': { body: 'query=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  'a hash that nobody has registered': json({ extensions: { persistedQuery: { version: 1, sha256Hash: hash('{ x }') } } }),
  'a hash of another text': json({ query: SHORT, extensions: { persistedQuery: { version: 1, sha256Hash: hash(LONG) } } }),
  'a hash of another version': json({ query: SHORT, extensions: { persistedQuery: { version: 2, sha256Hash: hash(SHORT) } } }),
  'a hash that is none': json({ extensions: { persistedQuery: { version: 1, sha256Hash: { a: 1 } } } }),
  'a persisted query that is none': json({ query: SHORT, extensions: { persistedQuery: true } }),
};

describe('a request that was prepared before', () => {
  it.each(Object.entries(FAST))('is answered as by Apollo Server, without it: %s', async (_, sent) => {
    const expected = await send(apollos, sent);
    expect(await send(ours, sent)).toEqual(expected);
    expect(await sendFast(sent)).toEqual({ fast: true, got: expected });
  });

  it('may be a persisted query by its hash alone', async () => {
    const query = '{ echo(text: "persisted") }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: hash(query) } };
    const registered = await send(ours, json({ query, extensions }));
    expect(JSON.parse(registered.text)).toEqual({ data: { echo: '{"text":"persisted"}' } });
    expect(await sendFast(json({ extensions }))).toEqual({ fast: true, got: registered });
  });
});

describe('any other request', () => {
  it.each(Object.entries(SLOW))('is answered by Apollo Server: %s', async (_, sent) => {
    const expected = await send(apollos, sent);
    expect(await send(ours, sent)).toEqual(expected);
    expect((await sendFast(sent)).got).toEqual(expected);
    expect([expected.status, expected.text]).not.toEqual([200, expect.stringContaining('"data"')]);
  });
});
