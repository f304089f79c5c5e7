import { describe, expect, it } from 'vitest';
import { nextBirthday } from '../../../subgraphs/recommendations/offers/birthday.ts';
import { endOfDay, localDay } from '../../../subgraphs/recommendations/offers/local-day.ts';

const at = (text: string) => Date.parse(text);

describe('the next birthday', () => {
  it('is today until the day is over where the customer lives', () => {
    // 16:00Z on 1 March is 01:00 on 2 March in Tokyo.
    expect(nextBirthday('1990-03-02', 'Asia/Tokyo', at('2026-03-01T16:00:00Z'))).toEqual({ daysUntil: 0, day: '2026-03-02' });
    expect(nextBirthday('1990-03-02', 'Europe/Berlin', at('2026-03-01T16:00:00Z'))?.daysUntil).toBe(1);
    expect(endOfDay('2026-03-02', 'Asia/Tokyo')).toBe(at('2026-03-02T15:00:00Z'));
    expect(nextBirthday('1990-03-02', 'Asia/Tokyo', at('2026-03-02T15:00:00Z'))).toEqual({ daysUntil: 364, day: '2027-03-02' });
  });

  it('reaches over the turn of the year', () => {
    expect(nextBirthday('1990-01-02', 'Europe/Paris', at('2026-12-30T12:00:00Z'))).toEqual({ daysUntil: 3, day: '2027-01-02' });
  });

  it('of 29 February falls on the 28th in common years and on the 29th in leap years', () => {
    expect(nextBirthday('2000-02-29', 'UTC', at('2026-02-27T12:00:00Z'))).toEqual({ daysUntil: 1, day: '2026-02-28' });
    expect(nextBirthday('2000-02-29', 'UTC', at('2028-02-28T12:00:00Z'))?.daysUntil).toBe(1);
    expect(nextBirthday('2000-02-29', 'UTC', at('2027-03-01T12:00:00Z'))).toEqual({ daysUntil: 365, day: '2028-02-29' });
  });

  it('counts calendar days across the change to summer time', () => {
    // Clocks in Berlin go forward on 29 March 2026: three days of 71 hours.
    expect(nextBirthday('1980-03-30', 'Europe/Berlin', at('2026-03-27T23:30:00Z'))?.daysUntil).toBe(2);
  });

  it('goes by UTC when the time zone is unknown or no time zone', () => {
    expect(nextBirthday('1990-03-02', null, at('2026-03-01T16:00:00Z'))?.daysUntil).toBe(1);
    expect(nextBirthday('1990-03-02', 'Mars/Olympus', at('2026-03-01T16:00:00Z'))?.daysUntil).toBe(1);
  });

  it('is none for who is not born yet', () => {
    expect(nextBirthday('2026-03-03', 'UTC', at('2026-03-01T12:00:00Z'))).toBeNull();
  });
});

describe('a day where a customer lives', () => {
  it('is over an hour earlier on the day on which clocks go forward', () => {
    expect(endOfDay('2026-03-29', 'Europe/Berlin')).toBe(at('2026-03-29T22:00:00Z'));
    expect(endOfDay('2026-03-28', 'Europe/Berlin')).toBe(at('2026-03-28T23:00:00Z'));
    expect(endOfDay('2026-03-28', 'Mars/Olympus')).toBe(at('2026-03-29T00:00:00Z'));
  });

  it('begins at one where clocks go forward at midnight, and ends with the midnight after', () => {
    expect(localDay(at('2026-03-29T12:00:00Z'), 'Atlantic/Azores')).toBe('2026-03-29');
    expect(localDay(at('2026-03-29T23:30:00Z'), 'Atlantic/Azores')).toBe('2026-03-29');
    expect(localDay(at('2026-03-30T00:30:00Z'), 'Atlantic/Azores')).toBe('2026-03-30');
    expect(endOfDay('2026-03-29', 'Atlantic/Azores')).toBe(at('2026-03-30T00:00:00Z'));
  });
});
