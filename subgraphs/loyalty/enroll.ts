import { createHash } from 'node:crypto';
import type { LoyaltyEnrollInput } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { accountId } from './ingest.ts';
import { PROGRAM } from './program.ts';
import { type AccountRecord, accountsSpec } from './records.ts';
import { accept, ERASED, refused } from './requests.ts';
import { luhn } from './rules.ts';

const MAX_TRIES = 100;

/** The customer's nth number: 15 digits that follow from the customer, and a check digit. */
function memberNumber(program: string, customer: string, nth: number): string {
  const bytes = createHash('sha256').update(`${program}\n${customer}\n${nth}`).digest();
  const digits = String(bytes.readBigUInt64BE() % 10n ** 15n).padStart(15, '0');
  return digits + luhn(digits);
}

/** A number that is nobody else's: the directory gives each to the first who asks. The same customer gets the same again. */
async function claimNumber(customer: string, { directory }: Context): Promise<string> {
  for (let nth = 0; nth < MAX_TRIES; nth++) {
    const reference = { kind: 'loyalty-number', source: PROGRAM.code, number: memberNumber(PROGRAM.code, customer, nth) };
    await directory.refer([{ ...reference, owner: customer }]);
    const [owner] = await directory.ownersOf([reference]);
    if (owner === customer) return reference.number;
  }
  throw new Error(`No free member number after ${MAX_TRIES} tries.`);
}

export async function enroll(input: LoyaltyEnrollInput, context: Context) {
  const request = await accept('loyaltyEnroll', input, {}, context);
  if (!request.ok) return request;
  const { at, origin } = request;
  const accounts = context.store.collection(accountsSpec);
  const mine = (account: AccountRecord) => account.said.some((statement) => statement.origin === origin);
  const [page] = await accounts.latest(await context.directory.members([input.customer]), { first: 100 });
  const known = page?.items.find(mine) ?? page?.items[0];
  if (known)
    return mine(known)
      ? ({ ok: true, account: known } as const)
      : refused('ALREADY_ENROLLED', 'customer', 'The customer is a member already.');
  const number = await claimNumber(input.customer, context);
  const account: AccountRecord = {
    owner: input.customer,
    id: accountId(PROGRAM.code, number),
    version: 0,
    number,
    program: PROGRAM.code,
    status: 'ACTIVE',
    enrolledAt: at,
    statedTier: null,
    statedTierUntil: null,
    balance: 0,
    at,
    updatedAt: at,
    said: [{ content: origin, origin }],
  };
  // Of two requests at once both make this very id, and the first is kept.
  await accounts.insertOnce([account]);
  const [stored] = await accounts.getMany([account]);
  if (!stored) return ERASED;
  return mine(stored)
    ? ({ ok: true, account: stored } as const)
    : refused('ALREADY_ENROLLED', 'customer', 'The customer is a member already.');
}
