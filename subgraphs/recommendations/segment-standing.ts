import type { EpochMs } from '../../kernel/storage/port.ts';
import type { MembershipRecord, SegmentRecord } from './segment-records.ts';

/** What a count found of a customer and a segment. */
export type Standing = Pick<MembershipRecord, 'member' | 'listed' | 'because' | 'likeness'>;

/** The membership to store instead of the current one; null to leave it. Saying the same twice changes nothing. */
export function changed(
  current: MembershipRecord | null,
  key: Pick<MembershipRecord, 'owner' | 'id'>,
  { revision, making }: SegmentRecord,
  standing: Standing,
  run: string,
  now: EpochMs,
): MembershipRecord | null {
  // Whatever the list says at this moment holds: it may have changed since the page was read.
  const isListed = current?.listed ?? standing.listed;
  const member = making.kind === 'LIST' ? standing.member && isListed : standing.member;
  if (!current && !member) return null;
  if (current && current.member === member) {
    const same = !member || (current.revision === revision && JSON.stringify(current.because) === JSON.stringify(standing.because));
    return same && current.likeness === standing.likeness ? null : { ...current, ...standing, listed: isListed, member, revision };
  }
  return { ...key, version: 0, at: now, ...standing, member, listed: isListed, run, revision };
}
