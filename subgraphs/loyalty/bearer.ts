import type { VoucherRedeemInput } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { equalHashes, pinHash } from './pins.ts';
import type { VoucherRecord } from './records.ts';
import { type Refused, refused } from './requests.ts';

/** What the bearer of a voucher did not prove. */
export type Unproven<Code extends string> = Refused<Code> & { readonly wrongPin: boolean };

function unproven<Code extends string>(code: Code, field: string, message: string, wrongPin = false): Unproven<Code> {
  return { ...refused(code, field, message), wrongPin };
}

/** Checks what the voucher asks of its bearer, besides being shown; null when that is proven. */
export async function authorise(
  { owner, id, bearerAuth = 'NONE', pin }: VoucherRecord,
  input: Pick<VoucherRedeemInput, 'pin' | 'authenticatedAs'>,
  { directory }: Context,
): Promise<Unproven<'VOUCHER_PIN_REQUIRED' | 'VOUCHER_PIN_WRONG' | 'VOUCHER_LOGIN_REQUIRED'> | null> {
  if (bearerAuth === 'NONE') return null;
  if (bearerAuth === 'PIN') {
    if (input.pin == null || !pin)
      return unproven('VOUCHER_PIN_REQUIRED', 'pin', 'The voucher is redeemed with its PIN; ask the customer for it.');
    if (equalHashes(await pinHash(input.pin, id), pin.hash)) return null;
    return unproven(
      'VOUCHER_PIN_WRONG',
      'pin',
      'The PIN is not the one of the voucher. Five wrong ones in a row lock it for a while.',
      true,
    );
  }
  const [members = []] = input.authenticatedAs == null ? [] : await directory.members([input.authenticatedAs]);
  return members.includes(owner)
    ? null
    : unproven('VOUCHER_LOGIN_REQUIRED', 'authenticatedAs', 'The voucher is redeemed by its customer signed in; sign them in and say so.');
}
