import { randomBytes } from 'node:crypto';
import { base32, digest } from '../../kernel/ids.ts';
import type { EpochMs, Key } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import type { VoucherIssueInput, VoucherRedeemInput } from '../../schema/generated/loyalty.ts';
import { authorise } from './bearer.ts';
import type { Context } from './context.ts';
import { afterWrongPin, isPin, pinHash } from './pins.ts';
import { type VoucherRecord, type VoucherStatus, vouchersSpec } from './records.ts';
import { accept, ERASED, type Refused, refused } from './requests.ts';
import { voucherStatus } from './rules.ts';
import { type Shown, shown } from './shown-voucher.ts';

/** Why a voucher in that state is not redeemed, and what to do. */
const WHY_NOT: Readonly<Record<Exclude<VoucherStatus, 'ISSUED'>, string>> = {
  REDEEMED: 'The voucher was redeemed before; it is good for one use. Issue another where one is due.',
  EXPIRED: 'The time of the voucher has passed. Issue another where one is due.',
  CANCELLED: 'The voucher was withdrawn. Issue another where one is due.',
  UNKNOWN: 'The source does not say whether the voucher is still good; ask there.',
};

export type VoucherOutcome<Code extends string> = { readonly ok: true; readonly voucher: VoucherRecord } | Refused<Code>;

export async function issue(input: VoucherIssueInput, context: Context) {
  const bearerAuth = input.bearerAuth ?? 'NONE';
  if ((bearerAuth === 'PIN') !== (input.pin != null) || (input.pin != null && !isPin(input.pin)))
    return refused('PIN_INVALID', 'pin', 'Give 4 to 12 digits where bearerAuth is PIN, and no PIN otherwise.');
  const id = digest('voucherIssue', input.idempotencyKey);
  const hash = input.pin == null ? null : await pinHash(input.pin, id);
  // Requests are remembered by a digest that is quick to compute, so the PIN must not be in it as it is.
  const asked = hash === null ? input : { ...input, pin: hash };
  const request = await accept('voucherIssue', asked, { benefit: input.benefit, campaign: input.campaign }, context);
  if (!request.ok) return request;
  const { at } = request;
  if (input.validUntil != null && input.validUntil <= at)
    return refused('TIME_INVALID', 'validUntil', 'The time has passed; the voucher could never be used.');
  const vouchers = context.store.collection(vouchersSpec);
  const voucher: VoucherRecord = {
    owner: input.customer,
    id,
    version: 0,
    // Nobody can guess a code of 60 random bits. A repeated request finds the first one's.
    code: base32(randomBytes(13)).slice(0, 12).toUpperCase(),
    status: 'ISSUED',
    occasion: input.occasion,
    campaign: input.campaign ?? null,
    benefit: input.benefit,
    issuedAt: at,
    redeemedAt: null,
    validUntil: input.validUntil ?? null,
    redemption: null,
    bearerAuth,
    pin: hash === null ? null : { hash, failures: 0, lockedUntil: 0 },
    at,
    updatedAt: at,
    said: [],
  };
  await vouchers.insertOnce([voucher]);
  const [stored] = await vouchers.getMany([voucher]);
  return stored ? ({ ok: true, voucher: stored } as const) : ERASED;
}

export async function redeemVoucher(input: VoucherRedeemInput, context: Context) {
  // What the bearer proves is no part of what is asked for: who mistyped the PIN tries again under the same key.
  const { pin, authenticatedAs: _, ...asked } = input;
  const request = await accept('voucherRedeem', asked, { code: input.code, pin }, context);
  if (!request.ok) return request;
  const found = await shown(input, request.origin, context);
  if ('ok' in found) return found;
  const attempt = () => redeem(found, input, request.origin, context);
  const { owner, id, bearerAuth } = found.voucher;
  return bearerAuth === 'PIN' ? context.inTurn(`${owner}\n${id}`, attempt) : attempt();
}

/** Why the voucher is not redeemed at `now`, whatever its bearer proves; null where nothing stands against it. */
function obstacle({ field, validUntil }: Shown, current: VoucherRecord, now: EpochMs) {
  const status = voucherStatus({ ...current, validUntil: earlier(validUntil, current.validUntil) }, now);
  if (status !== 'ISSUED') return refused(`VOUCHER_${status}`, field, WHY_NOT[status]);
  if ((current.pin?.lockedUntil ?? 0) > now)
    return refused('VOUCHER_PIN_LOCKED', 'pin', 'The PIN was wrong too often in a row. Try again later; the voucher stays good meanwhile.');
  return null;
}

function earlier(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** Why a voucher that was found is not redeemed. */
type UnredeemedCode =
  | 'CUSTOMER_UNKNOWN'
  | `VOUCHER_${Exclude<VoucherStatus, 'ISSUED'>}`
  | `VOUCHER_PIN_${'LOCKED' | 'REQUIRED' | 'WRONG'}`
  | 'VOUCHER_LOGIN_REQUIRED';

async function redeem(found: Shown, input: VoucherRedeemInput, origin: string, context: Context): Promise<VoucherOutcome<UnredeemedCode>> {
  const { now, store } = context;
  const vouchers = store.collection(vouchersSpec);
  const key: Key = found.voucher;
  const [before] = await vouchers.getMany([key]);
  if (!before) return ERASED;
  const done = (voucher: VoucherRecord) => voucher.redemption === origin;
  const against = done(before) ? null : obstacle(found, before, now);
  if (against) return against;
  const proof = done(before) ? null : await authorise(before, input, context);
  let refusal = null as ReturnType<typeof obstacle> | typeof proof;
  await update(vouchers, [key], (current): VoucherRecord | null => {
    refusal = null;
    if (!current || done(current)) return null;
    refusal = obstacle(found, current, now) ?? proof;
    if (refusal === null) return { ...current, status: 'REDEEMED', redeemedAt: now, redemption: origin, updatedAt: now, pin: null };
    // Counted in the document that is redeemed, so that of guesses that come together no sixth is ever judged.
    return refusal === proof && proof.wrongPin && current.pin ? { ...current, pin: afterWrongPin(current.pin, now) } : null;
  });
  if (refusal) return refusal;
  const [stored] = await vouchers.getMany([key]);
  return stored ? ({ ok: true, voucher: stored } as const) : ERASED;
}
