import { everything } from '../../kernel/everything.ts';
import type { Collection, Cursor, EpochMs, Key, Page, Store } from '../../kernel/storage/port.ts';
import {
  listTerm,
  type MembershipRecord,
  membershipSpec,
  memberTerm,
  RUNS,
  SEGMENTS,
  type SegmentRecord,
  type SegmentRunRecord,
  segmentKey,
  segmentRunSpec,
  segmentSpec,
} from './records.ts';

const MOST_AT_ONCE = 1000;

/** Which memberships of a segment: those that are so as last counted, of `run` only those that it changed; or those on the list. */
export type Which = { readonly member: boolean; readonly run?: string } | 'LISTED';

/** What is stored of a person's membership. */
export interface Known {
  /** Under the first of the person's ids that has any. */
  readonly record: MembershipRecord | null;
  /** When another of the ids was put on the list, if it is on it. */
  readonly listedElsewhere: EpochMs | null;
}

/** The segments of one store, and who is in them. */
export class Segments {
  readonly definitions: Collection<SegmentRecord>;
  readonly memberships: Collection<MembershipRecord>;
  readonly runs: Collection<SegmentRunRecord>;

  constructor(store: Store) {
    this.definitions = store.collection(segmentSpec);
    this.memberships = store.collection(membershipSpec);
    this.runs = store.collection(segmentRunSpec);
  }

  /** Null when there is none of that id. */
  async get(id: string): Promise<SegmentRecord | null> {
    const [found] = await this.definitions.getMany([segmentKey(id)]);
    return found ?? null;
  }

  /** The latest defined first. */
  async page(options: { readonly first: number; readonly after?: Cursor | undefined }): Promise<Page<SegmentRecord>> {
    const [page] = await this.definitions.latest([[SEGMENTS]], options);
    return page ?? { items: [], next: null };
  }

  /** Those that are not retired, by id. */
  async inUse(): Promise<readonly SegmentRecord[]> {
    const [all = []] = await everything(this.definitions, [[SEGMENTS]]);
    return all.filter(({ retiredAt }) => retiredAt === null).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** The counts that began since then and were not finished, the latest first. */
  async unfinishedRuns(from: EpochMs): Promise<readonly SegmentRunRecord[]> {
    const [page] = await this.runs.latest([[RUNS]], { first: MOST_AT_ONCE, from });
    return (page?.items ?? []).filter(({ finishedAt }) => finishedAt === null);
  }

  /** Memberships of a segment, by customer. */
  membersOf(
    segment: string,
    which: Which,
    page: { readonly first: number; readonly after?: Key | undefined },
  ): Promise<{ items: readonly MembershipRecord[]; next: Key | null }> {
    const term = which === 'LISTED' ? listTerm(segment) : memberTerm(segment, which.member, which.run);
    return this.memberships.search([term], page);
  }

  /** Every membership of a segment, page by page. */
  async *everyMembership(segment: string, which: Which): AsyncIterable<MembershipRecord> {
    for (let after: Key | null | undefined; after !== null; ) {
      const page = await this.membersOf(segment, which, { first: MOST_AT_ONCE, after });
      yield* page.items;
      after = page.next;
    }
  }

  /** The customers that are members. */
  async memberIds(segment: string): Promise<Set<string>> {
    const members = new Set<string>();
    for await (const { owner } of this.everyMembership(segment, { member: true })) members.add(owner);
    return members;
  }

  /** What is stored of each person's membership of each segment. `persons`: the ids under which each one's records were filed. */
  async known(
    persons: readonly (readonly string[])[],
    segments: readonly Pick<SegmentRecord, 'id'>[],
  ): Promise<readonly (readonly Known[])[]> {
    const keys = persons.flatMap((members) => segments.flatMap(({ id }) => members.map((owner) => ({ owner, id }))));
    const found = keys.length > 0 ? await this.memberships.getMany(keys) : [];
    let at = 0;
    return persons.map((members) =>
      segments.map(() => {
        const [record = null, ...others] = found.slice(at, at + members.length).filter((one) => one !== null);
        at += members.length;
        return { record, listedElsewhere: others.find(({ listed }) => listed)?.listedAt ?? null };
      }),
    );
  }
}
