import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entityId } from '../../kernel/ids.ts';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { loyalty } from '../../subgraphs/loyalty/module.ts';
import { accountsSpec, pointsSpec } from '../../subgraphs/loyalty/records.ts';
import { luhn } from '../../subgraphs/loyalty/rules.ts';
import { type Domain, openDomain } from '../support/domain.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;
let domain: Domain;
let ada: string;
let people = 0;
let keys = 0;

beforeAll(async () => {
  domain = await openDomain(loyalty);
});
// One store for all tests: each has customers of its own.
beforeEach(async () => {
  domain.time.now = NOW;
  ada = await someone();
  domain.calls.clear();
});
afterAll(() => domain.close());

const someone = () => domain.customer(`someone-${people++}`);
const GRANTED = ['PERSONALIZATION', 'PROFILING'];

async function ingest(kind: string, owner: string, rows: readonly SourceRow[], run = `run-${keys++}`): Promise<readonly Outcome[]> {
  const intake = domain.subgraph.intakes.find((each) => each.kind === kind) as Intake;
  const seen = new Map<string, number>();
  const arrivals = rows.map((row, index): Arrival<unknown> => {
    const read = intake.read({ source: 'club', ...row });
    if (!read.ok) throw new Error(read.reason.message);
    const content = intake.contentOf?.(read.record) ?? null;
    const occurrence = content === null ? 1 : (seen.get(content) ?? 0) + 1;
    if (content !== null) seen.set(content, occurrence);
    return { record: read.record, owner, origin: `${run}/${index + 1}`, occurrence };
  });
  return intake.store(arrivals);
}

async function customers(persons: readonly { members: readonly string[]; permissions?: readonly string[] }[], selection: string) {
  const { data, errors } = await domain.entities(
    'Customer',
    persons.map(({ members, permissions = GRANTED }) => ({ id: members[0], members, permissions })),
    selection,
  );
  expect(errors).toBeUndefined();
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals.
  return (data as any)._entities as any[];
}

async function loyaltyOf(customer: string | readonly string[], selection: string) {
  return (await customers([{ members: [customer].flat() }], `{ loyalty ${selection} }`))[0].loyalty;
}

async function mutate(field: string, input: object, selection: string) {
  const type = `${field[0]?.toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { ${field}(input: $input) { ${selection} userErrors { code field } } }`;
  const { data, errors } = await domain.ask(document, { input: { idempotencyKey: `key-${keys++}`, ...input } });
  expect(errors).toBeUndefined();
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared with literals.
  return (data as any)[field];
}

const enroll = (customer: string, more: object = {}) =>
  mutate('loyaltyEnroll', { customer, ...more }, 'account { number status enrolledAt points { available } tier { code } }');
const accrue = (customer: string, points: number, more: object = {}) =>
  mutate(
    'pointsAccrue',
    { customer, points, ...more },
    'transaction { id kind points availableAt expiresAt } account { points { available pending } }',
  );
const redeem = (customer: string, points: number, more: object = {}) =>
  mutate('pointsRedeem', { customer, points, ...more }, 'transaction { id kind points } account { points { available } }');
const reverse = (transaction: string, more: object = {}) =>
  mutate('pointsReverse', { transaction, ...more }, 'transaction { kind points } account { points { available pending lifetime } }');
const codes = ({ userErrors }: { userErrors: readonly { code: string }[] }) => userErrors.map(({ code }) => code);
const POINTS = '{ points { available pending expiring { amount at } lifetime } }';

/** The account's balance as stored, and the sum of its ledger. */
async function books(customer: string): Promise<{ balance: number; ledger: number }> {
  const [accounts] = await domain.store.collection(accountsSpec).latest([[customer]], { first: 10 });
  const [entries] = await domain.store.collection(pointsSpec).latest([[customer]], { first: 1000 });
  return { balance: accounts?.items[0]?.balance ?? 0, ledger: (entries?.items ?? []).reduce((sum, { points }) => sum + points, 0) };
}

