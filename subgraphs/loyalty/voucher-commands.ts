import { randomBytes } from 'node:crypto';
import { base32, digest } from '../../kernel/ids.ts';
import { update } from '../../kernel/update.ts';
import type { VoucherIssueInput, VoucherRedeemInput } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { type VoucherRecord, type VoucherStatus, vouchersSpec } from './records.ts';
import { accept, ERASED, type Refused, refused } from './requests.ts';
import { voucherStatus } from './rules.ts';

/** Why a voucher in that state is not redeemed, and what to do. */
const WHY_NOT: Readonly<Record<Exclude<VoucherStatus, 'ISSUED'>, string>> = {
  REDEEMED: 'The voucher was redeemed before; it is good for one use. Issue another where one is due.',
  EXPIRED: 'The time of the voucher has passed. Issue another where one is due.',
  CANCELLED: 'The voucher was withdrawn. Issue another where one is due.',
  UNKNOWN: 'The source does not say whether the voucher is still good; ask there.',
};

export type VoucherOutcome = { readonly ok: true; readonly voucher: VoucherRecord } | Refused;

export async function issue(input: VoucherIssueInput, context: Context): Promise<VoucherOutcome> {
  const request = await accept('voucherIssue', input, { benefit: input.benefit, campaign: input.campaign }, context);
  if (!request.ok) return request;
  const { at } = request;
  if (input.validUntil != null && input.validUntil <= at)
    return refused('TIME_INVALID', 'validUntil', 'The time has passed; the voucher could never be used.');
  const vouchers = context.store.collection(vouchersSpec);
  const voucher: VoucherRecord = {
    owner: input.customer,
    id: digest('voucherIssue', input.idempotencyKey),
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
    at,
    updatedAt: at,
    said: [],
  };
  await vouchers.insertOnce([voucher]);
  const [stored] = await vouchers.getMany([voucher]);
  return stored ? { ok: true, voucher: stored } : ERASED;
}

/** The person's vouchers with that code in any case, newest first. */
async function withCode(customer: string, code: string, { store, directory }: Context): Promise<readonly VoucherRecord[]> {
  const vouchers = store.collection(vouchersSpec);
  const person = await directory.members([customer]);
  const wanted = code.trim().toUpperCase();
  const found: VoucherRecord[] = [];
  let [page] = await vouchers.latest(person, { first: 1000 });
  while (page) {
    found.push(...page.items.filter((voucher) => voucher.code.toUpperCase() === wanted));
    [page] = page.next ? await vouchers.latest(person, { first: 1000, after: page.next }) : [];
  }
  return found;
}

export async function redeemVoucher(input: VoucherRedeemInput, context: Context): Promise<VoucherOutcome> {
  const request = await accept('voucherRedeem', input, { code: input.code }, context);
  if (!request.ok) return request;
  const { at, origin } = request;
  const found = await withCode(input.customer, input.code, context);
  const mine = (voucher: VoucherRecord) => voucher.redemption === origin;
  const voucher = found.find(mine) ?? found.find((candidate) => voucherStatus(candidate, at) === 'ISSUED') ?? found[0];
  if (!voucher)
    return refused('VOUCHER_UNKNOWN', 'code', 'The customer has no voucher with this code; those they have are in loyalty.vouchers.');
  const vouchers = context.store.collection(vouchersSpec);
  let state = voucherStatus(voucher, at);
  await update(vouchers, [voucher], (current): VoucherRecord | null => {
    if (!current) return null;
    state = mine(current) ? 'ISSUED' : voucherStatus(current, at);
    return state === 'ISSUED' && !mine(current)
      ? { ...current, status: 'REDEEMED', redeemedAt: at, redemption: origin, updatedAt: at }
      : null;
  });
  if (state !== 'ISSUED') return refused(`VOUCHER_${state}`, 'code', WHY_NOT[state]);
  const [stored] = await vouchers.getMany([voucher]);
  return stored ? { ok: true, voucher: stored } : ERASED;
}
