import { type Folded, foldNewest } from '../../kernel/fold.ts';
import { digest } from '../../kernel/ids.ts';
import type { Arrival } from '../../kernel/intake.ts';
import type { Key } from '../../kernel/storage/port.ts';
import type { AccountRecord, PointsRecord, VoucherRecord } from './records.ts';
import { type AccountRow, type PointsRow, pointsContent, type VoucherRow, voucherContent } from './source.ts';

/** The id under which a member's number is filed. */
export function accountId(program: string, number: string): string {
  return digest('account', program, number);
}

function recordId(record: { readonly source: string; readonly number: string | null }, content: string | null, occurrence: number): string {
  return record.number === null ? digest('content', content ?? '', String(occurrence)) : digest('number', record.source, record.number);
}

export function voucherId({ record, occurrence }: Arrival<VoucherRow>): string {
  return recordId(record, voucherContent(record), occurrence);
}

/** The newest statement about a membership holds; its balance is the ledger's alone. */
export function foldAccount(current: AccountRecord | null, key: Key, arrivals: readonly Arrival<AccountRow>[]): Folded<AccountRecord> {
  return foldNewest(current, arrivals, ({ source: _, ...row }, said, before) => {
    const enrolledAt = row.enrolledAt ?? before?.enrolledAt ?? null;
    return { ...key, version: before?.version ?? 0, ...row, enrolledAt, at: enrolledAt ?? 0, balance: before?.balance ?? 0, said };
  });
}

/** The membership that a transaction names before any row told of it. */
export function impliedAccount({ record: { program, account: number }, owner }: Arrival<PointsRow>): AccountRecord {
  return {
    owner,
    id: accountId(program, number),
    version: 0,
    number,
    program,
    status: 'ACTIVE',
    enrolledAt: null,
    statedTier: null,
    statedTierUntil: null,
    balance: 0,
    at: 0,
    updatedAt: null,
    said: [],
  };
}

/** The ledger entry of a transaction. */
export function pointsEntry({ record, owner, origin, occurrence }: Arrival<PointsRow>): PointsRecord {
  const { program, account, kind, points, at, availableAt, expiresAt, order, reason } = record;
  return {
    owner,
    id: recordId(record, pointsContent(record), occurrence),
    version: 0,
    account: accountId(program, account),
    kind,
    points,
    at,
    availableAt,
    expiresAt,
    about: null,
    order,
    reason,
    origin,
  };
}

/** The newest statement about a voucher holds, but what was redeemed stays redeemed. */
export function foldVoucher(current: VoucherRecord | null, key: Key, arrivals: readonly Arrival<VoucherRow>[]): Folded<VoucherRecord> {
  return foldNewest(current, arrivals, ({ source: _, number: __, ...row }, said, before) =>
    before?.status === 'REDEEMED' && row.status !== 'REDEEMED'
      ? { ...before, said }
      : {
          ...key,
          version: before?.version ?? 0,
          ...row,
          redemption: before?.redemption ?? null,
          ...(before?.bearerAuth && { bearerAuth: before.bearerAuth, pin: before.pin ?? null }),
          at: row.issuedAt ?? row.redeemedAt ?? 0,
          said,
        },
  );
}
