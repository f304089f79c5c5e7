import { expect, it } from 'vitest';
import { MAX_TEXT_LENGTH, normalForm } from '../../../../models/text/normal-form.ts';

it('folds width, case, accents and white space, and makes every number a 0', () => {
  expect(normalForm('  NÃO  chegou\tem 31/05,  só 2x ')).toBe(' nao chegou em 0, so 0x ');
  expect(normalForm('ＡＢＣ ｶﾞｲﾄﾞ')).toBe(' abc ガイド ');
  expect(normalForm('Don’t')).toBe(" don't ");
});

it('keeps the voiced marks of kana, which are no accents', () => {
  expect(normalForm('が パ')).toBe(' が パ ');
});

it('reads no further than its limit, and never half a surrogate pair', () => {
  expect(normalForm('a'.repeat(5_000)).length).toBe(MAX_TEXT_LENGTH + 2);
  expect(normalForm(`${'a'.repeat(MAX_TEXT_LENGTH - 1)}😀`)).toBe(` ${'a'.repeat(MAX_TEXT_LENGTH - 1)} `);
});

it('stays within its limit where one character stands for eighteen', () => {
  expect(normalForm('\ufdfa'.repeat(MAX_TEXT_LENGTH)).length).toBeLessThanOrEqual(MAX_TEXT_LENGTH + 2);
});
