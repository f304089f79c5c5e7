import { DateTime } from 'luxon';
import type { EpochMs } from '../../kernel/storage/port.ts';

/** A birthday still ahead, or today's. */
export interface NextBirthday {
  /** Whole days from today to the birthday, both as the customer's calendar has them; 0 on the day. */
  readonly daysUntil: number;
  /** The year in which it falls. */
  readonly year: number;
  /** When the day is over where the customer lives. */
  readonly endsAt: EpochMs;
}

/**
 * The next birthday of someone born on `birthDate` (`yyyy-mm-dd`), by the calendar of `timeZone` (IANA; UTC when null or unknown).
 * Who was born on 29 February celebrates on the 28th in other years: a greeting a day early offends nobody, one in March comes late.
 * Null for a birth date in the future.
 */
export function nextBirthday(birthDate: string, timeZone: string | null, now: EpochMs): NextBirthday | null {
  const zoned = DateTime.fromMillis(now, { zone: timeZone ?? 'utc' });
  const today = (zoned.isValid ? zoned : DateTime.fromMillis(now, { zone: 'utc' })).startOf('day');
  if (birthDate > today.toISODate()!) return null;
  const [, month, day] = birthDate.split('-').map(Number) as [number, number, number];
  const inYear = (year: number) => {
    const first = today.set({ year, month, day: 1 });
    return first.set({ day: Math.min(day, first.daysInMonth!) });
  };
  const thisYear = inYear(today.year);
  const birthday = thisYear < today ? inYear(today.year + 1) : thisYear;
  return {
    daysUntil: Math.round(birthday.diff(today, 'days').days),
    year: birthday.year,
    endsAt: birthday.endOf('day').toMillis() + 1,
  };
}
