import type { Directory } from '../../kernel/intake.ts';
import type { EpochMs, Key } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { type Person, permits, type SegmentJudge, type Verdict } from './judge.ts';
import { type Counting, changed, type Membership } from './membership.ts';
import type { Because, SegmentTotals } from './records.ts';
import type { Segments } from './store.ts';

/** What counting a page works with. */
export interface PageOptions {
  readonly segments: Segments;
  readonly judge: SegmentJudge;
  readonly directory: Directory;
  readonly clock: () => EpochMs;
}

/** Judges up to 100 customers by rules and lists, and stores what changed. Totals by segment id. */
export async function countPage(
  { segments, judge, directory, clock }: PageOptions,
  chosen: readonly Counting[],
  ids: readonly string[],
): Promise<ReadonlyMap<string, SegmentTotals>> {
  const counted = chosen.filter(({ making }) => making.kind !== 'LOOKALIKE');
  const [members, permissions] = await Promise.all([directory.members(ids), directory.permissions(ids)]);
  const persons = ids.map((id, index): Person => ({ id, permissions: permissions[index] ?? null }));
  const ruled = counted.flatMap((segment) => (segment.making.kind === 'RULE' ? [{ ...segment, rule: segment.making.rule }] : []));
  const [known, verdicts] = await Promise.all([
    segments.known(
      members.map((of, index) => (of.length > 0 ? of : [ids[index] ?? ''])),
      counted,
    ),
    judge.judge(persons, ruled),
  ]);
  const totals = new Map(chosen.map(({ id }) => [id, { unknown: 0, withheld: 0 }]));
  const ruledAt = new Map(ruled.map(({ id }, index) => [id, index]));
  const now = clock();
  const changes: (Key & { readonly segment: Counting; readonly membership: Membership })[] = [];
  for (const [p, person] of persons.entries())
    for (const [s, segment] of counted.entries()) {
      const { record: stored = null, listedElsewhere = null } = known[p]?.[s] ?? {};
      const own = stored?.owner === person.id ? stored : null;
      const { verdict, reasons } = verdicts[p]?.[ruledAt.get(segment.id) ?? -1] ?? allowed(person, segment);
      const total = totals.get(segment.id);
      if (total && verdict === 'UNKNOWN') total.unknown += 1;
      // Of a list, only who is on it.
      const isMeant = segment.making.kind !== 'LIST' || stored?.listed === true || listedElsewhere !== null;
      if (total && verdict === 'WITHHELD' && isMeant) total.withheld += 1;
      if (verdict === 'UNKNOWN') continue;
      const because = segment.making.kind === 'RULE' ? becauseOf(reasons) : null;
      const isListedElsewhere = listedElsewhere !== null || (own === null && stored?.listed === true);
      const membership = { member: verdict === 'MEMBER', because, likeness: null, listedElsewhere: isListedElsewhere };
      if (changed(own, person.id, segment, membership, now)) changes.push({ owner: person.id, id: segment.id, segment, membership });
    }
  await update(segments.memberships, changes, (current, index) => {
    const { owner, segment, membership } = changes[index]!;
    return changed(current, owner, segment, membership, now);
  });
  return totals;
}

/** Of a list: whether the customer may be on it; that they are is looked at when it is written. */
function allowed(person: Person, segment: Counting): Verdict {
  return { verdict: permits(person, segment) ? 'MEMBER' : 'WITHHELD', reasons: [] };
}

/** The rule itself is kept once, with the segment, and values of the customer nowhere. */
function becauseOf(reasons: Verdict['reasons']): Because {
  return { conditions: reasons.map(({ number, holds }) => ({ number, holds })) };
}
