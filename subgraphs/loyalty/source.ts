import { type Fields, type Read, readRecord, type SourceRow } from '../../kernel/record.ts';
import { PROGRAM, TIER_CODES } from './program.ts';
import {
  ACCOUNT_STATUSES,
  type AccountRecord,
  type AccountStatus,
  POINTS_KINDS,
  type PointsKind,
  VOUCHER_OCCASIONS,
  VOUCHER_STATUSES,
  type VoucherRecord,
} from './records.ts';

const SOURCE = {
  source: { type: 'text', required: true, description: 'The source system; filled by the mapping itself.' },
} as const satisfies Fields;

export const ACCOUNT_FIELDS = {
  ...SOURCE,
  number: { type: 'text', required: true, description: "The member's number." },
  status: { type: 'enum', values: ACCOUNT_STATUSES, description: 'Whether the membership is in force; absent: ACTIVE.' },
  tier: { type: 'enum', values: TIER_CODES, description: 'The tier as the source has it; absent where it follows from points.' },
  tier_expires_at: { type: 'instant', description: 'Until when that tier is granted; absent: without end.' },
  enrolled_at: { type: 'instant', description: 'When the customer joined.' },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says; older news never replaces newer.' },
} as const satisfies Fields;

export const POINTS_FIELDS = {
  ...SOURCE,
  number: {
    type: 'text',
    description:
      "The transaction's number in its source; without it the row is a transaction of its own, told apart by content and occurrence.",
  },
  account: { type: 'text', required: true, description: "The member's number; the account is opened where it is not known yet." },
  kind: { type: 'enum', values: POINTS_KINDS, required: true, description: 'What moved the points.' },
  points: { type: 'integer', required: true, description: 'Added to the balance; negative takes away.' },
  at: { type: 'instant', required: true, description: 'When it took place.' },
  available_at: { type: 'instant', description: 'From when an accrual can be spent; absent: at once.' },
  expires_at: { type: 'instant', description: 'When what is left of an accrual lapses; absent: never.' },
  order: { type: 'text', description: "The Order's id in the graph." },
  reason: { type: 'text', description: 'Why, as the source puts it.' },
} as const satisfies Fields;

export const VOUCHER_FIELDS = {
  ...SOURCE,
  number: {
    type: 'text',
    description:
      "The voucher's own number in its source; without it the row is a voucher of its own, told apart by content and occurrence.",
  },
  code: { type: 'text', required: true, description: 'What is shown at the till; coupons of one campaign may share it.' },
  status: {
    type: 'enum',
    values: VOUCHER_STATUSES,
    description: 'What became of it; absent: REDEEMED where redeemed_at is given, ISSUED otherwise.',
  },
  occasion: { type: 'enum', values: VOUCHER_OCCASIONS, description: 'Why it was given; absent: CAMPAIGN where a campaign is given.' },
  campaign: { type: 'text', description: 'The campaign it belongs to.' },
  benefit: { type: 'text', description: 'What it gives, in words.' },
  issued_at: { type: 'instant', description: 'When it was given.' },
  redeemed_at: { type: 'instant', description: 'When it was redeemed.' },
  valid_until: { type: 'instant', description: 'When it expires; absent: never.' },
  updated_at: { type: 'instant', description: 'When the source last changed what the row says; older news never replaces newer.' },
} as const satisfies Fields;

export type AccountRow = Pick<
  AccountRecord,
  'number' | 'program' | 'status' | 'statedTier' | 'statedTierUntil' | 'enrolledAt' | 'updatedAt'
> & { readonly source: string };

export interface PointsRow {
  readonly source: string;
  readonly number: string | null;
  readonly program: string;
  /** The member's number. */
  readonly account: string;
  readonly kind: PointsKind;
  readonly points: number;
  readonly at: number;
  readonly availableAt: number;
  readonly expiresAt: number | null;
  readonly order: string | null;
  readonly reason: string | null;
}

