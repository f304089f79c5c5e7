import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { DecisionLog, decisionSpec } from './decisions.ts';

/** What a request needs: the time at which it is answered, and where decisions are kept. Everything else comes with the customer. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly decisions: DecisionLog;
}

export function context({ store, log }: SubgraphDeps): (scope: RequestScope) => Context {
  const decisions = new DecisionLog(store.collection(decisionSpec), log);
  return ({ now }) => ({ now, decisions });
}
