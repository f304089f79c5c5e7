import { type GraphQLLeafType, GraphQLScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { comparable, compares, holds, type Kind, kindOf, operandOf } from '../../../subgraphs/segments/rules/operand.ts';
import { OPERATORS } from '../../../subgraphs/segments/rules/rule.ts';
import { SCHEMA } from './schema.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const typeOf = (name: string) => (SCHEMA.getType(name) ?? new GraphQLScalarType({ name })) as GraphQLLeafType;
const read = (text: string, typeName: string) => {
  const type = typeOf(typeName);
  const operand = operandOf(text, kindOf(type), type);
  return typeof operand === 'string' ? operand : { is: operand(NOW) };
};

describe('values of conditions', () => {
  it('are read by the type of the field', () => {
    expect(
      ['Int', 'Float', 'Decimal', 'DateTime', 'Date', 'Boolean', 'Colour', 'String', 'ID', 'Locale'].map((name) => kindOf(typeOf(name))),
    ).toEqual(['number', 'number', 'number', 'instant', 'day', 'boolean', 'choice', 'text', 'text', 'text']);
    expect(read('12', 'Int')).toEqual({ is: 12 });
    expect(read('-0.50', 'Decimal')).toEqual({ is: -0.5 });
    expect(read('true', 'Boolean')).toEqual({ is: 'true' });
    expect(read('RED', 'Colour')).toEqual({ is: 'RED' });
    expect(read(' as it is ', 'String')).toEqual({ is: ' as it is ' });
    expect(read('-P30D', 'String')).toEqual({ is: '-P30D' });
  });

  it('are instants and days by themselves or from the time of asking', () => {
    expect(read('2026-03-01T09:30:00Z', 'DateTime')).toEqual({ is: Date.UTC(2026, 2, 1, 9, 30) });
    expect(read('2026-03-01T09:30:00+09:00', 'DateTime')).toEqual({ is: Date.UTC(2026, 2, 1, 0, 30) });
    expect(read('-P30D', 'DateTime')).toEqual({ is: Date.UTC(2026, 0, 30, 12) });
    expect(read('2026-02-28', 'Date')).toEqual({ is: Date.UTC(2026, 1, 28) });
    // A day from now is a whole one.
    expect(read('-P30D', 'Date')).toEqual({ is: Date.UTC(2026, 0, 30) });
  });

  it.each([
    ['many', 'Int', 'a number, such as 12 or 0.5'],
    ['1e9', 'Float', 'a number, such as 12 or 0.5'],
    ['', 'Int', 'a number, such as 12 or 0.5'],
    ['Infinity', 'Float', 'a number, such as 12 or 0.5'],
    ['0x10', 'Int', 'a number, such as 12 or 0.5'],
    ['yesterday', 'DateTime', 'an instant, such as 2026-03-01T09:30:00Z, or a duration from now, such as -P30D'],
    ['-P9999Y', 'DateTime', 'an instant, such as 2026-03-01T09:30:00Z, or a duration from now, such as -P30D'],
    ['2026-02-30', 'Date', 'a day, such as 2026-03-01, or a duration from now, such as -P30D'],
    ['2026-03-01T09:30:00Z', 'Date', 'a day, such as 2026-03-01, or a duration from now, such as -P30D'],
    ['TRUE', 'Boolean', 'true or false'],
    ['REED', 'Colour', 'one of Colour; RED is one'],
    ['turquoise', 'Colour', 'one of RED, GREEN, BLUE'],
  ])('are refused: %j of a %s', (text, type, meant) => {
    expect(read(text, type)).toBe(meant);
  });

  it('are ordered where the field has an order, and searched in texts only', () => {
    const allowed = (kind: Kind) => OPERATORS.filter((is) => compares(kind, is)).join(' ');
    const always = 'PRESENT ABSENT';
    for (const kind of ['number', 'instant', 'day'] as const)
      expect(allowed(kind)).toBe(`EQUALS NOT_EQUALS GREATER AT_LEAST LESS AT_MOST ${always}`);
    for (const kind of ['boolean', 'choice'] as const) expect(allowed(kind)).toBe(`EQUALS NOT_EQUALS ${always}`);
    expect(allowed('text')).toBe(`EQUALS NOT_EQUALS STARTS_WITH CONTAINS ${always}`);
  });
});

describe('values of the merged view', () => {
  it('are compared as what they are', () => {
    expect(comparable('12.50', 'number')).toBe(12.5);
    expect(comparable(7, 'number')).toBe(7);
    expect(comparable('2026-03-01T12:00:00.000Z', 'instant')).toBe(NOW);
    expect(comparable('2026-03-01', 'day')).toBe(Date.UTC(2026, 2, 1));
    expect(comparable(true, 'boolean')).toBe('true');
    expect(comparable('', 'text')).toBe('');
    expect([null, undefined].map((value) => comparable(value, 'text'))).toEqual([null, null]);
    expect(comparable('a lot', 'number')).toBeNull();
  });

  it.each([
    ['EQUALS', [5], true],
    ['EQUALS', [4, 5], true],
    ['EQUALS', [4], false],
    ['NOT_EQUALS', [4, 6], true],
    ['NOT_EQUALS', [4, 5], false],
    ['GREATER', [4], true],
    ['GREATER', [5], false],
    ['AT_LEAST', [5], true],
    ['AT_LEAST', [6], false],
    ['LESS', [6], true],
    ['LESS', [5], false],
    ['AT_MOST', [5], true],
    ['AT_MOST', [4], false],
    ['PRESENT', [], true],
    ['ABSENT', [], false],
  ] as const)('hold: 5 %s %j is %s', (is, operands, expected) => {
    expect(holds(5, is, operands)).toBe(expected);
  });

  it('are texts to the letter', () => {
    expect(holds('en-GB', 'STARTS_WITH', ['en'])).toBe(true);
    expect(holds('en-GB', 'STARTS_WITH', ['EN'])).toBe(false);
    expect(holds('en-GB', 'CONTAINS', ['-G'])).toBe(true);
    expect(holds('en-GB', 'CONTAINS', ['gb'])).toBe(false);
    expect(holds('10', 'EQUALS', ['10'])).toBe(true);
    expect(holds('10', 'EQUALS', ['10.0'])).toBe(false);
  });
});
