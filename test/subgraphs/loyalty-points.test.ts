import { describe, expect, it } from 'vitest';
import { entityId } from '../../kernel/ids.ts';
import {
  accrue,
  ada,
  books,
  codes,
  DAY,
  domain,
  enroll,
  ingest,
  loyaltyOf,
  mutate,
  NOW,
  openClub,
  POINTS,
  redeem,
  reverse,
  someone,
} from '../support/club.ts';

openClub();

describe('pointsRedeem', () => {
  it('answers with the balance after it, also where one request redeems twice', async () => {
    await enroll(ada);
    await accrue(ada, 100);
    const redeemed = (key: string) => `pointsRedeem(input: { idempotencyKey: "${key}-${ada}", customer: "${ada}", points: 30 })
      { account { points { available } } userErrors { code } }`;
    const { data } = await domain.ask(`mutation { one: ${redeemed('one')} two: ${redeemed('two')} }`);
    expect(data).toMatchObject({ one: { account: { points: { available: 70 } } }, two: { account: { points: { available: 40 } } } });
  });

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

it("refuses another customer's order, which would lead from one person to the other, and a time without end", async () => {
  await enroll(ada);
  const ben = await someone();
  const orderOf = (owner: string) => entityId('ord', { owner, id: 'x' });
  expect(codes(await accrue(ada, 10, { order: orderOf(ben) }))).toEqual(['ORDER_INVALID']);
  expect(codes(await accrue(ada, 10, { availableAt: '9999-12-31T00:00:00Z' }))).toEqual(['TIME_INVALID']);
  expect(codes(await accrue(ada, 10, { order: orderOf(ada) }))).toEqual([]);
  expect(await books(ada)).toEqual({ balance: 10, ledger: 10 });
});

it('is the membership of a person who joined it as a visitor: one, with all its points', async () => {
  const visitor = await domain.visitor(`cookie-of-${ada}`);
  const { account } = await enroll(visitor);
  await accrue(visitor, 100);
  const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
  expect(person).not.toBe(visitor);
  expect(codes(await enroll(person))).toEqual(['ALREADY_ENROLLED']);
  await accrue(person, 20);
  // The client may still hold the visitor's id.
  await redeem(visitor, 5);
  expect(await redeem(person, 10)).toMatchObject({ transaction: { points: -10 }, account: { points: { available: 105 } } });
  expect(await loyaltyOf([person, visitor], '{ number points { available } }')).toEqual({
    number: account.number,
    points: { available: 105 },
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
