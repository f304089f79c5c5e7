import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader } from '../../kernel/loader.ts';
import { type RequestRecord, requestSpec } from '../../kernel/requests.ts';
import type { Collection } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { SegmentJudge } from './judge.ts';
import { LiveMemberships } from './live.ts';
import { type SegmentRecord, segmentKey } from './records.ts';
import { Segments } from './store.ts';

/** What a request needs: the time at which it is answered, the segments, who judges their rules, and who customers are. */
export interface Context extends Pick<RequestScope, 'now'> {
  readonly directory: Directory;
  readonly requests: Collection<RequestRecord>;
  readonly segments: Segments;
  /** A segment as it is defined; null when there is none of that id. */
  readonly definition: Loader<string, SegmentRecord | null>;
  readonly judge: SegmentJudge;
  readonly memberships: LiveMemberships;
}

export function context({ store, log, directory, mergedView, clock }: SubgraphDeps): (scope: RequestScope) => Context {
  const requests = store.collection(requestSpec);
  const segments = new Segments(store);
  const readDefinitions = (ids: readonly string[]) => segments.definitions.getMany(ids.map(segmentKey));
  const judge = new SegmentJudge(() => mergedView?.() ?? null, clock, log);
  return ({ now }) => ({
    now,
    directory,
    requests,
    segments,
    definition: loader(readDefinitions),
    judge,
    memberships: new LiveMemberships(segments, judge),
  });
}