export type VoucherRow = Pick<
  VoucherRecord,
  'code' | 'status' | 'occasion' | 'campaign' | 'benefit' | 'issuedAt' | 'redeemedAt' | 'validUntil' | 'updatedAt'
> & { readonly source: string; readonly number: string | null };

/** The most points that one transaction moves: sums stay within a GraphQL Int for many years. */
export const MAX_POINTS = 10_000_000;

/** Which way a kind moves points; 0: either. */
const SIGN: Readonly<Record<PointsKind, number>> = { ACCRUAL: 1, REDEMPTION: -1, EXPIRY: -1, ADJUSTMENT: 0, REVERSAL: 0, TRANSFER: 0 };

export function readAccount(source: SourceRow): Read<AccountRow> {
  return readRecord(source, (row) => ({
    source: row.text('source'),
    number: row.text('number'),
    program: PROGRAM.code,
    status: row.oneOf<AccountStatus>('status', ACCOUNT_STATUSES) ?? 'ACTIVE',
    statedTier: row.oneOf('tier', TIER_CODES) ?? null,
    statedTierUntil: row.instant('tier_expires_at') ?? null,
    enrolledAt: row.instant('enrolled_at') ?? null,
    updatedAt: row.instant('updated_at') ?? null,
  }));
}

export function readPoints(source: SourceRow): Read<PointsRow> {
  return readRecord(source, (row) => {
    const kind = row.need('kind', row.oneOf('kind', POINTS_KINDS));
    const points = row.need('points', row.integer('points'));
    if (points === 0 || Math.abs(points) > MAX_POINTS)
      row.fail('FIELD_INVALID', 'points', `"points" is zero or more than ${MAX_POINTS} either way.`);
    if (SIGN[kind] * points < 0)
      row.fail(
        'FIELD_INVALID',
        'points',
        '"points" must be positive for ACCRUAL and negative for REDEMPTION and EXPIRY; see the sign convention of the mapping.',
      );
    const at = row.need('at', row.instant('at'));
    const availableAt = row.instant('available_at') ?? at;
    const expiresAt = row.instant('expires_at') ?? null;
    if (points < 0 && (availableAt !== at || expiresAt !== null))
      row.fail('FIELD_INVALID', 'points', 'Only points that are added can become available later or expire.');
    if (availableAt < at) row.fail('FIELD_INVALID', 'available_at', '"available_at" is before "at".');
    if (expiresAt !== null && expiresAt <= availableAt)
      row.fail('FIELD_INVALID', 'expires_at', '"expires_at" is not after the points become available.');
    return {
      source: row.text('source'),
      number: row.optional('number') ?? null,
      program: PROGRAM.code,
      account: row.text('account'),
      kind,
      points,
      at,
      availableAt,
      expiresAt,
      order: row.optional('order') ?? null,
      reason: row.optional('reason') ?? null,
    };
  });
}

export function pointsContent(row: PointsRow): string | null {
  return row.number === null ? JSON.stringify(row) : null;
}

export function readVoucher(source: SourceRow): Read<VoucherRow> {
  return readRecord(source, (row) => {
    const redeemedAt = row.instant('redeemed_at') ?? null;
    const campaign = row.optional('campaign') ?? null;
    return {
      source: row.text('source'),
      number: row.optional('number') ?? null,
      code: row.text('code'),
      status: row.oneOf('status', VOUCHER_STATUSES) ?? (redeemedAt === null ? 'ISSUED' : 'REDEEMED'),
      occasion: row.oneOf('occasion', VOUCHER_OCCASIONS) ?? (campaign === null ? 'UNKNOWN' : 'CAMPAIGN'),
      campaign,
      benefit: row.optional('benefit') ?? null,
      issuedAt: row.instant('issued_at') ?? null,
      redeemedAt,
      validUntil: row.instant('valid_until') ?? null,
      updatedAt: row.instant('updated_at') ?? null,
    };
  });
}

export function voucherContent(row: VoucherRow): string | null {
  return row.number === null ? JSON.stringify(row) : null;
}
