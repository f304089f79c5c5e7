import type { EpochMs } from '../../../kernel/storage/port.ts';
import { localDay } from './local-day.ts';

const DAY_MS = 86_400_000;

/** A birthday still ahead, or today's. */
export interface NextBirthday {
  /** Whole days from today to the birthday, both as the customer's calendar has them; 0 on the day. */
  readonly daysUntil: number;
  /** The day, `yyyy-mm-dd`. */
  readonly day: string;
}

/**
 * The next birthday of someone born on `birthDate` (`yyyy-mm-dd`), by the calendar of `timeZone` (IANA; UTC when null or unknown).
 * Who was born on 29 February celebrates on the 28th in other years: a greeting a day early offends nobody, one in March comes late.
 * Null for a birth date in the future.
 */
export function nextBirthday(birthDate: string, timeZone: string | null, now: EpochMs): NextBirthday | null {
  const today = localDay(now, timeZone);
  if (birthDate > today) return null;
  const year = Number(today.slice(0, 4));
  const thisYear = inYear(birthDate, year);
  const day = thisYear < today ? inYear(birthDate, year + 1) : thisYear;
  return { daysUntil: (Date.parse(day) - Date.parse(today)) / DAY_MS, day };
}

function inYear(birthDate: string, year: number): string {
  const leapless = birthDate.endsWith('-02-29') && !isLeap(year);
  return `${String(year).padStart(4, '0')}${leapless ? '-02-28' : birthDate.slice(4)}`;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
