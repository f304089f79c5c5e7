import { z } from 'zod';
import { CHANNELS, CONSENT_PURPOSES } from '../kernel/intake.ts';
import { parseInstant } from '../kernel/record.ts';

const name = z.string('must be a name').trim().min(1, 'must not be empty');
const scalar = z.union([z.string(), z.number(), z.boolean()], 'must be a single value');
const words = z.array(z.string('must be text; put it in quotes')).min(1, 'must name at least one value');

function timeZoneExists(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function encodingExists(text: string): boolean {
  try {
    new TextDecoder(text);
    return true;
  } catch {
    return false;
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

const timeZone = z
  .string('must be an IANA time zone, such as Europe/London')
  .refine(timeZoneExists, 'is not an IANA time zone; write one such as Europe/London');
const instant = z
  .string('must be an instant with an offset, such as 2026-03-01T00:00:00Z')
  .refine((text) => parseInstant(text) !== null, 'is not an instant with an offset; write one such as 2026-03-01T00:00:00Z');
const code = z
  .string('must be a code')
  .regex(/^[A-Z][A-Z0-9_]{1,63}$/, 'is not a code; use capitals, digits and underscores, such as NO_IDENTIFIER');
const single = z.string('must be one character').refine((text) => [...text].length === 1, 'must be one character');

const numbers = z.strictObject({
  point: z.enum(['.', ','], 'must be "." or ","').optional(),
  group: z.enum(['.', ',', ' ', "'"], 'must be ".", ",", " " or "\'"').optional(),
  sign: z.enum(['keep', 'negate', 'absolute'], 'must be keep, negate or absolute').optional(),
});

const format = z.strictObject({
  type: z.enum(['csv', 'tsv', 'whitespace', 'json', 'jsonl'], 'must be csv, tsv, whitespace, json or jsonl'),
  encoding: z
    .string('must be text')
    .refine(encodingExists, 'is not a known encoding; write one such as utf-8, windows-1252, latin1 or shift_jis')
    .optional(),
  delimiter: single.optional(),
  quote: z.union([z.literal('none'), single], 'must be one character, or none').optional(),
  header: z.boolean('must be true or false').optional(),
  columns: z.array(name, 'must be a list of column names').min(1, 'must name at least one column').optional(),
  skipLines: z.int('must be a whole number').min(0, 'must not be negative').optional(),
  shortRows: z.boolean('must be true or false').optional(),
  /** Texts that mean "nothing", such as NA. */
  empty: words.optional(),
});

export const NORMALISATIONS = ['integerText', 'stripLeadingZeros', 'lower', 'upper', 'digits'] as const;
export type Normalisation = (typeof NORMALISATIONS)[number];

/** `"$column"` is short for `{ column }`, any other plain value for `{ constant }`. */
function expand(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('$')) return { column: value.slice(1) };
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { constant: value } : value;
}

const SOURCES = ['column', 'constant', 'template', 'first', 'sum', 'join'] as const;

const expression = z.preprocess(
  expand,
  z
    .strictObject({
      column: name.optional(),
      constant: scalar.optional(),
      template: name.optional(),
      get first() {
        return z.array(expression, 'must be a list').min(1, 'must not be empty').optional();
      },
      get sum() {
        return z.array(expression, 'must be a list').min(1, 'must not be empty').optional();
      },
      get join() {
        return z.array(expression, 'must be a list').min(1, 'must not be empty').optional();
      },
      normalise: z.union([z.enum(NORMALISATIONS), z.array(z.enum(NORMALISATIONS))], `must be of ${NORMALISATIONS.join(', ')}`).optional(),
      map: z.record(z.string(), scalar, 'must be a table of values').optional(),
      otherwise: scalar.optional(),
      date: z
        .union([name, z.strictObject({ format: name, timeZone: timeZone.optional() })], 'must be a format, or { format, timeZone }')
        .optional(),
      number: numbers.optional(),
      boolean: z.strictObject({ true: words, false: words }).optional(),
      separator: z.string('must be text').min(1, 'must not be empty').optional(),
      default: scalar.optional(),
      get when() {
        return condition.optional();
      },
    })
    .superRefine((value, context) => {
      const given = SOURCES.filter((source) => value[source] !== undefined);
      if (given.length !== 1) {
        const found = given.length === 0 ? 'names no value' : `names ${given.join(' and ')} at once`;
        context.addIssue(`${found}; give exactly one of ${SOURCES.join(', ')}, or "$Column" for a column`);
      }
      if (value.otherwise !== undefined && value.map === undefined)
        context.addIssue('has otherwise without a map; add the map, or use default');
    }),
) as z.ZodType<Expression>;

/** How one value is made from a row. */
export interface Expression {
  readonly column?: string | undefined;
  readonly constant?: string | number | boolean | undefined;
  /** `{Column}` is replaced; the whole is empty when one of them is, unless it is written `{Column?}`. */
  readonly template?: string | undefined;
  /** The first that is not empty. */
  readonly first?: readonly Expression[] | undefined;
  /** The exact sum of decimals; empty ones count nothing, and all empty is empty. */
  readonly sum?: readonly Expression[] | undefined;
  /** A list of those that are not empty. */
  readonly join?: readonly Expression[] | undefined;
  readonly normalise?: Normalisation | readonly Normalisation[] | undefined;
  readonly map?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** For values that the map does not name; without it such a row is quarantined as VALUE_UNMAPPED. */
  readonly otherwise?: string | number | boolean | undefined;
  readonly date?: string | { readonly format: string; readonly timeZone?: string | undefined } | undefined;
  readonly number?: z.infer<typeof numbers> | undefined;
  readonly boolean?: { readonly true: readonly string[]; readonly false: readonly string[] } | undefined;
  readonly separator?: string | undefined;
  /** Where the value is empty. */
  readonly default?: string | number | boolean | undefined;
  /** The value is empty where this does not hold. */
  readonly when?: Condition | undefined;
}

const limit = z.number('must be a number');
const TESTS = [
  'is',
  'equals',
  'in',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'greaterThan',
  'atLeast',
  'lessThan',
  'atMost',
] as const;

const condition: z.ZodType<Condition> = z
  .strictObject({
    column: name.optional(),
    is: z.enum(['empty', 'present'], 'must be empty or present').optional(),
    equals: scalar.optional(),
    in: z.array(scalar, 'must be a list').min(1, 'must not be empty').optional(),
    startsWith: z.string('must be text; put it in quotes').optional(),
    endsWith: z.string('must be text; put it in quotes').optional(),
    contains: z.string('must be text; put it in quotes').optional(),
    matches: z.string('must be text').refine(isPattern, 'is not a regular expression; mend it, or use startsWith or contains').optional(),
    greaterThan: limit.optional(),
    atLeast: limit.optional(),
    lessThan: limit.optional(),
    atMost: limit.optional(),
    get all() {
      return z.array(condition, 'must be a list').min(1, 'must not be empty').optional();
    },
    get any() {
      return z.array(condition, 'must be a list').min(1, 'must not be empty').optional();
    },
    get not() {
      return condition.optional();
    },
  })
  .superRefine((value, context) => {
    const tests = TESTS.filter((test) => value[test] !== undefined);
    const kinds = [value.column, value.all, value.any, value.not].filter((part) => part !== undefined).length;
    if (kinds !== 1) context.addIssue('must have exactly one of column, all, any, not');
    else if (value.column !== undefined && tests.length === 0) context.addIssue(`tests nothing; add one of ${TESTS.join(', ')}`);
    else if (value.column === undefined && tests.length > 0)
      context.addIssue(`has ${tests.join(', ')} without the column to test; add column`);
  });

/** A test of one column (all tests given must hold), or a combination. Numbers are compared by the mapping's number convention; what is no number is in no range. */
export interface Condition {
  readonly column?: string | undefined;
  readonly is?: 'empty' | 'present' | undefined;
  readonly equals?: string | number | boolean | undefined;
  readonly in?: readonly (string | number | boolean)[] | undefined;
  readonly startsWith?: string | undefined;
  readonly endsWith?: string | undefined;
  readonly contains?: string | undefined;
  readonly matches?: string | undefined;
  readonly greaterThan?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly lessThan?: number | undefined;
  readonly atMost?: number | undefined;
  readonly all?: readonly Condition[] | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly not?: Condition | undefined;
}

const consent = z.strictObject({
  purpose: z.enum(CONSENT_PURPOSES, `must be one of ${CONSENT_PURPOSES.join(', ')}`),
  channel: z.enum(CHANNELS, `must be one of ${CHANNELS.join(', ')}, or left out for all`).optional(),
  status: z.enum(['GRANTED', 'DENIED', 'WITHDRAWN'], 'must be GRANTED, DENIED or WITHDRAWN'),
  lawfulBasis: name,
  policyVersion: name.optional(),
  recordedAt: instant,
  expiresAt: instant.optional(),
  proof: name.optional(),
  /** The consent holds for rows that fulfil this; for all when absent. */
  when: condition.optional(),
});

export const mappingSchema = z
  .strictObject({
    source: z
      .string('must be text')
      .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is not a source name; use lower-case letters, digits and hyphens, such as online-retail'),
    description: name.optional(),
    format,
    timeZone: timeZone.optional(),
    numbers: numbers.optional(),
    identify: z
      .array(
        z.strictObject({
          namespace: z
            .string('must be text')
            .regex(/^[A-Z][A-Z0-9_]{1,63}$/, 'is not a namespace; use capitals, digits and underscores, such as POS_ID'),
          value: expression,
        }),
        'must be a list',
      )
      .min(1, 'must name at least one identifier')
      .optional(),
    owner: z.strictObject({ through: name, source: name.optional(), number: expression }).optional(),
    consents: z.array(consent, 'must be a list').optional(),
    reject: z.array(z.strictObject({ code, when: condition, message: name.optional() }), 'must be a list').optional(),
    records: z
      .array(
        z.strictObject({
          kind: name,
          when: condition.optional(),
          fields: z.record(z.string(), expression, 'must be a table of fields'),
        }),
        'must be a list',
      )
      .min(1, 'must have at least one record'),
  })
  .superRefine((mapping, context) => {
    if (mapping.identify && mapping.owner)
      context.addIssue({ code: 'custom', path: ['owner'], message: 'stands beside identify; keep the one by which the owner is found' });
    if (mapping.consents && !mapping.identify)
      context.addIssue({ code: 'custom', path: ['consents'], message: 'needs identify, since it is the customer that consents' });
    const { type, delimiter, quote, header, columns, shortRows } = mapping.format;
    const json = type === 'json' || type === 'jsonl';
    const misplaced = Object.entries({
      delimiter: delimiter !== undefined && (json || type === 'whitespace'),
      quote: quote !== undefined && (json || type === 'whitespace'),
      header: header !== undefined && json,
      columns: columns !== undefined && json,
      shortRows: shortRows !== undefined && json,
    });
    for (const [key, wrong] of misplaced)
      if (wrong) context.addIssue({ code: 'custom', path: ['format', key], message: `means nothing in a ${type} file; remove it` });
    if (header === false && !columns)
      context.addIssue({
        code: 'custom',
        path: ['format', 'header'],
        message: 'is false, so the columns have no names; add format.columns',
      });
  });

export type Mapping = z.infer<typeof mappingSchema>;
export type Format = Mapping['format'];
export type NumberConvention = z.infer<typeof numbers>;
