import { isCurrency } from '../kernel/money.ts';
import type { FieldSpec } from '../kernel/record.ts';
import { dateReader } from './dates.ts';
import type { Expression, NumberConvention } from './mapping-schema.ts';
import { numberReader } from './numbers.ts';

/** The canonical text of a value (see `SourceRow`), or null when the value is not `expected`. */
export interface Conversion {
  readonly expected: string;
  convert(text: string): string | null;
}

/** What the mapping says for all its fields. */
export interface Conventions {
  /** null: dates have to say their own. */
  readonly timeZone: string | null;
  readonly numbers: NumberConvention;
}

const TRUE_WORDS = ['true', 't', 'yes', 'y', '1', 'on'];
const FALSE_WORDS = ['false', 'f', 'no', 'n', '0', 'off'];

/** How a field of this type is read under the expression's and the mapping's conventions. */
export function conversion({ type, values = [] }: FieldSpec, expression: Expression, conventions: Conventions): Conversion {
  switch (type) {
    case 'text':
      return { expected: 'text', convert: (text) => text };
    case 'integer':
    case 'decimal': {
      const convention = { ...conventions.numbers, ...expression.number };
      const read = numberReader(convention);
      if (type === 'decimal') return { expected: `a number with decimal "${convention.point ?? '.'}"`, convert: read };
      return {
        expected: 'a whole number',
        convert: (text) => {
          const plain = read(text);
          return plain === null ? null : /^-?\d+(?:\.0*)?$/.test(plain) ? plain.replace(/\.0*$/, '') : null;
        },
      };
    }
    case 'instant':
    case 'date':
      return dateConversion(type, expression, conventions.timeZone);
    case 'boolean': {
      const yes = new Set(expression.boolean?.true ?? TRUE_WORDS);
      const no = new Set(expression.boolean?.false ?? FALSE_WORDS);
      const own = expression.boolean !== undefined;
      return {
        expected: own ? 'one of the words of its boolean' : 'a word for true or false',
        convert: (text) => {
          const word = own ? text : text.toLowerCase();
          return yes.has(word) ? 'true' : no.has(word) ? 'false' : null;
        },
      };
    }
    case 'currency':
      return { expected: 'an ISO 4217 currency code', convert: (text) => matched(text.toUpperCase(), isCurrency) };
    case 'country':
      return {
        expected: 'an ISO 3166-1 alpha-2 country code',
        convert: (text) => matched(text.toUpperCase(), (code) => /^[A-Z]{2}$/.test(code)),
      };
    case 'enum': {
      const allowed = new Set(values);
      return { expected: `one of ${values.join(', ')}`, convert: (text) => matched(text, (value) => allowed.has(value)) };
    }
    case 'list': {
      const { separator = '|' } = expression;
      // A list is canonical text separated by "|", so an item can't hold one.
      return {
        expected: 'a list',
        convert: (text) =>
          text
            .split(separator)
            .map((item) => (separator === '|' ? item : item.replaceAll('|', '/')).trim())
            .filter((item) => item !== '')
            .join('|'),
      };
    }
  }
}

function matched(text: string, fits: (text: string) => boolean): string | null {
  return fits(text) ? text : null;
}

const MAX_REMEMBERED = 5_000;

function dateConversion(type: 'instant' | 'date', { date = 'iso' }: Expression, zone: string | null): Conversion {
  const { format, timeZone = zone } = typeof date === 'string' ? { format: date } : date;
  const read = dateReader(format, timeZone);
  // Rows of one order or one day repeat their dates.
  const remembered = new Map<string, string | null>();
  return {
    expected: `a date of the form ${format}`,
    convert: (text) => {
      let canonical = remembered.get(text);
      if (canonical === undefined) {
        const moment = read(text);
        canonical = moment === null ? null : type === 'date' ? moment.day : new Date(moment.at).toISOString();
        if (remembered.size >= MAX_REMEMBERED) remembered.clear();
        remembered.set(text, canonical);
      }
      return canonical;
    },
  };
}
