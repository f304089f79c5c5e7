import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { isCurrency, parseDecimal } from './money.ts';
import { parseDate, parseInstant } from './record.ts';

/** A scalar whose input and output are text; `read` gives the internal value or null when the text is not one. */
function textScalar<T>(
  name: string,
  expected: string,
  read: (text: string) => T | null,
  write: (value: T) => string = String,
): GraphQLScalarType<T, string> {
  const parse = (input: unknown): T => {
    const value = typeof input === 'string' ? read(input) : null;
    // The value is not repeated: it may be personal.
    if (value === null) throw new GraphQLError(`${name} must be ${expected}.`, { extensions: { code: 'BAD_USER_INPUT' } });
    return value;
  };
  return new GraphQLScalarType<T, string>({
    name,
    serialize: (value) => write(value as T),
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : null),
  });
}

const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : null);

function timeZone(text: string): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    return null;
  }
}

function locale(text: string): string | null {
  try {
    return Intl.getCanonicalLocales(text)[0] ?? null;
  } catch {
    return null;
  }
}

/** An answer says the time of its request in many places. */
const lastInstant = { at: Number.NaN, text: '' };

function instantText(at: number): string {
  if (at !== lastInstant.at) {
    lastInstant.text = new Date(at).toISOString();
    lastInstant.at = at;
  }
  return lastInstant.text;
}

/** Resolvers of the scalars of shared.graphql. Internally a DateTime is `EpochMs`; all others are their text. */
export const scalars = {
  DateTime: textScalar('DateTime', 'an ISO 8601 instant with an offset, such as 2026-03-01T09:30:00Z', parseInstant, instantText),
  Date: textScalar('Date', 'a calendar date, such as 2026-03-01', parseDate),
  Decimal: textScalar('Decimal', 'a plain decimal number as text, such as "12.34"', (text) => (parseDecimal(text) ? text : null)),
  CurrencyCode: textScalar('CurrencyCode', 'an ISO 4217 code, such as EUR', (text) => (isCurrency(text) ? text : null)),
  EmailAddress: textScalar('EmailAddress', 'an e-mail address', matching(/^[^\s@\p{Cc}]{1,64}@[^\s@\p{Cc}]{1,253}$/u)),
  PhoneNumber: textScalar('PhoneNumber', 'an E.164 number, such as +81312345678', matching(/^\+[1-9]\d{6,14}$/)),
  Locale: textScalar('Locale', 'a BCP 47 language tag, such as ja-JP', locale),
  CountryCode: textScalar('CountryCode', 'an ISO 3166-1 alpha-2 code, such as JP', matching(/^[A-Z]{2}$/)),
  TimeZone: textScalar('TimeZone', 'an IANA time zone, such as Asia/Tokyo', timeZone),
  URL: textScalar('URL', 'an http or https URL', (text) => (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null)),
};
