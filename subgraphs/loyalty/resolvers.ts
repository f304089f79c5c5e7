import { membersOf, signalsAllowed } from '../../kernel/customer.ts';
import { entityId, parseEntityId } from '../../kernel/ids.ts';
import { connection, decodeCursor, pageSize } from '../../kernel/page.ts';
import type { Key, Members } from '../../kernel/storage/port.ts';
import type { LoyaltyVouchersArgs, Resolvers } from '../../schema/generated/loyalty.ts';
import type { Context, PageArguments } from './context.ts';
import { loyaltyMutations } from './mutations.ts';
import { PROGRAM } from './program.ts';
import { qrSvg } from './qr.ts';
import type { AccountRecord, VoucherRecord } from './records.ts';
import { voucherStatus } from './rules.ts';

/** One customer's side of the programme. */
export interface LoyaltyParent {
  readonly members: Members;
  /** The membership that is shown; null without one. */
  readonly account: AccountRecord | null;
}

const DAY_MS = 86_400_000;
const MAX_EXPIRING = 50;

function page({ first, after }: Partial<LoyaltyVouchersArgs>): PageArguments {
  const cursor = decodeCursor(after);
  return { first: pageSize(first), ...(cursor && { after: cursor }) };
}

function byId<T>(prefix: string, id: string, load: (key: Key) => Promise<T | null>): Promise<T | null> | null {
  const key = parseEntityId(prefix, id);
  return key && load(key);
}

const ownerOf = ({ owner }: Key) => owner || null;
const program = () => ({ code: PROGRAM.code, name: PROGRAM.name });
const tier = async (account: AccountRecord, context: Context) => (await context.state(account)).standing.tier;
const tierExpiresAt = async (account: AccountRecord, context: Context) => (await context.state(account)).standing.expiresAt;
const nextTier = async (account: AccountRecord, context: Context) => (await context.state(account)).standing.next;

async function points(account: AccountRecord, context: Context) {
  const { available, pending, lifetime, expiring } = (await context.state(account)).position;
  return { available, pending, lifetime, expiring: expiring.slice(0, MAX_EXPIRING) };
}

/** What is signed can be redeemed: the text of a voucher that is spent or over would only be refused. */
async function tokenOf(voucher: VoucherRecord, { tokens, now }: Context): Promise<string | null> {
  return voucherStatus(voucher, now) === 'ISSUED' ? (await tokens()).tokenOf(voucher) : null;
}

export const resolvers: Resolvers<Context> = {
  Customer: {
    __resolveReference: (reference) => reference,
    loyalty: async (customer, _, context) => {
      const members = membersOf(customer);
      const account = await context.primary.load(members);
      if (account) return { members, account };
      const vouchers = await context.vouchers({ first: 1 }).load(members);
      return vouchers.items.length > 0 ? { members, account: null } : null;
    },
    loyaltySignals: async (customer, _, context) => {
      const asOf = context.now;
      if (!signalsAllowed(customer)) return { state: 'WITHHELD', asOf, member: false, pointsAvailable: 0, expiring: [] };
      const account = await context.primary.load(membersOf(customer));
      if (account?.status !== 'ACTIVE') return { state: 'OK', asOf, member: false, pointsAvailable: 0, expiring: [] };
      const { position, standing } = await context.state(account);
      return {
        state: 'OK',
        asOf,
        member: true,
        tierCode: standing.tier.code,
        nextTierCode: standing.next?.tier.code ?? null,
        pointsToNextTier: standing.next?.pointsNeeded ?? null,
        pointsAvailable: position.available,
        expiring: position.expiring.filter(({ at }) => at <= asOf + 60 * DAY_MS).map(({ amount, at }) => ({ points: amount, at })),
      };
    },
  },
  Loyalty: {
    number: ({ account }) => account?.number ?? null,
    status: ({ account }) => account?.status ?? null,
    program: ({ account }) => account && program(),
    tier: ({ account }, _, context) => account && tier(account, context),
    tierExpiresAt: ({ account }, _, context) => account && tierExpiresAt(account, context),
    nextTier: ({ account }, _, context) => account && nextTier(account, context),
    points: ({ account }, _, context) => account && points(account, context),
    transactions: async ({ members }, args, context) => {
      const wanted = page(args);
      const found = await context.transactions(wanted).load(members);
      return connection(
        found,
        ({ at, id }) => ({ at, id }),
        (entry) => entry,
        wanted.after,
      );
    },
    vouchers: async ({ members }, args, context) => {
      const wanted = page(args);
      const found = await context.vouchers(wanted).load(members);
      return connection(
        found,
        ({ at, id }) => ({ at, id }),
        (voucher) => voucher,
        wanted.after,
      );
    },
  },
  LoyaltyAccount: {
    __resolveReference: ({ id }, context) => byId('loy', id, (key) => context.account.load(key)),
    id: (account) => entityId('loy', account),
    owner: ownerOf,
    program,
    tier: (account, _, context) => tier(account, context),
    tierExpiresAt: (account, _, context) => tierExpiresAt(account, context),
    nextTier: (account, _, context) => nextTier(account, context),
    points: (account, _, context) => points(account, context),
  },
  PointsTransaction: {
    __resolveReference: ({ id }, context) => byId('ptx', id, (key) => context.transaction.load(key)),
    id: (entry) => entityId('ptx', entry),
    owner: ownerOf,
    order: ({ order }) => (order === null ? null : { id: order }),
  },
  Voucher: {
    __resolveReference: ({ id }, context) => byId('vou', id, (key) => context.voucher.load(key)),
    id: (voucher) => entityId('vou', voucher),
    owner: ownerOf,
    status: (voucher, _, { now }) => voucherStatus(voucher, now),
    bearerAuth: ({ bearerAuth }) => bearerAuth ?? 'NONE',
    token: (voucher, _, context) => tokenOf(voucher, context),
    qr: async (voucher, _, context) => {
      const token = await tokenOf(voucher, context);
      return token === null ? null : qrSvg(token);
    },
  },
  Mutation: loyaltyMutations,
};
