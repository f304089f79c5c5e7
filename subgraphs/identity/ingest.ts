import { digest } from '../../kernel/ids.ts';
import type { ConsentClaim } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { ConsentRecord, IdentifierRecord, IndexRecord } from './records.ts';

const DAY_MS = 86_400_000;

/** When an identifier was seen first and last in a batch; null where no record carried a time. */
export interface Seen {
  readonly first: EpochMs | null;
  readonly last: EpochMs | null;
}

const beginningOfDay = (at: EpochMs) => Math.floor(at / DAY_MS) * DAY_MS;

/** The identifier's entry under its customer after it was seen; null when nothing changes. Without a time, a new one counts as seen `now`. */
export function listed(current: IdentifierRecord | null, index: IndexRecord, seen: Seen, now: EpochMs): IdentifierRecord | null {
  const first = beginningOfDay(seen.first ?? current?.firstSeenAt ?? now);
  const last = beginningOfDay(seen.last ?? current?.lastSeenAt ?? now);
  if (!current) {
    const { id, namespace, value, source, anchor, linkedAt } = index;
    return { owner: index.customer, id, version: 0, namespace, value, source, anchor, linkedAt, firstSeenAt: first, lastSeenAt: last };
  }
  if (first >= current.firstSeenAt && last <= current.lastSeenAt) return null;
  return { ...current, firstSeenAt: Math.min(first, current.firstSeenAt), lastSeenAt: Math.max(last, current.lastSeenAt) };
}

/** Something said about consent, filed once per customer, purpose, channel, source and time. */
export function consentRecord(customer: string, source: string, claim: ConsentClaim, origin = ''): ConsentRecord {
  const { purpose, channel, status, lawfulBasis, policyVersion, recordedAt, expiresAt, proof } = claim;
  const id = digest(purpose, channel ?? '', source, String(recordedAt));
  return {
    owner: customer,
    id,
    version: 0,
    purpose,
    channel,
    status,
    lawfulBasis,
    policyVersion,
    recordedAt,
    expiresAt,
    proof,
    source,
    origin,
  };
}
