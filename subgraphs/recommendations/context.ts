import type { Logger } from 'pino';
import type { Catalogue } from '../../kernel/catalogue.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader } from '../../kernel/loader.ts';
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
import { type AskedPerson, type Experiments, experimentsIn, type PersonRecord, type Running } from './experiments/store.ts';
import { DecisionLog, decisionSpec } from './offers/decisions.ts';
import { SegmentJudge } from './segments/judge.ts';
import { LiveMemberships } from './segments/live.ts';
import { type SegmentRecord, segmentKey } from './segments/records.ts';
import { Segments } from './segments/store.ts';

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
  readonly experiments: Experiments;
  readonly segments: Segments;
  /** A segment as it is defined; null when there is none of that id. */
  readonly definition: Loader<string, SegmentRecord | null>;
  readonly judge: SegmentJudge;
  readonly memberships: LiveMemberships;
  /** The experiments that take customers in, read once for all customers of the request. */
  running(): Promise<readonly Running[]>;
  /** What was recorded of a person, one for each experiment asked about. */
  readonly recorded: Loader<AskedPerson, readonly PersonRecord[]>;
}

export function context({ store, log, catalogue, directory, mergedView, clock }: SubgraphDeps): (scope: RequestScope) => Context {
  const decisions = new DecisionLog(store.collection(decisionSpec), log);
  const shelf = shelfOf(store);
  const requests = store.collection(requestSpec);
  const content = store.collection(contentSpec);
  const contentShelf = contentIn(store, clock, log);
  const experiments = experimentsIn(store, clock);
  const segments = new Segments(store);
  const readDefinitions = (ids: readonly string[]) => segments.definitions.getMany(ids.map(segmentKey));
  const judge = new SegmentJudge(() => mergedView?.() ?? null, clock, log);
  return ({ now }) => {
    let running: Promise<readonly Running[]> | undefined;
    return {
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
      experiments,
      segments,
      definition: loader(readDefinitions),
      judge,
      memberships: new LiveMemberships(segments, judge),
      recorded: loader(
        (asked) => experiments.recorded(asked),
        ({ members, running: of }) => [members[0], ...of.map(({ experiment }) => experiment.id)].join('\n'),
      ),
      running: () => (running ??= experiments.running(now)),
    };
  };
}
