import type { ShelvedModel } from '../../kernel/model-shelf.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import type { CustomerBaseModel } from '../../models/customer-base/customer-base.ts';
import { DecisionLog, decisionSpec } from './decisions.ts';

/** The kinds of model that are used here. */
export const MODEL_KINDS = ['customer-base'] as const;

/** What a request needs: the time at which it is answered, the models, and where decisions are kept. Everything else comes with the customer. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly decisions: DecisionLog;
  /** As in use when the request began; null while there is none. */
  readonly customerBase: ShelvedModel<CustomerBaseModel> | null;
}

export function context({ store, log }: SubgraphDeps): (scope: RequestScope) => Context {
  const decisions = new DecisionLog(store.collection(decisionSpec), log);
  const shelf = shelfOf(store);
  return ({ now }) => ({ now, decisions, customerBase: shelf.current<CustomerBaseModel>('customer-base') });
}
