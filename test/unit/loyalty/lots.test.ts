import { describe, expect, it } from 'vitest';
import { position } from '../../../subgraphs/loyalty/lots.ts';
import type { PointsRecord } from '../../../subgraphs/loyalty/records.ts';

let ids = 0;
const entry = (at: number, points: number, more: Partial<PointsRecord> = {}): PointsRecord => ({
  owner: 'cus_a',
  id: `e${++ids}`,
  version: 1,
  account: 'acc',
  kind: points > 0 ? 'ACCRUAL' : 'REDEMPTION',
  points,
  at,
  availableAt: at,
  expiresAt: null,
  about: null,
  order: null,
  reason: null,
  origin: '',
  ...more,
});
const lapsing = (at: number, points: number, expiresAt: number, more: Partial<PointsRecord> = {}) =>
  entry(at, points, { expiresAt, ...more });
const rests = (lots: readonly { id: string; left: number }[]) => lots.map(({ id, left }) => [id, left]);

describe('a ledger at one time', () => {
  it('spends what lapses first, and what never lapses last', () => {
    const entries = [entry(1, 100), lapsing(2, 50, 90), lapsing(3, 30, 60), entry(10, -40)];
    // 30 of the lot that lapses at 60 and 10 of the one at 90
    expect(position(entries, [], 20)).toMatchObject({ available: 140, expiring: [{ amount: 40, at: 90 }], lapsed: [], lifetime: 180 });
  });

  it('does not count what has lapsed, and says what is to be posted', () => {
    const entries = [lapsing(1, 50, 100, { id: 'a' }), entry(2, 20), entry(10, -15)];
    expect(position(entries, [], 99)).toMatchObject({ available: 55, lapsed: [] });
    const at = position(entries, [], 100);
    expect([at.available, rests(at.lapsed)]).toEqual([20, [['a', 35]]]);
    const posted = entry(100, -35, { kind: 'EXPIRY', about: 'a' });
    expect(position([...entries, posted], [], 200)).toMatchObject({ available: 20, lapsed: [], lifetime: 70 });
  });

  it('spends nothing that had lapsed by then', () => {
    const entries = [lapsing(1, 50, 100, { id: 'a' }), entry(2, 20), entry(150, -20)];
    const at = position(entries, [], 200);
    expect([at.available, rests(at.lapsed)]).toEqual([0, [['a', 50]]]);
  });

  it('counts points as pending until they become available, and then as available before they are posted', () => {
    const waiting = entry(1, 80, { availableAt: 50 });
    expect(position([], [waiting], 49)).toMatchObject({ available: 0, pending: 80, matured: [], lifetime: 0 });
    expect(position([], [waiting], 50)).toMatchObject({ available: 80, pending: 0, matured: [waiting], lifetime: 80 });
    expect(position([waiting], [waiting], 50)).toMatchObject({ available: 80, pending: 0, matured: [], lifetime: 80 });
  });

  it('forgets a pending accrual whose id a reversal took', () => {
    const waiting = entry(1, 80, { id: 'w', availableAt: 50 });
    const undone = entry(10, 0, { id: 'w', kind: 'REVERSAL', about: 'w' });
    expect(position([undone], [waiting], 60)).toMatchObject({ available: 0, pending: 0, matured: [], lifetime: 0 });
  });

  it('takes an undone accrual from its own lot', () => {
    const entries = [lapsing(1, 50, 90, { id: 'a' }), lapsing(2, 30, 60), entry(10, -50, { kind: 'REVERSAL', about: 'a' })];
    expect(position(entries, [], 20)).toMatchObject({ available: 30, expiring: [{ amount: 30, at: 60 }], lifetime: 30 });
  });

  it("lets a source's own expiry take what has lapsed", () => {
    const entries = [lapsing(1, 50, 100), entry(2, 20), entry(101, -50, { kind: 'EXPIRY' })];
    expect(position(entries, [], 200)).toMatchObject({ available: 20, lapsed: [] });
  });

  it('comes to the same in any order of the entries, and pays first what was spent too early', () => {
    const entries = [entry(5, -30), lapsing(10, 50, 100), entry(20, 10)];
    expect(position(entries, [], 30)).toMatchObject({ available: 30, expiring: [{ amount: 20, at: 100 }] });
    expect(position([...entries].reverse(), [], 30)).toMatchObject({ available: 30, expiring: [{ amount: 20, at: 100 }] });
  });
});
