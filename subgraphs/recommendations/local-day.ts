import { DateTime } from 'luxon';
import type { EpochMs } from '../../kernel/storage/port.ts';

// Making a format takes a thousand times longer than using it, and the world has some 400 time zones.
const formats = new Map<string, Intl.DateTimeFormat>();

/** A format of `locale` for days in `timeZone` (IANA); of UTC when that is null or unknown to this runtime. */
export function dayFormat(locale: string, timeZone: string | null, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone ?? 'UTC'} ${options.dateStyle ?? ''}`;
  let format = formats.get(key);
  if (!format) {
    format = made(locale, timeZone ?? 'UTC', options);
    formats.set(key, format);
  }
  return format;
}

function made(locale: string, timeZone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  }
}

/** A calendar day where somebody lives. */
interface Day {
  /** `yyyy-mm-dd` */
  readonly text: string;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

// The day that was last asked of each time zone: everybody who lives there is asked about today.
const today = new Map<string, Day>();

// The start of the day after, not a day later: where clocks go forward at midnight a day begins at one.
const nextMidnight = (day: DateTime) => day.plus({ days: 1 }).startOf('day');

/** The day that `at` is on in `timeZone` (IANA; UTC when null or unknown), as `yyyy-mm-dd`. */
export function localDay(at: EpochMs, timeZone: string | null): string {
  const zone = timeZone ?? 'UTC';
  let day = today.get(zone);
  if (!day || at < day.startsAt || at >= day.endsAt) {
    day = dayAt(at, zone);
    today.set(zone, day);
  }
  return day.text;
}

function dayAt(at: EpochMs, zone: string): Day {
  const zoned = DateTime.fromMillis(at, { zone });
  const start = (zoned.isValid ? zoned : DateTime.fromMillis(at, { zone: 'UTC' })).startOf('day');
  return { text: start.toISODate() ?? '', startsAt: start.toMillis(), endsAt: nextMidnight(start).toMillis() };
}

// Days that were asked about, mostly those of the coming week.
const ends = new Map<string, EpochMs>();
const MOST_ENDS = 10_000;

/** When `day` (`yyyy-mm-dd`) is over in `timeZone` (IANA; UTC when null or unknown). */
export function endOfDay(day: string, timeZone: string | null): EpochMs {
  const key = `${day} ${timeZone ?? 'UTC'}`;
  let end = ends.get(key);
  if (end === undefined) {
    const zoned = DateTime.fromISO(day, { zone: timeZone ?? 'UTC' });
    end = nextMidnight(zoned.isValid ? zoned : DateTime.fromISO(day, { zone: 'UTC' })).toMillis();
    if (ends.size >= MOST_ENDS) ends.clear();
    ends.set(key, end);
  }
  return end;
}
