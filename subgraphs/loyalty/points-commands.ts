import { digest, parseEntityId } from '../../kernel/ids.ts';
import type { EpochMs, Key } from '../../kernel/storage/port.ts';
import type { PointsAccrueInput, PointsRedeemInput, PointsReverseInput } from '../../schema/generated/loyalty.ts';
import type { Context } from './context.ts';
import { ledger } from './ledger.ts';
import { PROGRAM } from './program.ts';
import { type AccountRecord, accountsSpec, type PointsRecord } from './records.ts';
import { accept, ERASED, type Refused, refused } from './requests.ts';
import { addMonths, primaryAccount } from './rules.ts';

/** More than a GraphQL Int can show no account may hold. */
const MAX_BALANCE = 2_000_000_000;

/** What comes later can't be written as an ISO 8601 date of four digits. */
const LAST_DAY = Date.UTC(9999, 11, 31);

export type PointsOutcome<Code extends string> =
  | { readonly ok: true; readonly transaction: PointsRecord; readonly account: AccountRecord }
  | Refused<Code>;

/** The customer's membership that points are moved on, if it is in force. */
async function activeAccount(customer: string, { store, directory }: Context) {
  const [page] = await store.collection(accountsSpec).latest(await directory.members([customer]), { first: 100 });
  const account = primaryAccount(page?.items ?? []);
  if (!account) return refused('NOT_A_MEMBER', 'customer', 'The customer has no membership; enroll them with loyaltyEnroll.');
  if (account.status !== 'ACTIVE') return refused('ACCOUNT_INACTIVE', 'customer', 'The membership is not in force.');
  return account;
}

async function done({ store, forget }: Context, key: Key, account: Key): Promise<PointsOutcome<'CUSTOMER_UNKNOWN'>> {
  forget(account.owner);
  const [found, [current]] = await Promise.all([ledger(store).entry(key), store.collection(accountsSpec).getMany([account])]);
  return found && current ? { ok: true, transaction: found.entry, account: current } : ERASED;
}

function entryOf(
  account: AccountRecord,
  id: string,
  at: EpochMs,
  { reason, order }: { reason?: string | null | undefined; order?: string | null | undefined },
): Omit<PointsRecord, 'kind' | 'points' | 'origin'> {
  return {
    owner: account.owner,
    id,
    version: 0,
    account: account.id,
    at,
    availableAt: at,
    expiresAt: null,
    about: null,
    order: order ?? null,
    reason: reason ?? null,
  };
}

export async function accrue(input: PointsAccrueInput, context: Context) {
  const request = await accept('pointsAccrue', input, { reason: input.reason }, context);
  if (!request.ok) return request;
  const { at, origin } = request;
  const availableAt = input.availableAt ?? at;
  const expiresAt = input.expiresAt ?? addMonths(availableAt, PROGRAM.pointsLifeMonths);
  if (availableAt < at)
    return refused('TIME_INVALID', 'availableAt', 'The time has passed; leave it out for points that can be spent at once.');
  if (expiresAt > LAST_DAY)
    return refused('TIME_INVALID', 'availableAt', 'The points would lapse after the year 9999; give an earlier time.');
  if (expiresAt <= availableAt) return refused('TIME_INVALID', 'expiresAt', 'The points would lapse before they can be spent.');
  const account = await activeAccount(input.customer, context);
  if ('ok' in account) return account;
  if (account.balance + input.points > MAX_BALANCE)
    return refused('BALANCE_LIMIT', 'points', `An account holds at most ${MAX_BALANCE} points.`);
  const entry: PointsRecord = {
    ...entryOf(account, digest('pointsAccrue', input.idempotencyKey), at, input),
    kind: 'ACCRUAL',
    points: input.points,
    availableAt,
    expiresAt,
    origin,
  };
  const moved = await ledger(context.store).add(entry, context.now);
  return moved === 'erased' ? ERASED : done(context, entry, account);
}

export async function redeem(input: PointsRedeemInput, context: Context) {
  const request = await accept('pointsRedeem', input, { reason: input.reason }, context);
  if (!request.ok) return request;
  const account = await activeAccount(input.customer, context);
  if ('ok' in account) return account;
  const books = ledger(context.store);
  await books.settle(account, context.now);
  const entry: PointsRecord = {
    ...entryOf(account, digest('pointsRedeem', input.idempotencyKey), request.at, input),
    kind: 'REDEMPTION',
    points: -input.points,
    origin: request.origin,
  };
  const moved = await books.post(entry);
  if (moved === 'insufficient')
    return refused('POINTS_INSUFFICIENT', 'points', 'The account has fewer points available; redeem at most those.');
  return moved === 'erased' ? ERASED : done(context, entry, account);
}

const REVERSIBLE: readonly string[] = ['ACCRUAL', 'REDEMPTION', 'ADJUSTMENT'];

export async function reverse(input: PointsReverseInput, context: Context) {
  const key = parseEntityId('ptx', input.transaction);
  const books = ledger(context.store);
  if (!key || !(await books.entry(key)))
    return refused('TRANSACTION_UNKNOWN', 'transaction', 'There is no such transaction; take its id from the graph.');
  const request = await accept('pointsReverse', input, { reason: input.reason }, context);
  if (!request.ok) return request;
  const { at, origin } = request;
  const [page] = await context.store.collection(accountsSpec).latest([[key.owner]], { first: 100 });

  const found = await books.entry(key);
  const account = page?.items.find(({ id }) => id === found?.entry.account);
  if (!found || !account) return ERASED;
  await books.settle(account, context.now);
  const current = await books.entry(key);
  if (!current) return ERASED;
  const undone = {
    ...entryOf(account, key.id, at, { ...input, order: current.entry.order }),
    kind: 'REVERSAL',
    about: key.id,
    origin,
  } as const;
  // Taking the waiting accrual's id in the ledger keeps it from ever being posted.
  if (!current.posted && (await books.post({ ...undone, points: 0 })) === 'applied') return done(context, key, account);
  return undo((await books.entry(key))?.entry ?? current.entry, undone, account, context);
}

/** Undoes a posted entry by one of its own, whose id follows from it: so it is undone once. */
async function undo(target: PointsRecord, undone: Omit<PointsRecord, 'points'>, account: AccountRecord, context: Context) {
  const books = ledger(context.store);
  const taken = refused('ALREADY_REVERSED', 'transaction', 'The transaction was undone before.');
  if (target.about === target.id) return target.origin === undone.origin ? done(context, target, account) : taken;
  if (!REVERSIBLE.includes(target.kind))
    return refused('NOT_REVERSIBLE', 'transaction', 'Only an accrual, a redemption or an adjustment can be undone.');
  const lapsed = await books.entry({ owner: target.owner, id: digest('expiry', target.id) });
  const points = -(target.points + (lapsed?.entry.points ?? 0));
  const entry: PointsRecord = {
    ...undone,
    id: digest('reversal', target.id),
    points,
    expiresAt: points > 0 ? addMonths(undone.at, PROGRAM.pointsLifeMonths) : null,
  };
  const moved = await books.post(entry);
  if (moved === 'insufficient')
    return refused('POINTS_INSUFFICIENT', 'transaction', 'The points were spent already; the balance may not fall below zero.');
  if (moved === 'erased') return ERASED;
  const outcome = await done(context, entry, account);
  return moved === 'duplicate' && outcome.ok && outcome.transaction.origin !== undone.origin ? taken : outcome;
}
