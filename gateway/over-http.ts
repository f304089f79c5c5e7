import { Pool } from 'undici';
import { DEADLINE_HEADER, REQUEST_ID_HEADER } from '../kernel/subgraph-server.ts';
import { type Fetch, type Transport, Unavailable } from './data-source.ts';

/** More than any page of 100 customers needs; what is larger is a fault, and would cost the gateway its memory. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** A subgraph at `url`. Sends the shared secret, follows no redirect, reads at most MAX_ANSWER_BYTES. */
export function overHttp(url: URL, secret: string): Transport {
  // 128 connections, because a hanging subgraph holds each until the deadline.
  const pool = new Pool(url.origin, { connections: 128, pipelining: 1, keepAliveTimeout: 20_000, connect: { timeout: 5_000 } });
  const path = url.pathname + url.search;
  return {
    send: async ({ query, variables, operationName, client, deadlineMs, signal }: Fetch) => {
      const { statusCode, headers, body } = await pool.request({
        path,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          authorization: `Bearer ${secret}`,
          [REQUEST_ID_HEADER]: client.requestId,
          [DEADLINE_HEADER]: String(deadlineMs),
        },
        body: JSON.stringify({ query, variables, operationName }),
        signal,
        headersTimeout: deadlineMs,
        bodyTimeout: deadlineMs,
      });
      const refuse = (code: 'STATUS' | 'TOO_LARGE' | 'GARBAGE') => {
        // Not read to its end: the connection goes, not the memory.
        body.on('error', () => {}).destroy();
        throw new Unavailable(code, code === 'STATUS' ? statusCode : undefined);
      };
      if (statusCode !== 200) return refuse('STATUS');
      if (!/^application\/(graphql-response\+)?json\b/.test(String(headers['content-type']))) return refuse('GARBAGE');
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) return refuse('TOO_LARGE');
        chunks.push(chunk);
      }
      try {
        return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
      } catch {
        throw new Unavailable('GARBAGE');
      }
    },
    close: () => pool.destroy(),
  };
}
