import type { Collection, Cursor, Key, Page, Store } from '../../kernel/storage/port.ts';
import {
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
} from './segment-records.ts';

const MOST_AT_ONCE = 1000;

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
    const all: SegmentRecord[] = [];
    for (let after: Cursor | null | undefined; after !== null; ) {
      const { items, next } = await this.page({ first: MOST_AT_ONCE, ...(after && { after }) });
      all.push(...items);
      after = next;
    }
    return all.filter(({ retiredAt }) => retiredAt === null).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** The latest count, finished or not; null before the first. */
  async lastRun(): Promise<SegmentRunRecord | null> {
    const [page] = await this.runs.latest([[RUNS]], { first: 1 });
    return page?.items[0] ?? null;
  }

  /** Memberships of a segment that are so now, by customer; `run`: only those that this count changed. */
  membersOf(
    segment: string,
    options: { readonly first: number; readonly after?: Key | undefined; readonly member: boolean; readonly run?: string },
  ): Promise<{ items: readonly MembershipRecord[]; next: Key | null }> {
    const { first, after, member, run } = options;
    return this.memberships.search([memberTerm(segment, member, run)], { first, after });
  }

  /** Every membership of a segment that is so now, page by page. */
  async *everyMembership(segment: string, which: { readonly member: boolean; readonly run?: string }): AsyncIterable<MembershipRecord> {
    for (let after: Key | null | undefined; after !== null; ) {
      const page = await this.membersOf(segment, { ...which, first: MOST_AT_ONCE, after });
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

  /**
   * What is stored of each person's membership of each segment: of the ids under which a person's records were filed, that of the first one
   * that has any. `persons`: each one's members.
   */
  async known(
    persons: readonly (readonly string[])[],
    segments: readonly Pick<SegmentRecord, 'id'>[],
  ): Promise<readonly (readonly (MembershipRecord | null)[])[]> {
    const keys = persons.flatMap((members) => segments.flatMap(({ id }) => members.map((owner) => ({ owner, id }))));
    const found = keys.length > 0 ? await this.memberships.getMany(keys) : [];
    let at = 0;
    return persons.map((members) =>
      segments.map(() => {
        const [first = null, ...others] = found.slice(at, at + members.length).filter((one) => one !== null);
        at += members.length;
        // A person is on a list if any of the customers is that became this one.
        return first && { ...first, listed: first.listed || others.some(({ listed }) => listed) };
      }),
    );
  }
}
