import { describe, expect, it } from 'vitest';
import { foldAccount, foldVoucher } from '../../../subgraphs/loyalty/ingest.ts';
import { pointsContent, readAccount, readPoints, readVoucher, voucherContent } from '../../../subgraphs/loyalty/source.ts';

const refusal = (read: { ok: boolean; reason?: { code: string; field?: string } }) =>
  read.ok ? null : [read.reason?.code, read.reason?.field];
const points = { source: 'club', account: '100', kind: 'ACCRUAL', points: '50', at: '2026-01-01T00:00:00Z' };

describe('a points row', () => {
  it('adds at once and for ever unless it says otherwise', () => {
    const read = readPoints(points);
    expect(read.ok && read.record).toMatchObject({
      points: 50,
      at: Date.UTC(2026, 0, 1),
      availableAt: Date.UTC(2026, 0, 1),
      expiresAt: null,
    });
    expect(read.ok && pointsContent(read.record)).toContain('ACCRUAL');
    const numbered = readPoints({ ...points, number: '1' });
    expect(numbered.ok && pointsContent(numbered.record)).toBeNull();
  });

  it.each([
    [{ points: '-50' }, ['FIELD_INVALID', 'points']],
    [{ kind: 'REDEMPTION' }, ['FIELD_INVALID', 'points']],
    [{ points: '0' }, ['FIELD_INVALID', 'points']],
    [{ points: '10000001' }, ['FIELD_INVALID', 'points']],
    [{ points: '1.5' }, ['FIELD_INVALID', 'points']],
    [{ kind: 'BONUS' }, ['FIELD_INVALID', 'kind']],
    [{ at: '' }, ['FIELD_MISSING', 'at']],
    [{ account: '' }, ['FIELD_MISSING', 'account']],
    [{ available_at: '2025-12-31T00:00:00Z' }, ['FIELD_INVALID', 'available_at']],
    [{ expires_at: '2026-01-01T00:00:00Z' }, ['FIELD_INVALID', 'expires_at']],
  ])('with %o is refused', (fields, expected) => {
    expect(refusal(readPoints({ ...points, ...fields }))).toEqual(expected);
  });
});

it('takes tiers of the programme only', () => {
  expect(refusal(readAccount({ source: 'club', number: '100', tier: 'DIAMOND' }))).toEqual(['FIELD_INVALID', 'tier']);
  const read = readAccount({ source: 'club', number: '100', tier: 'GOLD' });
  expect(read.ok && read.record).toMatchObject({ status: 'ACTIVE', statedTier: 'GOLD', statedTierUntil: null });
});

it('takes a coupon with a day of redemption for redeemed, and tells equal ones apart by occurrence', () => {
  const read = readVoucher({ source: 'cj', code: '51380041013', campaign: '26', redeemed_at: '2017-01-01T00:00:00Z' });
  expect(read.ok && read.record).toMatchObject({ status: 'REDEEMED', occasion: 'CAMPAIGN', issuedAt: null });
  expect(read.ok && voucherContent(read.record)).toContain('51380041013');
});

const KEY = { owner: 'cus_a', id: 'x' };

it('keeps the balance and the day of joining when an account is stated anew', () => {
  const arrival = (row: Record<string, string>, origin: string) => {
    const read = readAccount({ source: 'club', number: '100', ...row });
    if (!read.ok) throw new Error(read.reason.message);
    return { record: read.record, ...KEY, origin, occurrence: 1 };
  };
  const { doc } = foldAccount(null, KEY, [arrival({ enrolled_at: '2020-01-01T00:00:00Z' }, 'a/1')]);
  const rich = { ...doc!, balance: 70, version: 3 };
  expect(foldAccount(rich, KEY, [arrival({ status: 'SUSPENDED' }, 'b/1')])).toMatchObject({
    doc: { balance: 70, version: 3, status: 'SUSPENDED', enrolledAt: Date.UTC(2020, 0, 1) },
    outcomes: ['stored'],
  });
  expect(foldAccount(rich, KEY, [arrival({ enrolled_at: '2020-01-01T00:00:00Z' }, 'c/1')])).toEqual({ doc: null, outcomes: ['duplicate'] });
});

it('never makes a redeemed voucher redeemable again', () => {
  const arrival = (status: string, origin: string) => {
    const read = readVoucher({ source: 'club', number: '1', code: 'A', status });
    if (!read.ok) throw new Error(read.reason.message);
    return { record: read.record, ...KEY, origin, occurrence: 1 };
  };
  expect(foldVoucher(null, KEY, [arrival('REDEEMED', 'a/1'), arrival('ISSUED', 'a/2')]).doc?.status).toBe('REDEEMED');
  expect(foldVoucher(null, KEY, [arrival('ISSUED', 'a/1'), arrival('REDEEMED', 'a/2')]).doc?.status).toBe('REDEEMED');
});
