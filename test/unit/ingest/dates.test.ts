import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { dateFormatProblem, dateReader } from '../../../ingest/dates.ts';
import { instantIn } from '../../../ingest/zones.ts';

const iso = (format: string, zone: string | null, text: string) => {
  const moment = dateReader(format, zone)(text);
  return moment && new Date(moment.at).toISOString();
};

describe('dates of a source', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss', 'Europe/London', '2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss', 'Europe/London', '2011-07-01 08:26:00', '2011-07-01T07:26:00.000Z'],
    ['yyyyMMdd', 'America/New_York', '19970101', '1997-01-01T05:00:00.000Z'],
    ['d/M/yyyy H:mm', 'Asia/Tokyo', '3/4/2024 9:05', '2024-04-03T00:05:00.000Z'],
    ['MM/dd/yyyy hh:mm a', 'UTC', '02/01/2026 04:05 PM', '2026-02-01T16:05:00.000Z'],
    ['d MMM yyyy', 'UTC', '7 Mar 2024', '2024-03-07T00:00:00.000Z'],
    ['yyyy-MM-dd HH:mm ZZ', null, '2024-03-07 10:00 +09:00', '2024-03-07T01:00:00.000Z'],
    ['epochSeconds', null, '1396437466.94', '2014-04-02T11:17:46.940Z'],
    ['epochSeconds', null, '-1.5', '1969-12-31T23:59:58.500Z'],
    ['epochMillis', null, '1396437466940', '2014-04-02T11:17:46.940Z'],
    ['iso', 'Europe/Paris', '2024-07-01T10:00:00', '2024-07-01T08:00:00.000Z'],
    ['iso', null, '2024-07-01T10:00:00.250+02:00', '2024-07-01T08:00:00.250Z'],
    ['iso', 'Asia/Tokyo', '2024-07-01', '2024-06-30T15:00:00.000Z'],
  ])('%s in %s reads %s as %s', (format, zone, text, instant) => {
    expect(iso(format, zone, text)).toBe(instant);
  });

  it.each([
    ['yyyy-MM-dd', 'UTC', '2023-02-29'],
    ['yyyy-MM-dd', 'UTC', '2023-2-1'],
    ['yyyy-MM-dd HH:mm', 'UTC', '2023-02-01 24:00'],
    ['yyyy-MM-dd', 'UTC', '2023-02-01 10:00'],
    ['d MMM yyyy', 'UTC', '31 Feb 2024'],
    // What some systems write for none, which is no day of 1901.
    ['iso', null, '0001-01-01T00:00:00Z'],
    ['yyyy-MM-dd', 'UTC', '0099-12-31'],
    ['iso', null, '2024-07-01T10:00:00'],
    ['iso', 'UTC', '2024-13-01'],
    ['epochSeconds', null, '1396437466940'],
    ['epochSeconds', null, 'soon'],
  ])('%s in %s does not read %s', (format, zone, text) => {
    expect(iso(format, zone, text)).toBeNull();
  });

  it('gives the day as the source wrote it, whatever the instant', () => {
    expect(dateReader('yyyyMMdd', 'Pacific/Auckland')('20240301')?.day).toBe('2024-03-01');
    expect(dateReader('epochSeconds', 'Asia/Tokyo')('1709218800')?.day).toBe('2024-03-01');
  });

  it('reads a time that clocks skip with the offset before, and one that they show twice as the first', () => {
    const london = 'Europe/London';
    expect(iso('yyyy-MM-dd HH:mm', london, '2011-03-27 01:30')).toBe('2011-03-27T01:30:00.000Z');
    expect(iso('yyyy-MM-dd HH:mm', london, '2011-10-30 01:30')).toBe('2011-10-30T00:30:00.000Z');
    // Brazil's clocks sprang forward at midnight.
    expect(iso('yyyy-MM-dd', 'America/Sao_Paulo', '2017-10-15')).toBe('2017-10-15T03:00:00.000Z');
  });

  it('agrees with Luxon away from changes of the clocks', () => {
    const zones = ['Europe/London', 'America/Sao_Paulo', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Tokyo'];
    const minutes = fc.integer({ min: Date.UTC(1975, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, (zone, minute) => {
        const at = minute * 60_000;
        const local = DateTime.fromMillis(at, { zone });
        const wallClock = at + local.offset * 60_000;
        const ambiguous = local.getPossibleOffsets().length > 1;
        fc.pre(!ambiguous);
        expect(instantIn(zone)(wallClock)).toBe(at);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['YYYY-MM-DD', 'yyyy'],
    ['yyyy-mm-dd', 'MM'],
    ['yyyy-MM-dd hh:mm', 'HH'],
    ['HH:mm', 'yyyy'],
    ['someday', 'yyyy'],
  ])('finds the mistake in the format %s', (format, remedy) => {
    expect(dateFormatProblem(format)).toContain(remedy);
  });

  it.each(['yyyy-MM-dd', 'd.M.yyyy', 'yyyyMMdd HHmmss', "yyyy-MM-dd'T'HH:mm:ssZZ", 'MMM d, yyyy h:mm a', 'iso', 'epochMillis'])(
    'takes the format %s',
    (format) => {
      expect(dateFormatProblem(format)).toBeNull();
    },
  );
});
