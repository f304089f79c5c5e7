import { DateTime } from 'luxon';
import type { EpochMs } from '../kernel/storage/port.ts';
import { instantIn } from './zones.ts';

/** What a text says about time: the calendar day as written, and the instant. */
export interface Moment {
  readonly day: string;
  readonly at: EpochMs;
}

export type DateReader = (text: string) => Moment | null;

const NAMED_FORMATS = ['iso', 'epochSeconds', 'epochMillis'] as const;

const MIN_AT = Date.UTC(1000, 0, 1);
const MAX_AT = Date.UTC(10_000, 0, 1);

const dayText = (wallClock: EpochMs) => new Date(wallClock).toISOString().slice(0, 10);

/** The problem and remedy of a date format, or null when it reads back what it writes. */
export function dateFormatProblem(format: string): string | null {
  if (NAMED_FORMATS.some((named) => named === format)) return null;
  if (/YY|DD/.test(format)) return `uses "${/Y+|D+/.exec(format)?.[0]}"; years are yyyy and days dd, as in yyyy-MM-dd`;
  const sample = DateTime.fromObject({ year: 2001, month: 2, day: 23, hour: 16, minute: 45, second: 56 }, { zone: 'utc', locale: 'en' });
  const back = readBack(sample, format);
  if (back?.year !== 2001 || back.month !== 2 || back.day !== 23)
    return 'does not name year, month and day; use yyyy, MM and dd (mm is minutes), or iso, epochSeconds, epochMillis';
  if (/[Hh]/.test(format.replace(/'[^']*'/g, '')) && back.hour !== 16)
    return 'uses hh, the hour of a 12-hour clock, without a; use HH, or add a';
  return null;
}

/** What the format reads of its own text; null when its parts contradict each other. */
function readBack(sample: DateTime, format: string): DateTime | null {
  try {
    const back = DateTime.fromFormat(sample.toFormat(format), format, { zone: 'utc', locale: 'en' });
    return back.isValid ? back : null;
  } catch {
    return null;
  }
}

/** Whether texts of this format may leave the time zone to the mapping. */
export function needsTimeZone(format: string): boolean {
  return !NAMED_FORMATS.some((named) => named === format) && !hasOffset(format);
}

const hasOffset = (format: string) => /[Zz]/.test(format.replace(/'[^']*'/g, ''));

/**
 * Reads dates of one format (Luxon's tokens, English names) written in one time zone. Null: the text is not of the format, or no
 * calendar has it, or (`iso` with a null zone) it has no offset.
 */
export function dateReader(format: string, timeZone: string | null): DateReader {
  const toInstant = timeZone === null ? () => null : instantIn(timeZone);
  const local = (wallClock: EpochMs | null): Moment | null => {
    const at = wallClock === null ? null : toInstant(wallClock);
    return wallClock === null || at === null ? null : { day: dayText(wallClock), at };
  };
  switch (format) {
    case 'iso':
      return isoReader(local);
    case 'epochSeconds':
    case 'epochMillis': {
      const places = format === 'epochSeconds' ? 3 : 0;
      return (text) => {
        const at = epochMs(text, places);
        return at === null ? null : { day: DateTime.fromMillis(at, { zone: timeZone ?? 'utc' }).toISODate() ?? dayText(at), at };
      };
    }
    default: {
      const numeric = numericFormat(format);
      if (numeric) return (text) => local(numeric(text));
      return (text) => {
        const read = DateTime.fromFormat(text, format, { zone: 'utc', locale: 'en', setZone: true });
        if (!read.isValid) return null;
        const wallClock = read.toMillis() + read.offset * 60_000;
        // Only a format with an offset of its own leaves UTC, or says Z.
        return hasOffset(format) ? { day: dayText(wallClock), at: read.toMillis() } : local(wallClock);
      };
    }
  }
}

/** Milliseconds of a decimal number of seconds (`places` 3) or milliseconds (0); finer digits are cut off. */
function epochMs(text: string, places: number): EpochMs | null {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  if (!match) return null;
  const [, sign, whole = '', fraction = ''] = match;
  const at = Number(`${sign}${whole}${fraction.slice(0, places).padEnd(places, '0')}`);
  return at >= MIN_AT && at < MAX_AT ? at : null;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function isoReader(local: (wallClock: EpochMs) => Moment | null): DateReader {
  return (text) => {
    const match = ISO.exec(text);
    if (!match) return null;
    const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset] = match;
    const wallClock = wallClockOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), fraction);
    if (wallClock === null) return null;
    if (offset === undefined) return local(wallClock);
    const minutes = offset === 'Z' ? 0 : Number(`${offset[0]}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2)));
    return { day: dayText(wallClock), at: wallClock - minutes * 60_000 };
  };
}

/** The fields as if they were UTC; null when no calendar or clock shows them. */
function wallClockOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string,
): EpochMs | null {
  const at = Date.UTC(year, month - 1, day, hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')));
  if (hour > 23 || minute > 59 || second > 59 || at < MIN_AT) return null;
  const date = new Date(at);
  // Date.UTC takes the years 0 to 99 for those from 1900 on.
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? at : null;
}

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{2})',
  s: '(?<second>\\d{1,2})',
  SSS: '(?<fraction>\\d{3})',
};

/** A reader of formats made of digits only, many times faster than the general one; null for other formats. */
function numericFormat(format: string): ((text: string) => EpochMs | null) | null {
  if (/'/.test(format)) return null;
  const seen = new Set<string>();
  let pattern = '';
  for (const [part = ''] of format.matchAll(/([A-Za-z])\1*|[^A-Za-z]/g)) {
    if (!/[A-Za-z]/.test(part)) pattern += part.replace(/[^\w\s]/, '\\$&');
    else {
      const token = TOKENS[part];
      if (token === undefined || seen.has(part[0]!)) return null;
      seen.add(part[0]!);
      pattern += token;
    }
  }
  const shape = new RegExp(`^${pattern}$`);
  return (text) => {
    const { year, month, day, hour = '0', minute = '0', second = '0', fraction = '' } = shape.exec(text)?.groups ?? {};
    if (year === undefined) return null;
    return wallClockOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second), fraction);
  };
}
