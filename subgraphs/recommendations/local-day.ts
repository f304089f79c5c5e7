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

/** The day that `at` is on in `timeZone`, as `yyyy-mm-dd`. */
export function localDay(at: EpochMs, timeZone: string | null): string {
  // Swedish writes dates as ISO 8601 does.
  return dayFormat('sv-SE', timeZone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}
