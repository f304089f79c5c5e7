import { isThenable } from '../../kernel/execution/run.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { RequestScope, Subgraph } from '../../kernel/subgraph.ts';
import type { Client } from './client.ts';
import type { Fetch, Receive, Transport } from './transport.ts';

/**
 * A subgraph of this process, called without HTTP: variables go in and the answer comes out as objects. All fetches of one
 * query share the subgraph's context, and with it its loaders; a mutation gets a fresh one for each fetch, so that what
 * it changed is read again. Knows no deadline: see resilient().
 */
export function inProcess(subgraph: Pick<Subgraph, 'context' | 'execute'>): Transport {
  return {
    kind: 'in-process',
    send(fetch, receive) {
      const { operation, client, mutates } = fetch;
      const ownScope = mutates ? new FetchScope(client) : undefined;
      // Undefined when it is not to be called any more.
      let receiver: Receive | undefined = receive;
      let answer: ReturnType<Subgraph['execute']>;
      try {
        const context = ownScope ? subgraph.context(ownScope) : client.keep(subgraph, () => subgraph.context(new QueryScope(client)));
        answer = subgraph.execute(operation.document, variablesOf(fetch), context, operation.name);
      } catch (error) {
        receive(asError(error), undefined);
        return () => {};
      }
      if (isThenable(answer))
        answer.then(
          (result) => receiver?.(null, result),
          (error: unknown) => receiver?.(asError(error), undefined),
        );
      else receive(null, answer);
      return () => {
        receiver = undefined;
        ownScope?.abort();
      };
    },
    close: async () => {},
  };
}

/** What all fetches of one query are to a subgraph. */
class QueryScope implements RequestScope {
  readonly requestId: string;
  readonly now: EpochMs;
  readonly #client: Client;

  constructor(client: Client) {
    this.requestId = client.requestId;
    this.now = client.now;
    this.#client = client;
  }

  get signal(): AbortSignal {
    return this.#client.signal;
  }
}

/** What one fetch of a mutation is to a subgraph. */
class FetchScope implements RequestScope {
  readonly requestId: string;
  readonly now: EpochMs;
  readonly #controller = new AbortController();

  constructor({ requestId, now }: Client) {
    this.requestId = requestId;
    this.now = now;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }
}

function variablesOf(fetch: Fetch): Fetch['variables'] {
  const representations = fetch.objects();
  if (!representations || !fetch.variables) return representations ? { representations } : fetch.variables;
  // Not by spread, which makes a hidden class for each object where many shapes come by.
  const all: Record<string, unknown> = {};
  for (const name of Object.keys(fetch.variables)) all[name] = fetch.variables[name];
  all.representations = representations;
  return all;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('what was thrown is no error', { cause: thrown });
}
