import { type Loader, loaderByArguments } from '../../kernel/loader.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { type Person, permits, type SegmentJudge, type Verdict } from './judge.ts';
import type { MembershipRecord, SegmentRecord } from './records.ts';
import type { Rule } from './rules/rule.ts';
import type { Known, Segments } from './store.ts';

/** A person with the ids under which what belongs to them was filed. */
export interface PersonWithMembers extends Person {
  readonly members: readonly string[];
}

/** A segment that a customer is in, or of which that is not known. */
export interface LiveMembership extends Verdict {
  readonly segment: SegmentRecord;
  /** As far as counts and lists tell; null when no count has seen it yet. */
  readonly since: EpochMs | null;
  readonly record: MembershipRecord | null;
}

interface Ruled extends SegmentRecord {
  readonly rule: Rule;
}

/** Which segments the customers of one request are in now: for all of a page one reading of what is stored, and one question to the graph. */
export class LiveMemberships {
  readonly #judge: SegmentJudge;
  readonly #loaders: (ids: readonly string[] | null) => Loader<PersonWithMembers, readonly LiveMembership[]>;

  constructor(segments: Segments, judge: SegmentJudge) {
    this.#judge = judge;
    let inUse: Promise<readonly SegmentRecord[]> | undefined;
    this.#loaders = loaderByArguments(
      async (ids: readonly string[] | null, persons: readonly PersonWithMembers[]) => {
        // Who allows nothing costs nothing, not even a look at which segments there are.
        if (!persons.some((person) => permits(person, { purposes: [] }))) return persons.map(() => []);
        inUse ??= segments.inUse();
        const wanted = (await inUse).filter(({ id }) => ids === null || ids.includes(id));
        const asked = persons.filter((person) => wanted.some((segment) => permits(person, segment)));
        const known = await segments.known(
          asked.map(({ members }) => members),
          wanted,
        );
        const found = await this.#of(asked, wanted, known);
        return persons.map((person) => found.get(person.id) ?? []);
      },
      ({ id }) => id,
    );
  }

  /** The memberships of a customer, by segment id; of these segments, or all. */
  of(person: PersonWithMembers, ids: readonly string[] | null): Promise<readonly LiveMembership[]> {
    return this.#loaders(ids).load(person);
  }

  async #of(
    persons: readonly PersonWithMembers[],
    segments: readonly SegmentRecord[],
    known: readonly (readonly Known[])[],
  ): Promise<ReadonlyMap<string, readonly LiveMembership[]>> {
    const ruled = segments.flatMap((segment): Ruled[] =>
      segment.making.kind === 'RULE' ? [{ ...segment, rule: segment.making.rule }] : [],
    );
    const verdicts = await this.#judge.judge(persons, ruled);
    const ruledAt = new Map(ruled.map(({ id }, index) => [id, index]));
    return new Map(
      persons.map((person, p) => {
        const memberships = segments.flatMap((segment, s): LiveMembership[] => {
          const stored = known[p]?.[s] ?? NOTHING;
          const verdict = verdicts[p]?.[ruledAt.get(segment.id) ?? -1] ?? asStored(person, segment, stored);
          if (verdict.verdict !== 'MEMBER' && verdict.verdict !== 'UNKNOWN') return [];
          return [{ ...verdict, segment, since: sinceOf(segment, stored), record: stored.record }];
        });
        return [person.id, memberships];
      }),
    );
  }
}

const NOTHING: Known = { record: null, listedElsewhere: null };

function sinceOf({ making }: SegmentRecord, { record, listedElsewhere }: Known): EpochMs | null {
  if (making.kind === 'LIST') return record?.listed ? record.listedAt : listedElsewhere;
  return record?.member ? record.at : null;
}

/** What is stored of lists and lookalikes; there is nothing else to ask. */
function asStored(person: Person, segment: SegmentRecord, { record, listedElsewhere }: Known): Verdict {
  if (!permits(person, segment)) return { verdict: 'WITHHELD', reasons: [] };
  const member = segment.making.kind === 'LIST' ? record?.listed || listedElsewhere !== null : record?.member;
  return { verdict: member ? 'MEMBER' : 'NO_MEMBER', reasons: [] };
}
