import type { EpochMs } from '../../kernel/storage/port.ts';
import type { MembershipRecord, SegmentRecord } from './records.ts';

/** A segment that is being counted. */
export interface Counting extends SegmentRecord {
  readonly mark: string;
}

/** What a count found of a customer and a segment. */
export interface Membership extends Pick<MembershipRecord, 'member' | 'because' | 'likeness'> {
  /** Of a list: whether another customer is on it who became this one. */
  readonly listedElsewhere: boolean;
}

/** What is stored of a customer and a segment before the first count or change of a list. */
export const noMembership = (owner: string, id: string, at: EpochMs): MembershipRecord => ({
  ...{ owner, id, version: 0, at, member: false, listed: false, listedAt: null, run: '', revision: 0, because: null, likeness: null },
});

/** The membership to store instead of the current one; null to leave it. Saying the same twice changes nothing. */
export function changed(
  current: MembershipRecord | null,
  owner: string,
  { id, revision, making, mark }: Counting,
  { listedElsewhere, ...membership }: Membership,
  now: EpochMs,
): MembershipRecord | null {
  const before = current ?? noMembership(owner, id, now);
  // Whatever the list says at this moment holds: it may have changed since the page was read.
  const member = membership.member && (making.kind !== 'LIST' || before.listed || listedElsewhere);
  if (before.member === member) {
    const same = !member || (before.revision === revision && JSON.stringify(before.because) === JSON.stringify(membership.because));
    return same && before.likeness === membership.likeness ? null : { ...before, ...membership, member, revision };
  }
  // Who comes in and goes out again within a count has done neither.
  return { ...before, ...membership, at: now, member, run: before.run === mark ? '' : mark, revision };
}
