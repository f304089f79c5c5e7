import { describe, expect, it } from 'vitest';
import { entityId } from '../../kernel/ids.ts';
import type { SourceRow } from '../../kernel/record.ts';
import { luhn } from '../../subgraphs/loyalty/rules.ts';
import {
  accrue,
  ada,
  books,
  codes,
  customers,
  DAY,
  domain,
  enroll,
  ingest,
  loyaltyOf,
  NOW,
  openClub,
  POINTS,
  someone,
} from '../support/club.ts';

openClub();

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
