import { print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../subgraphs/segments/rules/path.ts';

/** Each step as GraphQL writes it, without what stands below. */
const steps = (path: string) =>
  stepsOf(path)?.map(({ field: { selectionSet, ...field }, where }) =>
    where.length === 0 ? print(field) : `${print(field)} where ${where.map(print).join(' and ')}`,
  ) ?? null;

describe('a path', () => {
  it('is names with dots in between', () => {
    expect(steps('id')).toEqual(['id']);
    expect(steps('purchases.summary.orderCount')).toEqual(['purchases', 'summary', 'orderCount']);
    expect(steps(' purchases . summary ')).toEqual(['purchases', 'summary']);
  });

  it('takes arguments in brackets, in which dots, brackets and quotes are what they are in GraphQL', () => {
    expect(steps('a(x: 1.5, y: "b.c(d) \\" } {").e')).toEqual(['a(x: 1.5, y: "b.c(d) \\" } {")', 'e']);
    expect(steps('a(x: {b: [1.5, {c: "."}]}).e(f: RED)')).toEqual(['a(x: {b: [1.5, {c: "."}]})', 'e(f: RED)']);
    expect(steps('a(x: ")").e')).toEqual(['a(x: ")")', 'e']);
    expect(steps('a(x: "\\\\").e')).toEqual(['a(x: "\\\\")', 'e']);
  });

  it('says in square brackets which of a list is meant', () => {
    expect(steps('spent[currency: EUR].amount')).toEqual(['spent where currency: EUR', 'amount']);
    expect(steps('a(x: [1, 2])[b: "]. [", c: [D, E]].e')).toEqual(['a(x: [1, 2]) where b: "]. [" and c: [D, E]', 'e']);
    expect(steps('a.b[c: 1]')).toEqual(['a', 'b where c: 1']);
  });

  it.each([
    // Nothing, or not a name.
    ...['', ' ', '.', 'a.', '.a', 'a..b', '1a', 'a-b', 'a.b.', '"a"', 'a\0b', 'ä'],
    // More than one field, or one that is opened by hand.
    ...['a b', 'a,b', 'a { b', 'a { b }', 'a{b}.c', 'a } b {', '} { a', 'a}{b', 'a } { b', 'a }.b { c', '{a}', 'a.b } c { d'],
    // Another operation, or a fragment of it.
    ...[
      'a } query { b',
      'a } mutation { b',
      'a } fragment F on Customer { b',
      '...F',
      '... on Customer { id }',
      'a.... on B.c',
      '... { a }',
    ],
    // Other names and directives.
    ...['b: a', 'b: a.c', 'a.b: c', 'a @skip(if: true)', 'a @include(if: true).b', 'a.b @deprecated'],
    // Brackets and quotes that stay open, or close what they did not open.
    ...['a(', 'a)', 'a)(.b', 'a(x: 1', 'a(x: ".b', 'a(x: ").b', 'a(x: 1)).b', 'a()', 'a(1)', 'a(x 1)'],
    ...[
      'a[',
      'a]',
      'a[]',
      'a[b]',
      'a[b: 1',
      'a[b: 1][c: 1]',
      'a[b: 1](c: 1)',
      'a[b: 1]c',
      '[b: 1]',
      'a[b: 1) { x }',
      'a[b: 1) @skip(if: true]',
      'a[b: 1].',
    ],
    // Comments.
    ...['a#', 'a#.b', 'a # } { .b', '#a', 'a(x: 1 #).b'],
  ])('is not what %j says', (path) => {
    expect(stepsOf(path)).toBeNull();
  });

  it('ends before the parser has much to do', () => {
    expect(stepsOf(`a(x: [${'1,'.repeat(5000)}])`)).toBeNull();
    expect(stepsOf(`a(x: ${'['.repeat(5000)}${']'.repeat(5000)})`)).toBeNull();
    expect(stepsOf('a.'.repeat(5000))).toBeNull();
  });
});
