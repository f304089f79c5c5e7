import { describe, expect, it } from 'vitest';
import { durationOf } from '../../../subgraphs/segments/rules/duration.ts';

const after = (from: string, duration: string): string | null => {
  const add = durationOf(duration);
  return add && new Date(add(Date.parse(from))).toISOString().replace('.000Z', 'Z');
};

describe('a duration', () => {
  it.each([
    // A month has the days that it has.
    ['2026-01-31T12:00:00Z', 'P1M', '2026-02-28T12:00:00Z'],
    ['2024-01-31T12:00:00Z', 'P1M', '2024-02-29T12:00:00Z'],
    ['2026-03-31T00:00:00Z', '-P1M', '2026-02-28T00:00:00Z'],
    ['2026-05-31T00:00:00Z', 'P1M', '2026-06-30T00:00:00Z'],
    ['2026-12-31T23:59:59Z', 'P2M', '2027-02-28T23:59:59Z'],
    ['2024-02-29T08:00:00Z', 'P1Y', '2025-02-28T08:00:00Z'],
    ['2024-02-29T08:00:00Z', '-P4Y', '2020-02-29T08:00:00Z'],
    ['1900-01-31T00:00:00Z', 'P1M', '1900-02-28T00:00:00Z'],
    ['2000-01-31T00:00:00Z', 'P1M', '2000-02-29T00:00:00Z'],
    // Days, weeks and what is shorter are as long as ever.
    ['2024-02-28T00:00:00Z', 'P1D', '2024-02-29T00:00:00Z'],
    ['2026-03-01T12:00:00Z', '-P30D', '2026-01-30T12:00:00Z'],
    ['2026-03-01T12:00:00Z', 'P2W', '2026-03-15T12:00:00Z'],
    ['2026-03-01T12:00:00Z', 'PT36H', '2026-03-03T00:00:00Z'],
    ['2026-03-01T12:00:00Z', '-PT90M', '2026-03-01T10:30:00Z'],
    ['2026-03-01T12:00:00Z', 'PT1S', '2026-03-01T12:00:01Z'],
    ['2026-03-01T12:00:00Z', 'P0D', '2026-03-01T12:00:00Z'],
    // Months first, then the rest: 31 January, a month and a day later.
    ['2026-01-31T00:00:00Z', 'P1M1D', '2026-03-01T00:00:00Z'],
    ['2026-03-31T01:00:00Z', '-P1M1DT1H', '2026-02-27T00:00:00Z'],
    ['2026-03-01T00:00:00Z', 'P1Y2M3W4DT5H6M7S', '2027-05-26T05:06:07Z'],
  ])('from %s of %s leads to %s', (from, duration, to) => {
    expect(after(from, duration)).toBe(to);
  });

  it.each(['', 'P', '-P', 'PT', 'P1DT', 'T1H', '1D', 'P-1D', '--P1D', '+P1D', 'P1.5D', 'p1d', 'P1D ', 'P1H', 'P1D1M', 'P1D\n', 'P٣D'])(
    'is not what "%s" says',
    (text) => {
      expect(durationOf(text)).toBeNull();
    },
  );

  it.each(['P501Y', '-P99999Y', 'P6001M', 'P99999W', 'P999999D', '-P500Y1M'])('of %s is longer than any', (text) => {
    expect(durationOf(text)).toBeNull();
  });

  it('leads to an instant of four digits of years, however long', () => {
    for (const text of ['P500Y26000W', '-P500Y26000W', '-P6000M183000D', 'P6000M183000D'])
      expect(after('2026-03-01T12:00:00Z', text)).toMatch(/^\d{4}-/);
  });
});
