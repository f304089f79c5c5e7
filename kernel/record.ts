import type { Reason } from './errors.ts';
import { type Decimal, isCurrency, parseDecimal } from './money.ts';
import type { EpochMs } from './storage/port.ts';

/**
 * One source row after its mapping was applied: canonical text by field name, absent where the source had nothing.
 * Instants are ISO 8601 with `Z`, dates `yyyy-mm-dd`, decimals plain (`-12.34`), booleans `true` or `false`, lists are
 * separated by `|`.
 */
export type SourceRow = Readonly<Record<string, string>>;

export type FieldType = 'text' | 'integer' | 'decimal' | 'instant' | 'date' | 'boolean' | 'currency' | 'country' | 'enum' | 'list';

/** A field that a mapping may fill. */
export interface FieldSpec {
  readonly type: FieldType;
  /** A row without it is quarantined as FIELD_MISSING, and a mapping without it is refused. */
  readonly required?: boolean;
  /** The allowed values of an `enum`. */
  readonly values?: readonly string[];
  /** One sentence: meaning and unit. */
  readonly description: string;
}

export type Fields = Readonly<Record<string, FieldSpec>>;

/** What a row was read as, or why it could not be. */
export type Read<R> = { readonly ok: true; readonly record: R } | { readonly ok: false; readonly reason: Reason };

class Unreadable extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason.message);
    this.reason = reason;
  }
}

const UNSTORABLE = /[\0\p{Cs}]/u;

/** Typed access to a row's fields. Each method throws `Unreadable`, which `readRecord` turns into a reason; none repeats the value, which may be personal. */
export class RowReader {
  readonly #row: SourceRow;
  constructor(row: SourceRow) {
    this.#row = row;
  }

  /** Quarantines the row. */
  fail(code: string, field: string, message: string): never {
    throw new Unreadable({ code, field, message });
  }

  optional(field: string): string | undefined {
    const text = this.#row[field]?.trim();
    if (text === undefined || text === '') return undefined;
    // No store can keep these, and one such row would fail its whole batch.
    if (UNSTORABLE.test(text)) this.fail('FIELD_INVALID', field, `"${field}" holds NUL or broken Unicode.`);
    return text;
  }

  text(field: string): string {
    return this.optional(field) ?? this.fail('FIELD_MISSING', field, `"${field}" is empty; the record can't be filed without it.`);
  }

  #parsed<V>(field: string, text: string | undefined, parse: (text: string) => V | null | undefined, expected: string): V | undefined {
    if (text === undefined) return undefined;
    return parse(text) ?? this.fail('FIELD_INVALID', field, `"${field}" is not ${expected}.`);
  }

  integer(field: string): number | undefined {
    return this.#parsed(field, this.optional(field), (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : null), 'a whole number');
  }

  decimal(field: string): Decimal | undefined {
    return this.#parsed(field, this.optional(field), parseDecimal, 'a plain decimal number');
  }

  instant(field: string): EpochMs | undefined {
    return this.#parsed(field, this.optional(field), parseInstant, 'an ISO 8601 instant');
  }

  date(field: string): string | undefined {
    return this.#parsed(field, this.optional(field), parseDate, 'a calendar date (yyyy-mm-dd)');
  }

  boolean(field: string): boolean | undefined {
    return this.#parsed(field, this.optional(field), (text) => (text === 'true' ? true : text === 'false' ? false : null), 'true or false');
  }

  currency(field: string): string | undefined {
    return this.#parsed(field, this.optional(field), (text) => (isCurrency(text) ? text : null), 'an ISO 4217 currency code');
  }

  country(field: string): string | undefined {
    return this.#parsed(
      field,
      this.optional(field),
      (text) => (/^[A-Z]{2}$/.test(text) ? text : null),
      'an ISO 3166-1 alpha-2 country code',
    );
  }

  oneOf<V extends string>(field: string, values: readonly V[]): V | undefined {
    return this.#parsed(field, this.optional(field), (text) => values.find((value) => value === text), `one of ${values.join(', ')}`);
  }

  list(field: string): readonly string[] {
    return (this.optional(field) ?? '')
      .split('|')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** The value, or quarantine as FIELD_MISSING. */
  need<V>(field: string, value: V | undefined): V {
    return value ?? this.fail('FIELD_MISSING', field, `"${field}" is empty; the record can't be filed without it.`);
  }
}

/** Runs `read` over the row; the first field that can't be read becomes the reason. */
export function readRecord<R>(row: SourceRow, read: (reader: RowReader) => R): Read<R> {
  try {
    return { ok: true, record: read(new RowReader(row)) };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, reason: error.reason };
    throw error;
  }
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds of an ISO 8601 instant with an offset, or null. A day that the calendar does not have is null. */
export function parseInstant(text: string): EpochMs | null {
  const match = INSTANT.exec(text);
  if (!match?.[1] || parseDate(match[1]) === null) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** The text if it is a day of the proleptic Gregorian calendar as `yyyy-mm-dd`, else null. */
export function parseDate(text: string): string | null {
  if (!DAY.test(text)) return null;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  const leapDay = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  return day >= 1 && day <= (DAYS_OF_MONTH[month] ?? 0) + leapDay ? text : null;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAYS_OF_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
