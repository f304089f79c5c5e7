import { refuse, type UserError } from './errors.ts';

/** A number, code or name: 1 to 200 characters, none of which is a control character or half of a surrogate pair. */
export const LABEL = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

const MAX_TEXT = 500;
const MAX_ITEMS = 50;

/** Control characters other than tabs and line breaks, and halves of surrogate pairs: no name holds them, and not every store keeps them. */
const UNPRINTABLE = /(?![\t\n\r])[\p{Cc}\p{Cs}]/u;

/** Whether a text has more than so many characters, each one code point: what a reader counts as one may be several, and UTF-16 makes two of some. */
export function isLongerThan(text: string, most: number): boolean {
  return text.length > most && (text.length > 2 * most || [...text].length > most);
}

/** What a text must be, or null when it is that: 1 to `most` characters, none of which is a control character. */
function textProblem(text: string, most: number): string | null {
  if (text.trim() === '' || isLongerThan(text, most)) return `must have 1 to ${most} characters`;
  return UNPRINTABLE.test(text) ? 'may hold no control characters but tabs and line breaks' : null;
}

/** Whether a value of this type may hold a list, at any depth. */
type HoldsList<T> = T extends readonly unknown[] ? true : T extends object ? { [K in keyof T]-?: HoldsList<T[K]> }[keyof T] : false;

/** LIST_TOO_LONG only of inputs that hold lists, so that what cannot be answered stands in no mutation's enum. */
export type TextErrorCode<Input> = 'TEXT_INVALID' | (true extends HoldsList<Input> ? 'LIST_TOO_LONG' : never);

/**
 * Refusals of every text of an input, at any depth, that is blank, too long or can't be kept, and of every list of more than 50
 * entries. `longest` gives the limits of fields by their path, such as `transcript`, where it is not 500 characters.
 */
export function textErrors<Input extends object>(
  input: Input,
  longest: Readonly<Record<string, number>> = {},
): readonly UserError<TextErrorCode<Input>>[] {
  const errors: UserError<'TEXT_INVALID' | 'LIST_TOO_LONG'>[] = [];
  const check = (value: unknown, path: string) => {
    if (typeof value === 'string') {
      const problem = textProblem(value, longest[path] ?? MAX_TEXT);
      if (problem) errors.push(refuse('TEXT_INVALID', path, `"${path}" ${problem}; correct it, or leave it out where it may be absent.`));
    } else if (Array.isArray(value) && value.length > MAX_ITEMS) {
      errors.push(refuse('LIST_TOO_LONG', path, `"${path}" may hold ${MAX_ITEMS} entries at most.`));
    } else if (value !== null && typeof value === 'object')
      for (const [name, inner] of Object.entries(value)) check(inner, path === '' ? name : `${path}.${name}`);
  };
  check(input, '');
  return errors as readonly UserError<TextErrorCode<Input>>[];
}
