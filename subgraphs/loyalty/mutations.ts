import type { MutationResolvers } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { enroll } from './enroll.ts';
import { accrue, type PointsOutcome, redeem, reverse } from './points-commands.ts';
import { issue, redeemVoucher, type VoucherOutcome } from './voucher-commands.ts';

function pointsPayload<Code extends string>(outcome: PointsOutcome<Code>) {
  return outcome.ok ? { transaction: outcome.transaction, account: outcome.account, userErrors: [] } : { userErrors: outcome.userErrors };
}

function voucherPayload<Code extends string>(outcome: VoucherOutcome<Code>) {
  return outcome.ok ? { voucher: outcome.voucher, userErrors: [] } : { userErrors: outcome.userErrors };
}

export const loyaltyMutations: MutationResolvers<Context> = {
  loyaltyEnroll: async (_, { input }, context) => {
    const outcome = await enroll(input, context);
    return outcome.ok ? { account: outcome.account, userErrors: [] } : { userErrors: outcome.userErrors };
  },
  pointsAccrue: async (_, { input }, context) => pointsPayload(await accrue(input, context)),
  pointsRedeem: async (_, { input }, context) => pointsPayload(await redeem(input, context)),
  pointsReverse: async (_, { input }, context) => pointsPayload(await reverse(input, context)),
  voucherIssue: async (_, { input }, context) => voucherPayload(await issue(input, context)),
  voucherRedeem: async (_, { input }, context) => voucherPayload(await redeemVoucher(input, context)),
};
