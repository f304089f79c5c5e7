import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_ANSWER_BYTES, type OverHttpOptions, overHttp } from '../../gateway/transport/over-http.ts';
import { pause, until } from '../support/events.ts';
import { rogueServer } from '../support/faults.ts';
import { answerTo, fetchOf, outcomeOf } from '../support/fetches.ts';
import { freePorts } from '../support/processes.ts';
import { CANARY } from '../support/tiny-graph.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function subgraph(answer: (request: IncomingMessage, response: ServerResponse) => unknown, options: OverHttpOptions = {}) {
  const server = await rogueServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  const transport = overHttp(new URL(server.url), options);
  closing.push(() => transport.close(), server.close);
  return transport;
}

const json = { 'content-type': 'application/json' };
const ok = (body: string, headers: Record<string, string | number> = json) => {
  return (_: IncomingMessage, response: ServerResponse) => response.writeHead(200, headers).end(body);
};
const status = (code: number, headers: Record<string, string> = json) => {
  return (_: IncomingMessage, response: ServerResponse) => response.writeHead(code, headers).end(`{"errors":[{"message":"${CANARY}"}]}`);
};

const FAULTS: readonly [fault: string, outcome: string, answer: Parameters<typeof subgraph>[0]][] = [
  ['500 with secrets in its body', 'STATUS 500', status(500)],
  ['503 in HTML', 'STATUS 503', status(503, { 'content-type': 'text/html' })],
  ['400 as GraphQL over HTTP has it', 'STATUS 400', status(400, { 'content-type': 'application/graphql-response+json' })],
  ['204', 'STATUS 204', (_, response) => response.writeHead(204).end()],
  ['HTML', 'GARBAGE', ok('{"data":{}}', { 'content-type': 'text/html' })],
  ['JSON in all but name', 'GARBAGE', ok('{"data":{}}', { 'content-type': 'application/json5' })],
  ['no type at all', 'GARBAGE', ok('{"data":{}}', {})],
  ['nothing', 'GARBAGE', ok('')],
  ['what is no JSON', 'GARBAGE', ok(`{"data": ${CANARY}`)],
  ['half of it', 'GARBAGE', ok('{"data":{"stock":')],
  [
    'fewer bytes than announced',
    'GARBAGE',
    (_, response) => response.writeHead(200, { ...json, 'content-length': 900 }).write('{"data":{}}', () => response.destroy()),
  ],
  [
    'chunks that stop',
    'GARBAGE',
    (_, response) => response.writeHead(200, json).write('{"data":{}}', () => setTimeout(() => response.destroy(), 20)),
  ],
  [
    'a reset in the middle',
    'GARBAGE',
    (request, response) => response.writeHead(200, json).write('{"data":', () => setTimeout(() => request.socket.resetAndDestroy(), 20)),
  ],
  ['a reset before it', 'ECONNRESET', (request) => request.socket.resetAndDestroy()],
  ['the end of the connection', 'UND_ERR_SOCKET', (request) => request.socket.end()],
];

