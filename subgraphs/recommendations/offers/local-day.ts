import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import QuickLRU from 'quick-lru';
import type { EpochMs } from '../../../kernel/storage/port.ts';

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
  return dayOf(at, timeZone).text;
}

function dayOf(at: EpochMs, timeZone: string | null): Day {
  const zone = timeZone ?? 'UTC';
  let day = today.get(zone);
  if (!day || at < day.startsAt || at >= day.endsAt) {
    const start = DateTime.fromMillis(at, { zone: zoneOf(zone) }).startOf('day');
    const text = start.toISODate() ?? '';
    day = { text, startsAt: start.toMillis(), endsAt: endOfDay(text, zone) };
    today.set(zone, day);
  }
  return day;
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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

// On a day that is as long as any, clocks are not changed, and time passes as it does everywhere. The calendar is a hundred times slower.
const isOrdinary = ({ startsAt, endsAt }: Day) => endsAt - startsAt === DAY_MS;

/** The time of day at `at` in `timeZone` (IANA; UTC when null or unknown), in whole minutes since midnight. */
export function minuteOfDay(at: EpochMs, timeZone: string | null): number {
  const day = dayOf(at, timeZone);
  if (isOrdinary(day)) return Math.floor((at - day.startsAt) / MINUTE_MS);
  const { hour, minute } = DateTime.fromMillis(at, { zone: zoneOf(timeZone ?? 'UTC') });
  return hour * 60 + minute;
}

/** When it is `minute` o'clock next after `at` in `timeZone`; where clocks skip that time, what they show instead. */
export function nextMinuteOfDay(at: EpochMs, timeZone: string | null, minute: number): EpochMs {
  const day = dayOf(at, timeZone);
  if (isOrdinary(day)) {
    const today = day.startsAt + minute * MINUTE_MS;
    if (today > at) return today;
    const tomorrow = new Date(Date.parse(day.text) + DAY_MS).toISOString().slice(0, 10);
    if (endOfDay(tomorrow, timeZone) - day.endsAt === DAY_MS) return day.endsAt + minute * MINUTE_MS;
  }
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
