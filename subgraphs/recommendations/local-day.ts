import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import QuickLRU from 'quick-lru';
import type { EpochMs } from '../../kernel/storage/port.ts';

// The world has some 400 time zones, but a source may write anything.
const MOST_ZONES = 500;

// Making a format takes a thousand times longer than using it.
const formats = new QuickLRU<string, Intl.DateTimeFormat>({ maxSize: 2 * MOST_ZONES });

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
const today = new QuickLRU<string, Day>({ maxSize: MOST_ZONES });

/** The day that `at` is on in `timeZone` (IANA; UTC when null or unknown), as `yyyy-mm-dd`. */
export function localDay(at: EpochMs, timeZone: string | null): string {
  const zone = timeZone ?? 'UTC';
  let day = today.get(zone);
  if (!day || at < day.startsAt || at >= day.endsAt) {
    const start = DateTime.fromMillis(at, { zone: zoneOf(zone) }).startOf('day');
    const text = start.toISODate() ?? '';
    day = { text, startsAt: start.toMillis(), endsAt: endOfDay(text, zone) };
    today.set(zone, day);
  }
  return day.text;
}

// Days that were asked about, mostly those of the coming week.
const ends = new QuickLRU<string, EpochMs>({ maxSize: 10 * MOST_ZONES });

/** When `day` (`yyyy-mm-dd`) is over in `timeZone` (IANA; UTC when null or unknown). */
export function endOfDay(day: string, timeZone: string | null): EpochMs {
  const zone = timeZone ?? 'UTC';
  const key = `${day} ${zone}`;
  let end = ends.get(key);
  if (end === undefined) {
    // The start of the day after, not a day later: where clocks go forward at midnight a day begins at one.
    end = DateTime.fromISO(day, { zone: zoneOf(zone) })
      .plus({ days: 1 })
      .startOf('day')
      .toMillis();
    ends.set(key, end);
  }
  return end;
}

const DAY_MINUTES = 24 * 60;

/** The time of day at `at` in `timeZone` (IANA; UTC when null or unknown), in whole minutes since midnight. */
export function minuteOfDay(at: EpochMs, timeZone: string | null): number {
  const local = Math.floor(at / 60_000) + zoneOf(timeZone ?? 'UTC').offset(at);
  return ((local % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}

/** When it is `minute` o'clock next after `at` in `timeZone`; where clocks skip that time, what they show instead. */
export function nextMinuteOfDay(at: EpochMs, timeZone: string | null, minute: number): EpochMs {
  const time = { hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 };
  const now = DateTime.fromMillis(at, { zone: zoneOf(timeZone ?? 'UTC') });
  const today = now.set(time).toMillis();
  return today > at ? today : now.plus({ days: 1 }).set(time).toMillis();
}

/** UTC for a name that luxon does not know. */
function zoneOf(name: string): Zone {
  const zone = Info.normalizeZone(name);
  return zone.isValid ? zone : FixedOffsetZone.utcInstance;
}