describe('a subgraph over HTTP that answers', () => {
  it.each(FAULTS)('%s is a fault: %s', async (_, outcome, answer) => {
    const transport = await subgraph(answer);
    expect(await outcomeOf(transport, fetchOf())).toBe(outcome);
    const fault = await answerTo(transport, fetchOf()).catch((error: unknown) => error);
    expect(inspect(fault, { depth: 5 })).not.toContain(CANARY);
  });

  it('what is not HTTP is a fault', async () => {
    const server = createServer((socket) => socket.resume().end(`220 ${CANARY} ESMTP\r\n`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = overHttp(new URL(`http://127.0.0.1:${(server.address() as { port: number }).port}/`));
    closing.push(
      () => transport.close(),
      () => new Promise((resolve) => server.close(resolve)),
    );
    await expect(answerTo(transport, fetchOf())).rejects.toThrow();
  });

  it('nothing because it is down is a fault', async () => {
    const [port] = await freePorts(1);
    const transport = overHttp(new URL(`http://127.0.0.1:${port}/graphql`));
    closing.push(() => transport.close());
    expect(await outcomeOf(transport, fetchOf())).toBe('ECONNREFUSED');
  });

  it('that the answer is elsewhere is a fault, and elsewhere is not asked', async () => {
    let asked = 0;
    const elsewhere = await rogueServer((_, response) => {
      asked += 1;
      response.writeHead(200, json).end('{"data":{}}');
    });
    closing.push(elsewhere.close);
    for (const code of [301, 302, 303, 307, 308]) {
      const transport = await subgraph(status(code, { location: elsewhere.url }));
      expect(await outcomeOf(transport, fetchOf())).toBe(`STATUS ${code}`);
    }
    expect(asked).toBe(0);
  });

  it('is asked again after a fault as if there had been none', async () => {
    let turn = 0;
    const transport = await subgraph((request, response) => (turn++ % 2 === 0 ? status(500) : ok('{"data":{}}'))(request, response));
    const outcomes: string[] = [];
    for (let i = 0; i < 4; i++) outcomes.push(await outcomeOf(transport, fetchOf()));
    expect(outcomes).toEqual(['STATUS 500', 'answered', 'STATUS 500', 'answered']);
  });
});

describe('the longest answer that is read', () => {
  const exactly = (bytes: number) => `{"data":"${'x'.repeat(bytes - 11)}"}`;

  it.each([
    [100, 'answered'],
    [101, 'TOO_LARGE'],
  ])('is kept to the byte, announced or not: %i of 100', async (bytes, outcome) => {
    const announced = await subgraph(ok(exactly(bytes), { ...json, 'content-length': bytes }), { maxAnswerBytes: 100 });
    expect(await outcomeOf(announced, fetchOf())).toBe(outcome);
    const chunked = await subgraph((_, response) => void response.writeHead(200, json).write(exactly(bytes), () => response.end()), {
      maxAnswerBytes: 100,
    });
    expect(await outcomeOf(chunked, fetchOf())).toBe(outcome);
  });

  it('is shorter while others hold what there is: each may hold a sixteenth, all together the longest beside that', async () => {
    let length = 1500;
    let holding = 0;
    let release: (() => unknown) | undefined;
    const transport = await subgraph(
      (_, response) => {
        const text = exactly(length);
        response.writeHead(200, json).write(text.slice(0, -1), () => {
          holding += 1;
          if (release) response.end('}');
          else release = () => response.end('}');
        });
      },
      { maxAnswerBytes: 1600 },
    );
    const first = outcomeOf(transport, fetchOf());
    await until(() => holding === 1);
    await pause(20);
    expect(await outcomeOf(transport, fetchOf())).toBe('TOO_LARGE');
    length = 180;
    expect(await outcomeOf(transport, fetchOf())).toBe('answered');
    release?.();
    expect(await first).toBe('answered');
    length = 1600;
    for (let i = 0; i < 5; i++) expect(await outcomeOf(transport, fetchOf())).toBe('answered');
  });

  it('is 8 MB, and of 200 MB no more than that is held', async () => {
    expect(MAX_ANSWER_BYTES).toBe(8 * 1024 * 1024);
    const chunk = Buffer.alloc(256 * 1024, ' ');
    let sent = 0;
    let closed = 0;
    const transport = await subgraph((_, response) => {
      response.on('close', () => (closed += 1)).writeHead(200, json);
      const more = (): unknown => {
        if (response.destroyed || sent >= 200 * 1024 * 1024) return response.end();
        sent += chunk.length;
        return response.write(chunk, more);
      };
      more();
    });
    const before = process.memoryUsage().rss;
    expect(await outcomeOf(transport, fetchOf())).toBe('TOO_LARGE');
    await until(() => closed === 1);
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
    expect(sent).toBeLessThan(40 * 1024 * 1024);
  });
});

describe('to give up a fetch', () => {
  it.each(['before', 'amid'])('closes the connection %s the answer, and is all that is heard of it', async (when) => {
    let asked = 0;
    let closed = 0;
    const transport = await subgraph((_, response) => {
      asked += 1;
      response.on('close', () => (closed += 1));
      if (when === 'amid') response.writeHead(200, json).write('{"data":');
    });
    let heard = 0;
    const cancel = transport.send(fetchOf(), () => (heard += 1));
    await until(() => asked === 1);
    cancel();
    cancel();
    await until(() => closed === 1);
    expect(heard).toBe(0);
  });

  it('does nothing when its answer is there', async () => {
    const transport = await subgraph(ok('{"data":{}}'));
    let heard = 0;
    const cancel = transport.send(fetchOf(), () => (heard += 1));
    await until(() => heard === 1);
    cancel();
    expect(await outcomeOf(transport, fetchOf())).toBe('answered');
    expect(heard).toBe(1);
  });
});
