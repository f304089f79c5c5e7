import {
  type DocumentNode,
  FieldsOnCorrectTypeRule,
  type GraphQLError,
  KnownArgumentNamesRule,
  KnownTypeNamesRule,
  validate,
} from 'graphql';
import { asError, isThenable } from '../../kernel/execution/run.ts';
import type { Subgraph } from '../../kernel/subgraph.ts';
import { type Fetch, type Receive, type Transport, Unavailable } from './transport.ts';

/**
 * A subgraph of this process, called without HTTP: variables go in and the answer comes out as objects. All fetches of one
 * query share the subgraph's context, and with it its loaders; a mutation gets a fresh one for each fetch, so that what
 * it changed is read again. What does not fit the subgraph's schema is answered as over HTTP, by status 400. Knows no deadline: see
 * resilient().
 */
export function inProcess(subgraph: Pick<Subgraph, 'schema' | 'context' | 'execute'>): Transport {
  const problemOf = unfitting(subgraph);
  return {
    kind: 'in-process',
    send(fetch, receive) {
      const { operation, client, mutates } = fetch;
      const problem = problemOf(operation.document);
      if (problem) {
        receive(new Unavailable('STATUS', 400, problem), undefined);
        return () => {};
      }
      // A mutation outlives its client: what it asks is given up fetch by fetch.
      const own = mutates ? new AbortController() : undefined;
      // Undefined when it is not to be called any more.
      let receiver: Receive | undefined = receive;
      let answer: ReturnType<Subgraph['execute']>;
      try {
        const context = own
          ? subgraph.context({ requestId: client.requestId, now: client.now, signal: own.signal })
          : client.keep(subgraph, () => subgraph.context(client));
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
        own?.abort();
      };
    },
    close: async () => {},
  };
}

/**
 * What of a document the subgraph does not know, looked at once for each document. A supergraph that is newer than the subgraphs asks for
 * such things, and execution leaves them out without a word: null would then stand for what nobody was asked.
 */
function unfitting({ schema }: Pick<Subgraph, 'schema'>): (document: DocumentNode) => GraphQLError | null {
  const rules = [FieldsOnCorrectTypeRule, KnownArgumentNamesRule, KnownTypeNamesRule];
  const known = new WeakMap<DocumentNode, GraphQLError | null>();
  return (document) => {
    let problem = known.get(document);
    if (problem === undefined) {
      [problem = null] = validate(schema, document, rules, { maxErrors: 1 });
      known.set(document, problem);
    }
    return problem;
  };
}

function variablesOf(fetch: Fetch): Fetch['variables'] {
  const { variables } = fetch;
  const representations = fetch.objects();
  if (!representations) return variables;
  if (!variables) return { representations };
  // Not by spread, which makes a hidden class for each object where many shapes come by. A variable may be named `__proto__`.
  const all: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(variables)) all[name] = variables[name];
  all.representations = representations;
  return all;
}