describe('Customer.loyalty', () => {
  it('is null for a customer without membership and vouchers', async () => {
    expect(await loyaltyOf(ada, '{ number }')).toBeNull();
  });

  it('shows number, tier, the way to the next one and points', async () => {
    await ingest('account', ada, [{ number: '4711', enrolled_at: '2020-05-01T00:00:00Z' }]);
    await ingest('points', ada, [
      { account: '4711', kind: 'ACCRUAL', points: '1200', at: '2025-06-01T00:00:00Z', expires_at: '2026-04-01T00:00:00Z' },
      { account: '4711', kind: 'REDEMPTION', points: '-200', at: '2025-07-01T00:00:00Z', reason: 'Mug' },
      { account: '4711', kind: 'ACCRUAL', points: '300', at: '2026-02-20T00:00:00Z', available_at: '2026-03-06T00:00:00Z' },
    ]);
    const seen = `{ number status program { code } tier { code rank } tierExpiresAt nextTier { tier { code } pointsNeeded }
      points { available pending expiring { amount at } lifetime } transactions { nodes { kind points reason at } } account { enrolledAt } }`;
    expect(await loyaltyOf(ada, seen)).toEqual({
      number: '4711',
      status: 'ACTIVE',
      program: { code: 'MAIN' },
      tier: { code: 'SILVER', rank: 2 },
      tierExpiresAt: '2026-06-01T00:00:00.000Z',
      nextTier: { tier: { code: 'GOLD' }, pointsNeeded: 3800 },
      points: { available: 1000, pending: 300, expiring: [{ amount: 1000, at: '2026-04-01T00:00:00.000Z' }], lifetime: 1200 },
      transactions: {
        nodes: [
          { kind: 'REDEMPTION', points: -200, reason: 'Mug', at: '2025-07-01T00:00:00.000Z' },
          { kind: 'ACCRUAL', points: 1200, reason: null, at: '2025-06-01T00:00:00.000Z' },
        ],
      },
      account: { enrolledAt: '2020-05-01T00:00:00.000Z' },
    });
  });

  it('shows vouchers to who is no member, and every redemption of a shared code', async () => {
    const coupon = { code: '51380041013', campaign: '26', redeemed_at: '2017-01-01T00:00:00Z' };
    expect(await ingest('voucher', ada, [coupon, coupon], 'a')).toEqual(['stored', 'stored']);
    expect(await ingest('voucher', ada, [coupon, coupon], 'b')).toEqual(['duplicate', 'duplicate']);
    expect(await loyaltyOf(ada, '{ number points { available } vouchers { nodes { code status occasion campaign } } }')).toEqual({
      number: null,
      points: null,
      vouchers: { nodes: Array(2).fill({ code: '51380041013', status: 'REDEEMED', occasion: 'CAMPAIGN', campaign: '26' }) },
    });
  });

  it('shows one of several memberships of the members', async () => {
    const ben = await someone();
    await ingest('account', ada, [{ number: 'a' }]);
    await ingest('points', ben, [{ account: 'b', kind: 'ACCRUAL', points: '5', at: '2026-01-01T00:00:00Z' }]);
    expect(await loyaltyOf([ada, ben], '{ number points { available } }')).toEqual({ number: 'b', points: { available: 5 } });
  });
});

describe('points from files', () => {
  const row = (points: string, day: string, more: SourceRow = {}): SourceRow => ({
    account: ada,
    kind: points.startsWith('-') ? 'REDEMPTION' : 'ACCRUAL',
    points,
    at: `2026-01-${day}T00:00:00Z`,
    ...more,
  });

  it('are posted once, whatever their order in a batch', async () => {
    const rows = [row('-80', '03'), row('50', '02'), row('50', '02')];
    expect(await ingest('points', ada, rows, 'a')).toEqual(['stored', 'stored', 'stored']);
    expect(await ingest('points', ada, rows, 'a')).toEqual(['stored', 'stored', 'stored']);
    expect(await ingest('points', ada, rows, 'b')).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await books(ada)).toEqual({ balance: 20, ledger: 20 });
  });

  it('that would overdraw are refused and can be retried', async () => {
    expect(await ingest('points', ada, [row('-80', '03')])).toMatchObject([{ code: 'POINTS_INSUFFICIENT' }]);
    await ingest('points', ada, [row('100', '02')]);
    expect(await ingest('points', ada, [row('-80', '03')])).toEqual(['stored']);
    expect(await books(ada)).toEqual({ balance: 20, ledger: 20 });
  });

  it('do not change an account that a row told of', async () => {
    await ingest('points', ada, [row('100', '02')]);
    await ingest('account', ada, [{ number: ada, tier: 'GOLD' }]);
    expect(await loyaltyOf(ada, '{ tier { code } points { available } }')).toEqual({ tier: { code: 'GOLD' }, points: { available: 100 } });
  });
});

