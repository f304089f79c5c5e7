import { describe, expect, it } from 'vitest';
import { textErrors } from '../../../kernel/texts.ts';

const refusals = (input: object, longest?: Readonly<Record<string, number>>) =>
  textErrors(input, longest).map(({ code, field }) => `${code} ${field?.join('.')}`);

describe('texts of an input', () => {
  it.each([
    ['plain', 'Ada'],
    ['Japanese', '田中 愛子'],
    ['an emoji of several code points', '👩‍👩‍👧🏽'],
    ['tabs and line breaks', 'first\tline\r\nsecond'],
    ['500 characters', 'x'.repeat(500)],
    ['500 characters of two UTF-16 units each', '𠮷'.repeat(500)],
  ])('may be %s', (_, text) => {
    expect(refusals({ text })).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \t '],
    ['501 characters', 'x'.repeat(501)],
    ['501 characters of two UTF-16 units each', '𠮷'.repeat(501)],
    ['NUL', 'a\0b'],
    ['an escape character', 'a\u001b[31m'],
    ['half of a surrogate pair', 'a\ud800b'],
  ])('may not be %s', (_, text) => {
    expect(refusals({ text })).toEqual(['TEXT_INVALID input.text']);
  });

  it('are found at any depth, by a path that counts list entries from 0', () => {
    expect(refusals({ name: { given: '\0' }, topics: ['fine', ''], points: [{ value: 'fine' }, { value: ' ' }] })).toEqual([
      'TEXT_INVALID input.name.given',
      'TEXT_INVALID input.topics.1',
      'TEXT_INVALID input.points.1.value',
    ]);
  });

  it('may be longer where the field allows it', () => {
    expect(refusals({ transcript: 'x'.repeat(1000), summary: 'x'.repeat(1000) }, { transcript: 1000 })).toEqual([
      'TEXT_INVALID input.summary',
    ]);
  });

  it('come in lists of 50 at most', () => {
    expect(refusals({ topics: Array.from({ length: 51 }, () => '') })).toEqual(['LIST_TOO_LONG input.topics']);
  });

  it('are not repeated in the refusal', () => {
    expect(JSON.stringify(textErrors({ name: 'Ada\0Lovelace' }))).not.toContain('Lovelace');
  });
});
