import type { RequestScope, Subgraph } from '../../kernel/subgraph.ts';
import type { ClientRequest, Fetch, Receive, Transport } from './transport.ts';

/**
 * A subgraph of this process, called without HTTP: variables go in and the answer comes out as objects. All fetches of one
 * query share the subgraph's context, and with it its loaders; a mutation gets a fresh one for each fetch, so that what
 * it changed is read again. Knows no deadline: see resilient().
 */
export function inProcess(subgraph: Pick<Subgraph, 'context' | 'execute'>): Transport {
  const contexts = new WeakMap<ClientRequest, unknown>();
  const contextOfQuery = (client: ClientRequest) => {
    let context = contexts.get(client);
    if (context === undefined) {
      context = subgraph.context(scope(client, client.signal));
      contexts.set(client, context);
    }
    return context;
  };
  return {
    kind: 'in-process',
    send(fetch, receive) {
      const { operation, client, mutates } = fetch;
      const giveUp = mutates ? new AbortController() : undefined;
      // Undefined when it is not to be called any more.
      let receiver: Receive | undefined = receive;
      try {
        const context = giveUp ? subgraph.context(scope(client, giveUp.signal)) : contextOfQuery(client);
        subgraph.execute(operation.document, variablesOf(fetch), context, operation.name).then(
          (answer) => receiver?.(null, answer),
          (error: unknown) => receiver?.(asError(error), undefined),
        );
      } catch (error) {
        receive(asError(error), undefined);
      }
      return () => {
        receiver = undefined;
        giveUp?.abort();
      };
    },
    close: async () => {},
  };
}

function scope(client: ClientRequest, signal: AbortSignal): RequestScope {
  return { requestId: client.requestId, now: client.now, signal };
}

function variablesOf(fetch: Fetch): Fetch['variables'] {
  return fetch.representations ? { ...fetch.variables, representations: fetch.objects() } : fetch.variables;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('what was thrown is no error', { cause: thrown });
}