describe('loyaltyEnroll', () => {
  it('gives a number with a check digit, once', async () => {
    const input = { idempotencyKey: `enroll-${ada}` };
    const answers = await Promise.all([1, 2, 3].map(() => enroll(ada, input)));
    const { number } = answers[0].account;
    expect(number).toMatch(/^\d{16}$/);
    expect(luhn(number.slice(0, 15))).toBe(number[15]);
    for (const answer of answers)
      expect(answer).toEqual({
        account: { number, status: 'ACTIVE', enrolledAt: '2026-03-01T12:00:00.000Z', points: { available: 0 }, tier: { code: 'BASIC' } },
        userErrors: [],
      });
    expect(codes(await enroll(ada))).toEqual(['ALREADY_ENROLLED']);
    expect(codes(await enroll(await someone(), input))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
    expect(codes(await enroll('cus_00000000000000000000'))).toEqual(['CUSTOMER_UNKNOWN']);
  });
});

describe('pointsRedeem', () => {
  it('grants exactly what the balance allows, whatever runs at once, and repeats change nothing', async () => {
    await enroll(ada);
    await accrue(ada, 500);
    const inputs = Array.from({ length: 200 }, (_, i) => ({ idempotencyKey: `redeem-${ada}-${i}` }));
    const answers = await Promise.all(inputs.map((input) => redeem(ada, 10, input)));
    const granted = answers.filter(({ userErrors }) => userErrors.length === 0);
    expect(granted).toHaveLength(50);
    expect(answers.flatMap(codes)).toEqual(Array(150).fill('POINTS_INSUFFICIENT'));
    expect(await books(ada)).toEqual({ balance: 0, ledger: 0 });
    const ids = answers.map(({ transaction }) => transaction?.id ?? null);
    const repeated = await Promise.all([1, 2, 3].map(() => Promise.all(inputs.map((input) => redeem(ada, 10, input)))));
    for (const again of repeated) expect(again.map(({ transaction }) => transaction?.id ?? null)).toEqual(ids);
    expect(await books(ada)).toEqual({ balance: 0, ledger: 0 });
  });

  it('does not spend pending points before, and does after they become available', async () => {
    await enroll(ada);
    await accrue(ada, 30);
    const later = await accrue(ada, 100, { availableAt: '2026-03-15T00:00:00Z' });
    expect(later.account.points).toEqual({ available: 30, pending: 100 });
    expect(codes(await redeem(ada, 31))).toEqual(['POINTS_INSUFFICIENT']);
    domain.time.now = Date.UTC(2026, 2, 15);
    expect(await loyaltyOf(ada, POINTS)).toMatchObject({ points: { available: 130, pending: 0, lifetime: 130 } });
    expect((await redeem(ada, 130)).account.points).toEqual({ available: 0 });
    expect(await books(ada)).toEqual({ balance: 0, ledger: 0 });
  });

  it('does not spend lapsed points, also when many ask at once', async () => {
    await enroll(ada);
    await accrue(ada, 40, { expiresAt: '2026-03-10T00:00:00Z' });
    await accrue(ada, 20);
    await redeem(ada, 10);
    expect(await loyaltyOf(ada, POINTS)).toMatchObject({
      points: { available: 50, expiring: [{ amount: 30 }, { amount: 20, at: '2028-03-01T12:00:00.000Z' }] },
    });
    domain.time.now = Date.UTC(2026, 2, 10);
    expect(await loyaltyOf(ada, POINTS)).toMatchObject({ points: { available: 20 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(ada, 4)));
    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(5);
    expect(await books(ada)).toEqual({ balance: 0, ledger: 0 });
    const seen = await loyaltyOf(ada, '{ transactions(first: 100) { nodes { kind points at } } }');
    expect(seen.transactions.nodes.filter(({ kind }: { kind: string }) => kind === 'EXPIRY')).toEqual([
      { kind: 'EXPIRY', points: -30, at: '2026-03-10T00:00:00.000Z' },
    ]);
  });

  it.each([
    ['no points', { points: 0 }, ['POINTS_INVALID']],
    ['negative points', { points: -5 }, ['POINTS_INVALID']],
    ['what is no order', { order: 'ord_1!' }, ['ORDER_INVALID']],
    ['an empty key', { idempotencyKey: '' }, ['TEXT_INVALID']],
  ])('refuses %s', async (_, more, expected) => {
    await enroll(ada);
    await accrue(ada, 10);
    expect(codes(await redeem(ada, 1, more))).toEqual(expected);
    expect(await books(ada)).toEqual({ balance: 10, ledger: 10 });
  });

  it('refuses who is no member or whose membership is on hold, and a used key', async () => {
    expect(codes(await redeem(ada, 1))).toEqual(['NOT_A_MEMBER']);
    await ingest('account', ada, [{ number: ada, status: 'SUSPENDED' }]);
    expect(codes(await redeem(ada, 1))).toEqual(['ACCOUNT_INACTIVE']);
    const ben = await someone();
    await enroll(ben);
    await accrue(ben, 10);
    const used = { idempotencyKey: `used-${ben}` };
    await redeem(ben, 1, used);
    expect(codes(await redeem(ben, 2, used))).toEqual(['IDEMPOTENCY_KEY_REUSED']);
  });
});

describe('pointsReverse', () => {
  it('gives spent points back once', async () => {
    await enroll(ada);
    await accrue(ada, 50);
    const { transaction } = await redeem(ada, 20);
    const input = { idempotencyKey: `undo-${ada}` };
    const answers = await Promise.all([1, 2, 3].map(() => reverse(transaction.id, input)));
    for (const answer of answers)
      expect(answer).toEqual({
        transaction: { kind: 'REVERSAL', points: 20 },
        account: { points: { available: 50, pending: 0, lifetime: 50 } },
        userErrors: [],
      });
    expect(codes(await reverse(transaction.id))).toEqual(['ALREADY_REVERSED']);
  });

  it('takes earned points back unless they are spent', async () => {
    await enroll(ada);
    const { transaction } = await accrue(ada, 50);
    const spent = await redeem(ada, 20);
    expect(codes(await reverse(transaction.id))).toEqual(['POINTS_INSUFFICIENT']);
    await reverse(spent.transaction.id);
    expect((await reverse(transaction.id)).account.points).toEqual({ available: 0, pending: 0, lifetime: 0 });
    expect(await books(ada)).toEqual({ balance: 0, ledger: 0 });
  });

  it('takes back only what had not lapsed', async () => {
    await enroll(ada);
    const { transaction } = await accrue(ada, 50, { expiresAt: '2026-03-02T00:00:00Z' });
    await accrue(ada, 7);
    domain.time.now = NOW + DAY;
    expect((await reverse(transaction.id)).account.points).toEqual({ available: 7, pending: 0, lifetime: 7 });
    expect(await books(ada)).toEqual({ balance: 7, ledger: 7 });
  });

  it('keeps a pending accrual from ever becoming available', async () => {
    await enroll(ada);
    const { transaction } = await accrue(ada, 50, { availableAt: '2026-03-15T00:00:00Z' });
    const input = { idempotencyKey: `undo-${ada}` };
    for (let i = 0; i < 2; i++)
      expect(await reverse(transaction.id, input)).toMatchObject({
        transaction: { kind: 'REVERSAL', points: 0 },
        account: { points: { available: 0, pending: 0, lifetime: 0 } },
      });
    expect(codes(await reverse(transaction.id))).toEqual(['ALREADY_REVERSED']);
    domain.time.now = Date.UTC(2026, 2, 20);
    expect(codes(await redeem(ada, 1))).toEqual(['POINTS_INSUFFICIENT']);
    expect(await loyaltyOf(ada, POINTS)).toMatchObject({ points: { available: 0, pending: 0 } });
  });

  it('refuses what is unknown or can not be undone', async () => {
    await enroll(ada);
    await accrue(ada, 50);
    const undone = await mutate('pointsReverse', { transaction: (await redeem(ada, 20)).transaction.id }, 'transaction { id }');
    expect(codes(await reverse(undone.transaction.id))).toEqual(['NOT_REVERSIBLE']);
    expect(codes(await reverse('nonsense'))).toEqual(['TRANSACTION_UNKNOWN']);
    expect(codes(await reverse(entityId('ptx', { owner: ada, id: 'none' })))).toEqual(['TRANSACTION_UNKNOWN']);
  });
});

describe('vouchers', () => {
  const issue = (more: object = {}) =>
    mutate('voucherIssue', { customer: ada, occasion: 'BIRTHDAY', benefit: '10 % off', ...more }, 'voucher { id code status validUntil }');
  const use = (code: string, more: object = {}) =>
    mutate('voucherRedeem', { customer: ada, code, ...more }, 'voucher { status redeemedAt }');

  it('get a code that stays the same when the request is repeated', async () => {
    const input = { idempotencyKey: `issue-${ada}`, validUntil: '2026-04-01T00:00:00Z' };
    const [first, second] = await Promise.all([issue(input), issue(input)]);
    expect(first).toEqual(second);
    expect(first.voucher).toMatchObject({
      code: expect.stringMatching(/^[0-9A-Z]{12}$/),
      status: 'ISSUED',
      validUntil: '2026-04-01T00:00:00.000Z',
    });
    expect((await issue()).voucher.code).not.toBe(first.voucher.code);
    expect((await loyaltyOf(ada, '{ vouchers { nodes { status } } }')).vouchers.nodes).toHaveLength(2);
  });

  it('are redeemed once of a thousand parallel requests', async () => {
    const { voucher } = await issue();
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => use(voucher.code, { idempotencyKey: `use-${ada}-${i}` })));
    const granted = answers.flatMap(({ userErrors }, i) => (userErrors.length === 0 ? [i] : []));
    expect(granted).toHaveLength(1);
    expect(new Set(answers.flatMap(codes))).toEqual(new Set(['VOUCHER_REDEEMED']));
    expect(await use(voucher.code, { idempotencyKey: `use-${ada}-${granted[0]}` })).toEqual({
      voucher: { status: 'REDEEMED', redeemedAt: '2026-03-01T12:00:00.000Z' },
      userErrors: [],
    });
  });

  it('are refused after their time, to other customers, and when they never were', async () => {
    const { voucher } = await issue({ validUntil: '2026-03-02T00:00:00Z' });
    expect(codes(await use(voucher.code, { customer: await someone() }))).toEqual(['VOUCHER_UNKNOWN']);
    expect(codes(await use('NONE'))).toEqual(['VOUCHER_UNKNOWN']);
    domain.time.now = Date.UTC(2026, 2, 2);
    expect(codes(await use(voucher.code))).toEqual(['VOUCHER_EXPIRED']);
    expect((await loyaltyOf(ada, '{ vouchers { nodes { status } } }')).vouchers.nodes).toEqual([{ status: 'EXPIRED' }]);
    expect(codes(await issue({ validUntil: '2026-03-02T00:00:00Z' }))).toEqual(['TIME_INVALID']);
  });

  it('from files are redeemed by their code in any case', async () => {
    await ingest('voucher', ada, [{ number: '1', code: 'summer-26', benefit: 'Gift' }]);
    expect((await use('Summer-26')).voucher.status).toBe('REDEEMED');
    expect(codes(await use('summer-26'))).toEqual(['VOUCHER_REDEEMED']);
  });
});

