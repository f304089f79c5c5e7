import type { EpochMs } from '../../../kernel/storage/port.ts';

/** ISO 8601-2: a duration, possibly negative, in whole units. */
const DURATION =
  /^(-?)P(?=.)(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8})S)?)?$/;

/** Further away lies nothing that a customer did, and soon no year of four digits either, which is what an instant is written with. */
const MOST_MONTHS = 500 * 12;
const MOST_MS = 500 * 366 * 86_400_000;

/**
 * What an ISO 8601 duration such as `-P30D` adds to a time; null for any other text, and for more than 500 years. Years and months are those
 * of the calendar in UTC: a month after 31 January is the last of February. They are added before the rest.
 */
export function durationOf(text: string): ((from: EpochMs) => EpochMs) | null {
  const match = DURATION.exec(text);
  if (!match) return null;
  const sign = match[1] === '-' ? -1 : 1;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(2).map((part) => Number(part ?? 0));
  const all = years * 12 + months;
  const rest = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
  if (all > MOST_MONTHS || rest > MOST_MS) return null;
  return (from) => monthsAfter(from, sign * all) + sign * rest;
}

function monthsAfter(from: EpochMs, months: number): EpochMs {
  const date = new Date(from);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return date.setUTCDate(Math.min(day, last));
}
