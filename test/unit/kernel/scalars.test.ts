import { describe, expect, it } from 'vitest';
import { instantText } from '../../../kernel/scalars.ts';

describe('the text of an instant', () => {
  it('is ISO 8601 in UTC, to the millisecond', () => {
    expect(instantText(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(instantText(Date.UTC(2024, 1, 29, 23, 59, 59, 7))).toBe('2024-02-29T23:59:59.007Z');
    expect(instantText(-1)).toBe('1969-12-31T23:59:59.999Z');
    expect(instantText(Date.UTC(12_000, 0, 1, 1, 2, 3))).toBe('+012000-01-01T01:02:03.000Z');
    expect(instantText(Date.UTC(-1, 11, 31))).toBe('-000001-12-31T00:00:00.000Z');
  });

  it('is what toISOString says, at any time that there is', () => {
    const END = 8_640_000_000_000_000;
    for (let i = 0; i < 20_000; i++) {
      const at = Math.round((i % 2 === 0 ? END : 4e12) * (2 * ((i * 0.618_033_988_75) % 1) - 1));
      expect(instantText(at)).toBe(new Date(at).toISOString());
    }
    for (const at of [END, -END, 1.5, -1.5]) expect(instantText(at)).toBe(new Date(at).toISOString());
  });

  it('is none for what is no time', () => {
    for (const at of [Number.NaN, Infinity, 8_640_000_000_000_001]) expect(() => instantText(at)).toThrow(RangeError);
  });
});