describe('loyaltySignals', () => {
  const SIGNALS = '{ loyaltySignals { state member tierCode nextTierCode pointsToNextTier pointsAvailable expiring { points at } } }';
  const NOTHING = { member: false, tierCode: null, nextTierCode: null, pointsToNextTier: null, pointsAvailable: 0, expiring: [] };

  it('are withheld without touching the store when the customer has not agreed', async () => {
    await enroll(ada);
    domain.calls.clear();
    expect(await customers([{ members: [ada], permissions: ['PROFILING'] }], SIGNALS)).toEqual([
      { loyaltySignals: { state: 'WITHHELD', ...NOTHING } },
    ]);
    expect(domain.calls.list).toEqual([]);
  });

  it('tell what lapses within 60 days, and nothing of who is no member', async () => {
    await enroll(ada);
    await accrue(ada, 700, { expiresAt: new Date(NOW + 60 * DAY).toISOString() });
    await accrue(ada, 200, { expiresAt: new Date(NOW + 60 * DAY + 1).toISOString() });
    expect(await customers([{ members: [ada] }, { members: [await someone()] }], SIGNALS)).toEqual([
      {
        loyaltySignals: {
          state: 'OK',
          member: true,
          tierCode: 'BASIC',
          nextTierCode: 'SILVER',
          pointsToNextTier: 100,
          pointsAvailable: 900,
          expiring: [{ points: 700, at: '2026-04-30T12:00:00.000Z' }],
        },
      },
      { loyaltySignals: { state: 'OK', ...NOTHING } },
    ]);
  });
});

