import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'graphql';
import { Client } from '../../gateway/transport/client.ts';
import type { Fetch, Transport } from '../../gateway/transport/transport.ts';

/** A fetch as a query plan would make it, with what a test wants to be different. */
export function fetchOf({ kind = 'query', ...wanted }: Partial<Fetch> & { readonly kind?: 'query' | 'mutation' } = {}): Fetch {
  const query = kind === 'query' ? 'query Stock__pos__0 { stock }' : 'mutation Order__pos__0 { order }';
  return {
    operation: {
      service: 'pos',
      kind,
      name: undefined,
      query,
      bodyHead: `{"query":${JSON.stringify(query)}`,
      document: parse(query),
    },
    variables: undefined,
    representations: undefined,
    objects: () => undefined,
    client: clientOf(),
    mutates: kind === 'mutation',
    deadlineMs: 2000,
    ...wanted,
  };
}

export function clientOf(principal?: string): Client {
  return new Client('3a0f9c1e-2b4d-4c6e-8f10-123456789abc', 1_700_000_000_000, principal);
}

/** The answer, or a rejection with the fault. */
export function answerTo(transport: Transport, fetch: Fetch): Promise<unknown> {
  return new Promise((resolve, reject) => transport.send(fetch, (fault, answer) => (fault ? reject(fault) : resolve(answer))));
}

/** The name of what went wrong: the code of the fault with its status, or `answered`. */
export async function outcomeOf(transport: Transport, fetch: Fetch): Promise<string> {
  try {
    await answerTo(transport, fetch);
    return 'answered';
  } catch (error) {
    const { code, status } = error as { code?: string; status?: number };
    return status === undefined ? String(code) : `${code} ${status}`;
  }
}

/** Answers with JSON text, when the request has been read. */
export function answerJson(request: IncomingMessage, response: ServerResponse, body: string): void {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
}
