import { requestSpec } from '../../kernel/requests.ts';
import type { Statement } from '../../kernel/statement.ts';
import type { AnySpec, Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';

export const ACCOUNT_STATUSES = ['ACTIVE', 'SUSPENDED', 'CLOSED', 'UNKNOWN'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

export const POINTS_KINDS = ['ACCRUAL', 'REDEMPTION', 'ADJUSTMENT', 'EXPIRY', 'REVERSAL', 'TRANSFER'] as const;
export type PointsKind = (typeof POINTS_KINDS)[number];

/** As stored; that an issued voucher expired is asked of the clock when it is read. */
export const VOUCHER_STATUSES = ['ISSUED', 'REDEEMED', 'CANCELLED', 'EXPIRED', 'UNKNOWN'] as const;
export type VoucherStatus = (typeof VOUCHER_STATUSES)[number];

export const VOUCHER_OCCASIONS = ['BIRTHDAY', 'ANNIVERSARY', 'RECOVERY', 'TIER', 'CAMPAIGN', 'UNKNOWN'] as const;
export type VoucherOccasion = (typeof VOUCHER_OCCASIONS)[number];

/** What the bearer of a voucher has to show besides the voucher itself. */
export const BEARER_AUTHS = ['NONE', 'PIN', 'LOGIN'] as const;
export type BearerAuth = (typeof BEARER_AUTHS)[number];

/** The PIN of a voucher, and how often in a row it was given wrongly. */
export interface PinRecord {
  /** See `pinHash`. */
  readonly hash: string;
  readonly failures: number;
  /** 0 while it is not locked. */
  readonly lockedUntil: EpochMs;
}

/** A membership. Its balance is moved by `Collection.adjust` alone, together with the entry that explains the move. */
export interface AccountRecord extends Doc {
  readonly number: string;
  readonly program: string;
  readonly status: AccountStatus;
  /** null until the source or loyaltyEnroll says it. */
  readonly enrolledAt: EpochMs | null;
  /** The tier that the source states, by code; null where tiers follow from points alone. */
  readonly statedTier: string | null;
  /** Until when it is granted; null: without end. */
  readonly statedTierUntil: EpochMs | null;
  /** The sum of the account's entries, in points; never negative. */
  readonly balance: number;
  /** `enrolledAt`, or 0. */
  readonly at: EpochMs;
  readonly updatedAt: EpochMs | null;
  readonly said: readonly Statement[];
}

/**
 * One entry of the ledger. An accrual that becomes available later waits, under the same id, among the pending ones until it is
 * posted; the ledger takes an id once, so it is never posted twice, and an id that is taken by its reversal is never posted at all.
 */
export interface PointsRecord extends Doc {
  /** The id of its account, under the same owner. */
  readonly account: string;
  readonly kind: PointsKind;
  /** Added to the balance; negative takes away. */
  readonly points: number;
  readonly at: EpochMs;
  /** When an accrual can be spent: `at` or later. */
  readonly availableAt: EpochMs;
  /** When what is left of an accrual lapses; null: never. */
  readonly expiresAt: EpochMs | null;
  /** Of an EXPIRY that we posted: the entry whose rest lapsed. Of a REVERSAL: the entry that it undoes. Otherwise null. */
  readonly about: string | null;
  /** The Order it belongs to, by its id in the graph. */
  readonly order: string | null;
  readonly reason: string | null;
  /** See `Arrival.origin`. */
  readonly origin: string;
}

/** A voucher, bound to one customer. */
export interface VoucherRecord extends Doc {
  /** What is shown at the till. Coupons of one campaign may share a code. */
  readonly code: string;
  readonly status: VoucherStatus;
  readonly occasion: VoucherOccasion;
  readonly campaign: string | null;
  readonly benefit: string | null;
  readonly issuedAt: EpochMs | null;
  readonly redeemedAt: EpochMs | null;
  readonly validUntil: EpochMs | null;
  /** The request that redeemed it; null when not redeemed here. */
  readonly redemption: string | null;
  /** Absent: NONE. */
  readonly bearerAuth?: BearerAuth;
  /** Where `bearerAuth` is PIN, until it is redeemed. */
  readonly pin?: PinRecord | null;
  /** `issuedAt`, else `redeemedAt`, else 0. */
  readonly at: EpochMs;
  readonly updatedAt: EpochMs | null;
  readonly said: readonly Statement[];
}

/** A secret that was made here. It is nobody's. */
export interface KeyRecord extends Doc {
  /** When it was made. */
  readonly at: EpochMs;
  /** 256 random bits in base64. */
  readonly secret: string;
}

export const accountsSpec: Spec<AccountRecord> = { name: 'accounts', at: 'at', ledger: { balance: 'balance', entries: 'points' } };
export const pointsSpec: Spec<PointsRecord> = { name: 'points', at: 'at' };
export const pendingSpec: Spec<PointsRecord> = { name: 'pending_points', at: 'availableAt' };
export const vouchersSpec: Spec<VoucherRecord> = { name: 'vouchers', at: 'at' };
export const keysSpec: Spec<KeyRecord> = { name: 'keys', at: 'at' };

export const loyaltySpecs: readonly AnySpec[] = [accountsSpec, pointsSpec, pendingSpec, vouchersSpec, keysSpec, requestSpec];
