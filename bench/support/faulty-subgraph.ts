import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, type GraphQLSchema, parse } from 'graphql';

/** What a body or a header of a fault carries and no client may ever see. */
export const SECRET = 'hunter2-of-the-house';

const JSON_TYPE = { 'content-type': 'application/json' };
const HUGE_BYTES = 200 * 1024 * 1024;
const CHUNK = Buffer.alloc(256 * 1024, ' ');
const INTERNAL_ERROR = JSON.stringify({
  errors: [
    { message: `connect to mongodb://admin:${SECRET}@10.0.0.7 failed`, extensions: { stacktrace: ['at query (/srv/store.js:1:1)'] } },
  ],
});

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** The first half of the right answer, then `after`. */
const half = (after: (request: IncomingMessage) => void): Answer => {
  return (request, response, body) => {
    response.writeHead(200, { ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    response.write(body.slice(0, body.length / 2), () => after(request));
  };
};

/** How a subgraph can fail; `body` is what it should have said. `down` and `flapping` are the server's: see below. */
const ANSWERS = {
  hang: () => {},
  'reset amid the body': half((request) => setTimeout(() => request.socket.resetAndDestroy(), 5)),
  truncation: half((request) => request.socket.end()),
  'no JSON': (_, response) => response.writeHead(200, JSON_TYPE).end(`{"data":${SECRET}`),
  'wrong JSON': (_, response) => response.writeHead(200, JSON_TYPE).end(`{"data":{"_entities":["${SECRET}", 7],"customer":[]}}`),
  '500 with secrets': (_, response) => response.writeHead(500, JSON_TYPE).end(INTERNAL_ERROR),
  '200 MB': (_, response) => {
    let left = HUGE_BYTES;
    response.writeHead(200, JSON_TYPE);
    const more = () => {
      if (response.destroyed) return;
      left -= CHUNK.length;
      if (left <= 0) response.end();
      else response.write(CHUNK, more);
    };
    more();
  },
  redirect: (_, response) => response.writeHead(307, { location: `http://user:${SECRET}@127.0.0.1:1/internal` }).end(),
  dribble: (_, response, body) => {
    let sent = 0;
    response.writeHead(200, JSON_TYPE);
    const next = setInterval(() => response.write(body.charAt(sent++)), 50);
    response.on('close', () => clearInterval(next));
  },
} satisfies Record<string, Answer>;

export const FAULTS = ['down', ...(Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]), 'flapping'] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultySubgraph {
  readonly url: URL;
  /** Requests since it was last set to 0. */
  asked: number;
  /** Null: it works. */
  fail(fault: Fault | null): Promise<void>;
  close(): Promise<void>;
}

/** A subgraph whose answers are computed once and kept, and which fails on demand. */
export async function faultySubgraph(name: string, schema: GraphQLSchema): Promise<FaultySubgraph> {
  const answers = new Map<string, Promise<string>>();
  const rightAnswer = async (asked: string) => {
    const { query, variables, operationName } = JSON.parse(asked);
    return JSON.stringify(await execute({ schema, document: parse(query), variableValues: variables, operationName }));
  };
  let fault: Fault | null = null;
  let turn = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    subgraph.asked += 1;
    let asked = '';
    for await (const chunk of request) asked += chunk;
    const right = answers.get(asked) ?? rightAnswer(asked);
    answers.set(asked, right);
    const body = await right;
    const now = fault === 'flapping' && turn++ % 2 === 0 ? null : fault;
    if (now === null || now === 'down') response.writeHead(200, JSON_TYPE).end(body);
    else ANSWERS[now === 'flapping' ? '500 with secrets' : now](request, response, body);
  };
  // A request that is cut off meanwhile is what this is for.
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const subgraph: FaultySubgraph = {
    url: new URL(`http://127.0.0.1:${port}/internal-${name}`),
    asked: 0,
    fail: async (next) => {
      if (next === 'down') await close(server);
      else if (fault === 'down') await listen(server, port);
      fault = next;
    },
    close: () => (server.listening ? close(server) : Promise.resolve()),
  };
  return subgraph;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
