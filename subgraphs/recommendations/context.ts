import type { Logger } from 'pino';
import type { Catalogue } from '../../kernel/catalogue.ts';
import type { Directory } from '../../kernel/intake.ts';
import type { ShelvedModel } from '../../kernel/model-shelf.ts';
import { type RequestRecord, requestSpec } from '../../kernel/requests.ts';
import { shelfOf } from '../../kernel/shelves.ts';
import type { Collection } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import type { CustomerBaseModel } from '../../models/customer-base/customer-base.ts';
import type { NextBasketModel } from '../../models/next-basket/next-basket-model.ts';
import type { ContentIndex } from './content/content-index.ts';
import { type ContentRecord, contentSpec } from './content/records.ts';
import { type ContentShelf, contentIn } from './content/shelf.ts';
import { DecisionLog, decisionSpec } from './offers/decisions.ts';

/** The kinds of model that are used here. */
export const MODEL_KINDS = ['customer-base', 'next-basket'] as const;

/** What a request needs: the time at which it is answered, the models, the content, what can be had, and where decisions are kept. Everything else comes with the customer. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly log: Logger;
  readonly decisions: DecisionLog;
  /** As in use when the request began; null while there is none. */
  readonly customerBase: ShelvedModel<CustomerBaseModel> | null;
  readonly nextBasket: ShelvedModel<NextBasketModel> | null;
  readonly catalogue: Catalogue | undefined;
  /** The content in use when the request began. */
  readonly pieces: ContentIndex;
  readonly content: Collection<ContentRecord>;
  readonly contentShelf: ContentShelf;
  readonly directory: Directory;
  readonly requests: Collection<RequestRecord>;
}

export function context({ store, log, catalogue, directory, clock }: SubgraphDeps): (scope: RequestScope) => Context {
  const decisions = new DecisionLog(store.collection(decisionSpec), log);
  const shelf = shelfOf(store);
  const requests = store.collection(requestSpec);
  const content = store.collection(contentSpec);
  const contentShelf = contentIn(store, clock, log);
  return ({ now }) => ({
    now,
    log,
    decisions,
    customerBase: shelf.current<CustomerBaseModel>('customer-base'),
    nextBasket: shelf.current<NextBasketModel>('next-basket'),
    catalogue,
    pieces: contentShelf.current,
    content,
    contentShelf,
    directory,
    requests,
  });
}
