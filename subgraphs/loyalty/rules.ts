import type { EpochMs } from '../../kernel/storage/port.ts';
import { standingAccruals } from './lots.ts';
import type { Program, Tier } from './program.ts';
import type { AccountRecord, PointsRecord, VoucherRecord, VoucherStatus } from './records.ts';

/** The same day and time `months` later (UTC); the month's last day where it has no such day. */
export function addMonths(at: EpochMs, months: number): EpochMs {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, days));
  return date.getTime();
}

/** Accruals count towards a tier for this long. */
const QUALIFYING_MONTHS = 12;

export interface Standing {
  readonly tier: Tier;
  /** When the tier is lost if no more points are earned; null: never. */
  readonly expiresAt: EpochMs | null;
  /** The next tier up and the qualifying points still missing for it; null at the top. */
  readonly next: { readonly tier: Tier; readonly pointsNeeded: number } | null;
}

/** The tier that an account holds at `now`: what its points qualify for, or what the source states where that is higher. */
export function standing(
  program: Program,
  account: Pick<AccountRecord, 'statedTier' | 'statedTierUntil'>,
  entries: readonly PointsRecord[],
  now: EpochMs,
): Standing {
  const qualifying = standingAccruals(entries)
    .filter(({ availableAt }) => availableAt <= now)
    .map(({ points, availableAt }) => ({ points, until: addMonths(availableAt, QUALIFYING_MONTHS) }))
    .filter(({ until }) => until > now)
    .sort((a, b) => a.until - b.until);
  const total = qualifying.reduce((sum, { points }) => sum + points, 0);
  const earned = program.tiers.findLast(({ threshold }) => threshold <= total) ?? program.tiers[0]!;
  const stated =
    account.statedTierUntil === null || account.statedTierUntil > now
      ? program.tiers.find(({ code }) => code === account.statedTier)
      : undefined;
  const higher = stated && stated.rank > earned.rank;
  const tier = higher ? stated : earned;
  const next = program.tiers.find(({ rank }) => rank > tier.rank);
  return {
    tier,
    expiresAt: higher ? account.statedTierUntil : lostAt(earned, qualifying, total),
    next: next ? { tier: next, pointsNeeded: next.threshold - total } : null,
  };
}

/** When enough points have dropped out for the tier to be lost; null where it needs none. */
function lostAt(tier: Tier, qualifying: readonly { points: number; until: EpochMs }[], total: number): EpochMs | null {
  let left = total;
  for (const { points, until } of qualifying) {
    left -= points;
    if (left < tier.threshold) return until;
  }
  return null;
}

/** Of several memberships the one that is shown: in force before not, then the highest balance, then the oldest. */
export function primaryAccount(accounts: readonly AccountRecord[]): AccountRecord | null {
  const inForce = ({ status }: AccountRecord) => (status === 'ACTIVE' ? 0 : 1);
  const joined = ({ enrolledAt }: AccountRecord) => enrolledAt ?? Number.MAX_SAFE_INTEGER;
  return (
    [...accounts].sort((a, b) => inForce(a) - inForce(b) || b.balance - a.balance || joined(a) - joined(b) || (a.id < b.id ? -1 : 1))[0] ??
    null
  );
}

/** An issued voucher is expired once its time has passed. */
export function voucherStatus({ status, validUntil }: Pick<VoucherRecord, 'status' | 'validUntil'>, now: EpochMs): VoucherStatus {
  return status === 'ISSUED' && validUntil !== null && validUntil <= now ? 'EXPIRED' : status;
}

/** A check digit for a row of digits (Luhn, ISO/IEC 7812-1 annex B). */
export function luhn(digits: string): string {
  const total = [...digits].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (total % 10)) % 10);
}
