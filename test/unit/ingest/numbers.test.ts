import { describe, expect, it } from 'vitest';
import { numberReader } from '../../../ingest/numbers.ts';

describe('numbers of a source', () => {
  it.each([
    ['12.34', {}, '12.34'],
    ['-12.34', {}, '-12.34'],
    ['.5', {}, '0.5'],
    ['5.', {}, '5'],
    ['+7', {}, '7'],
    ['£12.34', {}, '12.34'],
    ['-$5', {}, '-5'],
    ['12 €', {}, '12'],
    ['5.00-', {}, '-5.00'],
    ['(5.00)', {}, '-5.00'],
    ['1.234,56', { point: ',', group: '.' }, '1234.56'],
    ['1234,5', { point: ',', group: '.' }, '1234.5'],
    ['1,234,567.8', { group: ',' }, '1234567.8'],
    ['1\u00a0234,5', { point: ',', group: ' ' }, '1234.5'],
    ["1'234.5", { group: "'" }, '1234.5'],
    ['5', { sign: 'negate' }, '-5'],
    ['-5', { sign: 'negate' }, '5'],
    ['0.00', { sign: 'negate' }, '0.00'],
    ['-5', { sign: 'absolute' }, '5'],
  ] as const)('%s under %o is %s', (text, convention, plain) => {
    expect(numberReader(convention)(text)).toBe(plain);
  });

  it.each([
    ['12.34', { point: ',', group: '.' }],
    ['1,234', {}],
    ['1,23', { group: ',' }],
    ['1.2.3', {}],
    ['4.440892e-16', {}],
    ['twelve', {}],
    ['-', {}],
    ['$', {}],
  ] as const)('%s under %o is no number', (text, convention) => {
    expect(numberReader(convention)(text)).toBeNull();
  });
});
