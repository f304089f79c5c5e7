import type { Subgraph } from '../kernel/subgraph.ts';
import type { ClientRequest, Fetch, Transport } from './data-source.ts';

/**
 * A subgraph of this process, called without HTTP. All fetches of one query share the subgraph's context, and with it
 * its loaders; a mutation gets a fresh one for each fetch, so that what it changed is read again.
 */
export function inProcess(subgraph: Subgraph): Transport {
  const contexts = new WeakMap<ClientRequest, unknown>();
  const contextOf = ({ client, mutates, signal }: Fetch) => {
    if (mutates) return subgraph.context({ requestId: client.requestId, now: client.now, signal });
    let context = contexts.get(client);
    if (context === undefined) {
      context = subgraph.context({ requestId: client.requestId, now: client.now, signal: client.signal });
      contexts.set(client, context);
    }
    return context;
  };
  return {
    send: async (fetch) => subgraph.execute(fetch.shape.document, fetch.variables, contextOf(fetch), fetch.operationName),
    close: async () => {},
  };
}
