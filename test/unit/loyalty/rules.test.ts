import { describe, expect, it } from 'vitest';
import type { Program } from '../../../subgraphs/loyalty/program.ts';
import type { AccountRecord, PointsRecord } from '../../../subgraphs/loyalty/records.ts';
import { addMonths, luhn, primaryAccount, standing, voucherStatus } from '../../../subgraphs/loyalty/rules.ts';

const program: Program = {
  code: 'T',
  name: 'Test',
  pointsLifeMonths: 24,
  tiers: [
    { code: 'BASIC', rank: 1, threshold: 0, benefits: [] },
    { code: 'SILVER', rank: 2, threshold: 100, benefits: [] },
    { code: 'GOLD', rank: 3, threshold: 500, benefits: [] },
  ],
};
const NOW = Date.UTC(2026, 2, 1);
const accrual = (on: string, points: number, id = on) =>
  ({ id, kind: 'ACCRUAL', points, availableAt: Date.parse(`${on}T00:00:00Z`), about: null }) as unknown as PointsRecord;
const none = { statedTier: null, statedTierUntil: null };
const seen = (account: typeof none | { statedTier: string; statedTierUntil: number | null }, entries: readonly PointsRecord[]) => {
  const { tier, expiresAt, next } = standing(program, account, entries, NOW);
  return [tier.code, expiresAt && new Date(expiresAt).toISOString().slice(0, 10), next && [next.tier.code, next.pointsNeeded]];
};

describe('a tier', () => {
  it('is the lowest without points, and is never lost', () => {
    expect(seen(none, [])).toEqual(['BASIC', null, ['SILVER', 100]]);
  });

  it('follows from the points of the last 12 months, and lasts as long as they count', () => {
    const entries = [accrual('2025-03-01', 1000), accrual('2025-04-15', 60), accrual('2025-06-30', 50), accrual('2026-01-01', 70)];
    // 60 + 50 + 70 = 180: without the first still 120, without the second 70
    expect(seen(none, entries)).toEqual(['SILVER', '2026-06-30', ['GOLD', 320]]);
  });

  it('does not count what was undone', () => {
    const reversal = { id: 'r', kind: 'REVERSAL', points: -600, availableAt: NOW - 1, about: 'big' } as unknown as PointsRecord;
    expect(seen(none, [accrual('2026-01-01', 600, 'big')])[0]).toBe('GOLD');
    expect(seen(none, [accrual('2026-01-01', 600, 'big'), reversal])[0]).toBe('BASIC');
  });

  it('that the source grants holds until it ends, unless points give a higher one', () => {
    const until = Date.UTC(2026, 11, 31);
    expect(seen({ statedTier: 'GOLD', statedTierUntil: until }, [])).toEqual(['GOLD', '2026-12-31', null]);
    expect(seen({ statedTier: 'GOLD', statedTierUntil: NOW }, [])[0]).toBe('BASIC');
    expect(seen({ statedTier: 'SILVER', statedTierUntil: null }, [accrual('2026-01-01', 500)])).toEqual(['GOLD', '2027-01-01', null]);
  });
});

it('adds months by the calendar', () => {
  const day = (text: string) => Date.parse(`${text}T10:00:00Z`);
  expect(addMonths(day('2026-01-31'), 1)).toBe(day('2026-02-28'));
  expect(addMonths(day('2024-02-29'), 12)).toBe(day('2025-02-28'));
  expect(addMonths(day('2025-11-30'), 3)).toBe(day('2026-02-28'));
  expect(addMonths(day('2026-03-15'), 24)).toBe(day('2028-03-15'));
});

it('shows of several memberships one in force, then the richest, then the oldest', () => {
  const account = (id: string, status: string, balance: number, enrolledAt: number | null) =>
    ({ id, status, balance, enrolledAt }) as AccountRecord;
  const closed = account('closed', 'CLOSED', 900, 1);
  const poor = account('poor', 'ACTIVE', 10, 1);
  const young = account('young', 'ACTIVE', 20, 5);
  const old = account('old', 'ACTIVE', 20, 4);
  expect(primaryAccount([closed, poor, young, old, account('unknown', 'ACTIVE', 20, null)])?.id).toBe('old');
  expect(primaryAccount([closed])?.id).toBe('closed');
  expect(primaryAccount([])).toBeNull();
});

it('takes an issued voucher for expired once its time has passed', () => {
  expect(voucherStatus({ status: 'ISSUED', validUntil: 10 }, 9)).toBe('ISSUED');
  expect(voucherStatus({ status: 'ISSUED', validUntil: 10 }, 10)).toBe('EXPIRED');
  expect(voucherStatus({ status: 'REDEEMED', validUntil: 10 }, 10)).toBe('REDEEMED');
  expect(voucherStatus({ status: 'ISSUED', validUntil: null }, 10)).toBe('ISSUED');
});

it('makes the check digit of a card number', () => {
  // 7992739871 and its check digit 3 are the usual worked example of the Luhn algorithm.
  expect(luhn('7992739871')).toBe('3');
  expect(luhn('411111111111111')).toBe('1');
});
