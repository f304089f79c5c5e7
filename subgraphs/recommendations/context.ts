import type { Catalogue } from '../../kernel/catalogue.ts';
import type { ShelvedModel } from '../../kernel/model-shelf.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import type { CustomerBaseModel } from '../../models/customer-base/customer-base.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import { DecisionLog, decisionSpec } from './decisions.ts';

/** The kinds of model that are used here. */
export const MODEL_KINDS = ['customer-base', 'next-basket'] as const;

/** What a request needs: the time at which it is answered, the models, what can be had, and where decisions are kept. Everything else comes with the customer. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly decisions: DecisionLog;
  /** As in use when the request began; null while there is none. */
  readonly customerBase: ShelvedModel<CustomerBaseModel> | null;
  readonly nextBasket: ShelvedModel<NextBasketModel> | null;
  readonly catalogue: Catalogue | undefined;
}

export function context({ store, log, catalogue }: SubgraphDeps): (scope: RequestScope) => Context {
  const decisions = new DecisionLog(store.collection(decisionSpec), log);
  const shelf = shelfOf(store);
  return ({ now }) => ({
    now,
    decisions,
    customerBase: shelf.current<CustomerBaseModel>('customer-base'),
    nextBasket: shelf.current<NextBasketModel>('next-basket'),
    catalogue,
  });
}
