/**
 * Every subgraph of a workload behind one port, costing next to nothing: an answer is computed by graphql-js when a fetch is first seen,
 * kept as the bytes of its HTTP response, and sent again for every equal fetch. On a bare socket, since node:http alone would be busier
 * with thousands of fetches a second than the gateway under measurement. `node instant-subgraphs.ts WORKLOAD PORT`;
 * a GET answers `{ "fetches": served so far, "prepared": distinct ones }`.
 */
import { createServer, type Socket } from 'node:net';
import { execute, parse } from 'graphql';
import { workload } from './workloads.ts';

const { schemas } = workload(process.argv[2] ?? '');
const prepared = new Map<string, Buffer>();
let fetches = 0;

// Far above what any gateway sends for one operation and 50 customers; more means that its fetches differ each time, and nothing here is instant.
const PREPARED_AT_MOST = 20_000;

function response(status: string, body: string): Buffer {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: keep-alive\r\n\r\n`;
  return Buffer.from(head + body);
}

async function prepare(key: string, path: string, body: Buffer): Promise<Buffer> {
  const schema = schemas[path.slice(1)];
  if (!schema || prepared.size === PREPARED_AT_MOST)
    return response('500 Internal Server Error', '{"errors":[{"message":"Not to be answered"}]}');
  const { query, variables, operationName } = JSON.parse(body.toString());
  const result = await execute({ schema, document: parse(query), variableValues: variables, operationName });
  if (result.errors) process.stderr.write(`${path}: ${result.errors.join('\n')}\n${query}\n`);
  const bytes = response('200 OK', JSON.stringify(result));
  prepared.set(key, bytes);
  return bytes;
}

/** Answers the requests at the start of `bytes`; the rest, of a request that is not there in full yet, is returned. */
function serve(socket: Socket, bytes: Buffer): Buffer {
  let rest = bytes;
  for (;;) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return rest;
    const head = rest.toString('latin1', 0, headEnd);
    const [method, path = ''] = head.slice(0, head.indexOf('\r\n')).split(' ');
    const length = method === 'GET' ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    if (Number.isNaN(length)) {
      socket.end(response('411 Length Required', '{}'));
      return Buffer.alloc(0);
    }
    const end = headEnd + 4 + length;
    if (rest.length < end) return rest;
    const body = rest.subarray(headEnd + 4, end);
    rest = rest.subarray(end);
    if (method === 'GET') {
      socket.write(response('200 OK', JSON.stringify({ fetches, prepared: prepared.size })));
      continue;
    }
    fetches++;
    const key = path + body.toString('latin1');
    const known = prepared.get(key);
    if (known) socket.write(known);
    else prepare(key, path, body).then((answer) => socket.write(answer));
  }
}

createServer({ noDelay: true }, (socket) => {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = serve(socket, pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk);
  });
  // A gateway that is stopped breaks its connections off.
  socket.on('error', () => socket.destroy());
}).listen(Number(process.argv[3]), '127.0.0.1');
