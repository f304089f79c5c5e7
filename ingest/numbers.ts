import type { NumberConvention } from './mapping-schema.ts';

/** Plain decimal text (`-12.34`) of a number as its source writes it, or null when it is none. */
export type NumberReader = (text: string) => string | null;

const PLAIN = /^-?\d+(?:\.\d+)?$/;
const escaped = (character: string) => character.replace(/[.\\]/, '\\$&');

/**
 * Reads numbers of one convention. Currency signs and blanks at the ends are dropped; a minus may stand before, behind, or be a
 * pair of brackets. Digits between group separators must be threes, so that `12.34` is not taken for 1234 where "." groups.
 */
export function numberReader({ point = '.', group, sign = 'keep' }: NumberConvention = {}): NumberReader {
  const separators = group === undefined ? '' : group === ' ' ? '[ \\u00a0\\u202f]' : group === "'" ? "['\\u2019]" : escaped(group);
  const whole = separators === '' ? '\\d+' : `\\d{1,3}(?:${separators}\\d{3})+|\\d+`;
  const shape = new RegExp(`^(${whole})?(?:${escaped(point)}(\\d*))?$`, 'u');
  const grouping = separators === '' ? null : new RegExp(separators, 'gu');
  const plainFirst = point === '.' && group !== '.';

  const read: NumberReader = (text) => {
    if (plainFirst && PLAIN.test(text)) return text;
    let rest = text.replace(/^[\s\p{Sc}]+|[\s\p{Sc}]+$/gu, '');
    let negative = false;
    if (rest.startsWith('(') && rest.endsWith(')')) {
      negative = true;
      rest = rest.slice(1, -1);
    } else if (/^[-\u2212]|[-\u2212]$/u.test(rest)) {
      negative = true;
      rest = rest.replace(/^[-\u2212]|[-\u2212]$/u, '');
    } else if (rest.startsWith('+')) rest = rest.slice(1);
    const match = shape.exec(rest.replace(/^[\s\p{Sc}]+|[\s\p{Sc}]+$/gu, ''));
    const digits = match?.[1] ?? '';
    const fraction = match?.[2] ?? '';
    if (!match || (digits === '' && fraction === '')) return null;
    const plain = (digits === '' ? '0' : grouping ? digits.replace(grouping, '') : digits) + (fraction === '' ? '' : `.${fraction}`);
    return negative ? `-${plain}` : plain;
  };
  if (sign === 'keep') return read;
  return (text) => {
    const plain = read(text);
    if (plain === null) return null;
    if (plain.startsWith('-')) return plain.slice(1);
    return sign === 'absolute' || /^[0.]+$/.test(plain) ? plain : `-${plain}`;
  };
}