it('answers a page of 100 customers with one store call per collection', async () => {
  await enroll(ada);
  await accrue(ada, 5);
  const persons = [{ members: [ada] }, ...Array.from({ length: 99 }, (_, i) => ({ members: [`cus_${i}`] }))];
  domain.calls.clear();
  const found = await customers(persons, `{ loyaltySignals { pointsAvailable } loyalty { number tier { code } ${POINTS.slice(1, -1)} } }`);
  expect(found[0].loyalty.points.available).toBe(5);
  expect(domain.calls.list.sort()).toEqual(['accounts.latest', 'pending_points.latest', 'points.latest', 'vouchers.latest']);
});

it('resolves its entities by id, and null for what is malformed or unknown', async () => {
  await enroll(ada);
  const { transaction } = await accrue(ada, 5, { order: entityId('ord', { owner: ada, id: 'x' }), availableAt: '2026-03-15T00:00:00Z' });
  const { data, errors } = await domain.entities(
    'PointsTransaction',
    [{ id: 'nonsense' }, { id: transaction.id }, { id: entityId('ptx', { owner: ada, id: 'none' }) }],
    '{ owner points order { id } }',
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({ _entities: [null, { owner: ada, points: 5, order: { id: entityId('ord', { owner: ada, id: 'x' }) } }, null] });
});
