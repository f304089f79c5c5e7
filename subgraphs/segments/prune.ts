import type { EpochMs } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { type Counting, noMembership } from './membership.ts';
import type { PageOptions } from './page.ts';
import type { MembershipRecord } from './records.ts';

const MOST_AT_ONCE = 1000;

/** Ends memberships of customers who became part of others, which are counted in their place, and of erased ones, which nobody counts. */
export async function pruneMemberships({ segments, directory, clock }: Omit<PageOptions, 'judge'>, segment: Counting): Promise<void> {
  const records = new Map<string, MembershipRecord>();
  const kinds = segment.making.kind === 'LIST' ? ([{ member: true }, 'LISTED'] as const) : ([{ member: true }] as const);
  for (const which of kinds) for await (const record of segments.everyMembership(segment.id, which)) records.set(record.owner, record);
  const owners = [...records.keys()];
  for (let from = 0; from < owners.length; from += MOST_AT_ONCE) {
    const some = owners.slice(from, from + MOST_AT_ONCE);
    const members = await directory.members(some);
    const gone = some.flatMap((owner, index) => (members[index]?.[0] === owner ? [] : [{ owner, person: members[index]?.[0] }]));
    const now = clock();
    // A list goes over to the person first, so that whatever comes in between nobody is lost.
    const listed = gone.flatMap(({ owner, person }) => {
      const record = records.get(owner);
      return record?.listed && person !== undefined ? [{ owner: person, listedAt: record.listedAt }] : [];
    });
    const heirs = [...new Map(listed.map((heir) => [heir.owner, heir])).values()];
    await update(
      segments.memberships,
      heirs.map(({ owner }) => ({ owner, id: segment.id })),
      (current, index) => (current?.listed ? null : inherited(current, segment.id, heirs[index]!, now)),
    );
    await update(
      segments.memberships,
      gone.map(({ owner }) => ({ owner, id: segment.id })),
      (current, index) => current && ended(current, gone[index]?.person === undefined ? '' : segment.mark, now),
    );
  }
}

function inherited(
  current: MembershipRecord | null,
  segment: string,
  { owner, listedAt }: Pick<MembershipRecord, 'owner' | 'listedAt'>,
  now: EpochMs,
): MembershipRecord {
  return { ...(current ?? noMembership(owner, segment, now)), listed: true, listedAt };
}

function ended(current: MembershipRecord, mark: string, now: EpochMs): MembershipRecord | null {
  const { member, listed, listedAt } = current;
  if (!member && !listed) return null;
  const off = { ...current, listed: false, listedAt: listed ? now : listedAt, because: null, likeness: null };
  return member ? { ...off, member: false, at: now, run: current.run === mark ? '' : mark } : off;
}
