import type { EpochMs } from '../../kernel/storage/port.ts';
import type { VoucherRedeemInput } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { type VoucherRecord, vouchersSpec } from './records.ts';
import { refused } from './requests.ts';
import { voucherStatus } from './rules.ts';

/** A voucher that was shown, and how. */
export interface Shown {
  readonly voucher: VoucherRecord;
  readonly field: 'code' | 'token';
  /** Until when what was shown says that it is good; null: no word of it. */
  readonly validUntil: EpochMs | null;
}

// Malformed, forged, altered, another customer's, no longer there: whoever tries tokens out learns nothing from the answer.
const INVALID = refused('VOUCHER_TOKEN_INVALID', 'token', 'The code that was scanned is none of a voucher of this customer.');

/** The voucher that the request means, of those of the customer. `origin` is the request: what it redeemed before it means again. */
export async function shown(input: VoucherRedeemInput, origin: string, context: Context) {
  const { customer, code, token } = input;
  if (code != null && token == null) return byCode(customer, code, origin, context);
  if (token != null && code == null) return byToken(customer, token, context);
  return refused('VOUCHER_UNSPECIFIED', 'code', 'Give either the code or the token of the voucher.');
}

async function byToken(customer: string, token: string, { store, directory, tokens }: Context) {
  const signed = (await tokens()).read(token);
  if (!signed) return INVALID;
  const [members = []] = await directory.members([customer]);
  const candidates = await store.collection(vouchersSpec).getMany(members.map((owner) => ({ owner, id: signed.id })));
  const voucher = candidates.find((candidate) => candidate !== null && signed.isFor(candidate.owner));
  return voucher ? ({ voucher, field: 'token', validUntil: signed.validUntil } satisfies Shown) : INVALID;
}

async function byCode(customer: string, code: string, origin: string, context: Context) {
  const found = await withCode(customer, code, context);
  const voucher =
    found.find(({ redemption }) => redemption === origin) ??
    found.find((candidate) => voucherStatus(candidate, context.now) === 'ISSUED') ??
    found[0];
  if (!voucher)
    return refused('VOUCHER_UNKNOWN', 'code', 'The customer has no voucher with this code; those they have are in loyalty.vouchers.');
  return { voucher, field: 'code', validUntil: null } satisfies Shown;
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
