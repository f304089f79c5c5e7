import type { GraphQLFormattedError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Lost } from '../../../subgraphs/segments/rules/answer.ts';
import type { Operator, Quantifier, Rule } from '../../../subgraphs/segments/rules/rule.ts';
import { ruleProblems, SegmentRules } from '../../../subgraphs/segments/rules/segment-rules.ts';
import { SCHEMA } from './schema.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const condition = (field: string, is: Operator, values: readonly string[] = [], of: Quantifier = 'ANY'): Rule => ({
  condition: { field, is, values, of },
});
const lost = (...path: readonly (string | number)[]): GraphQLFormattedError => ({ message: 'lost', path: ['customers', 0, ...path] });

function judged(rule: Rule, fields: object, errors: readonly GraphQLFormattedError[] = []) {
  return new SegmentRules([JSON.parse(JSON.stringify(rule)) as Rule], SCHEMA).judge(
    0,
    { fields, lost: new Lost(errors) },
    'customers/0',
    NOW,
  );
}
const verdict = (...given: Parameters<typeof judged>) => judged(...given).verdict;

/** Conditions of every outcome, of a customer whose name is Ada and of whom `since` could not be learnt. */
const CUSTOMER = { name: 'Ada', since: null };
const LOST = [lost('since')];
const IN = condition('name', 'EQUALS', ['Ada']);
const OUT = condition('name', 'EQUALS', ['Ben']);
const UNKNOWN = condition('since', 'LESS', ['P1D']);
const BY_NAME = { IN, OUT, UNKNOWN } as const;
const outcome = (rule: Rule) => verdict(rule, CUSTOMER, LOST);

describe('a rule', () => {
  it.each([
    // Kleene 1938: what is not known counts only where it could change the outcome.
    ['IN', 'IN', 'IN', 'IN'],
    ['IN', 'OUT', 'OUT', 'IN'],
    ['IN', 'UNKNOWN', 'UNKNOWN', 'IN'],
    ['OUT', 'IN', 'OUT', 'IN'],
    ['OUT', 'OUT', 'OUT', 'OUT'],
    ['OUT', 'UNKNOWN', 'OUT', 'UNKNOWN'],
    ['UNKNOWN', 'IN', 'UNKNOWN', 'IN'],
    ['UNKNOWN', 'OUT', 'OUT', 'UNKNOWN'],
    ['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN'],
  ] as const)('of %s and %s is %s if all have to hold, and %s if any', (one, other, all, any) => {
    expect(outcome({ all: [BY_NAME[one], BY_NAME[other]] })).toBe(all);
    expect(outcome({ any: [BY_NAME[one], BY_NAME[other]] })).toBe(any);
  });

  it('is turned around by not, but for what is not known', () => {
    expect([IN, OUT, UNKNOWN].map((rule) => outcome({ not: rule }))).toEqual(['OUT', 'IN', 'UNKNOWN']);
    expect(outcome({ not: { not: IN } })).toBe('IN');
  });

  it.each([
    ['EQUALS', ['RED'], 'ANY', [true, true, false, false]],
    ['EQUALS', ['RED'], 'ALL', [true, false, false, false]],
    ['EQUALS', ['RED'], 'NONE', [false, false, true, true]],
    ['EQUALS', ['RED', 'BLUE'], 'ALL', [true, true, false, false]],
    // What is absent differs from everything; of all of nothing nothing is said.
    ['NOT_EQUALS', ['RED'], 'ANY', [false, true, true, true]],
    ['NOT_EQUALS', ['RED'], 'ALL', [false, false, true, false]],
    ['NOT_EQUALS', ['RED'], 'NONE', [true, false, false, true]],
    ['PRESENT', [], 'ANY', [true, true, true, false]],
    ['ABSENT', [], 'ANY', [false, false, false, true]],
    ['EQUALS', ['0'], 'COUNT', [false, false, false, true]],
    ['NOT_EQUALS', ['1'], 'COUNT', [false, true, false, true]],
    ['AT_LEAST', ['1'], 'COUNT', [true, true, true, false]],
    ['LESS', ['2'], 'COUNT', [true, false, true, true]],
  ] as const)('%s %j of %s holds of RED; RED and BLUE; GREEN; nothing: %j', (is, values, of, expected) => {
    const lists = [['RED'], ['RED', 'BLUE'], ['GREEN'], []];
    expect(lists.map((colours) => verdict(condition('colours', is, values, of), { colours }) === 'IN')).toEqual(expected);
  });

  it.each([
    ['EQUALS', ['Ada'], [true, false, false]],
    ['NOT_EQUALS', ['Ada'], [false, true, true]],
    ['CONTAINS', ['d'], [true, false, false]],
    ['PRESENT', [], [true, true, false]],
    ['ABSENT', [], [false, false, true]],
  ] as const)('%s %j holds of Ada, Ben and nobody: %j', (is, values, expected) => {
    expect(['Ada', 'Ben', null].map((name) => verdict(condition('name', is, values), { name }) === 'IN')).toEqual(expected);
  });

  it.each([
    // Two orders, of which the second's number could not be read: [a] and [b] say what the first one is.
    ['EQUALS', ['a'], 'ANY', 'IN', 'UNKNOWN'],
    ['NOT_EQUALS', ['a'], 'ANY', 'UNKNOWN', 'IN'],
    ['EQUALS', ['a'], 'ALL', 'UNKNOWN', 'OUT'],
    ['EQUALS', ['a'], 'NONE', 'OUT', 'UNKNOWN'],
    ['PRESENT', [], 'ANY', 'IN', 'IN'],
    ['ABSENT', [], 'ANY', 'OUT', 'OUT'],
    ['AT_LEAST', ['1'], 'COUNT', 'IN', 'IN'],
    ['AT_LEAST', ['2'], 'COUNT', 'UNKNOWN', 'UNKNOWN'],
    ['LESS', ['1'], 'COUNT', 'OUT', 'OUT'],
    ['LESS', ['3'], 'COUNT', 'UNKNOWN', 'UNKNOWN'],
    ['EQUALS', ['1'], 'COUNT', 'UNKNOWN', 'UNKNOWN'],
  ] as const)('%s %j of %s, one of two not known, is %s for a and %s for b', (is, values, of, forA, forB) => {
    const errors = [lost('purchases', 'orders', 'nodes', 1, 'number')];
    const customer = (number: string) => ({ purchases: { orders: { nodes: [{ number }, { number: null }] } } });
    const rule = condition('purchases.orders.nodes.number', is, values, of);
    expect(['a', 'b'].map((number) => verdict(rule, customer(number), errors))).toEqual([forA, forB]);
  });

  it('is not known where nothing was found because nobody could tell', () => {
    const rules = [condition('name', 'NOT_EQUALS', ['Ada']), condition('name', 'ABSENT'), condition('name', 'PRESENT')];
    expect(rules.map((rule) => verdict(rule, { name: null }, [lost('name')]))).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    expect(verdict(condition('colours', 'EQUALS', ['RED'], 'NONE'), { colours: null }, [lost('colours')])).toBe('UNKNOWN');
  });

  it('compares instants and days with the time of asking', () => {
    const lately = condition('since', 'GREATER', ['-P30D']);
    expect(verdict(lately, { since: '2026-01-30T12:00:00.001Z' })).toBe('IN');
    expect(verdict(lately, { since: '2026-01-30T12:00:00.000Z' })).toBe('OUT');
    expect(verdict(condition('born', 'AT_MOST', ['-P18Y']), { born: '2008-03-01' })).toBe('IN');
    expect(verdict(condition('born', 'AT_MOST', ['-P18Y']), { born: '2008-03-02' })).toBe('OUT');
  });

  it('is judged for several rules by one question', () => {
    const rules = new SegmentRules([IN, condition('purchases.summary.orderCount', 'AT_LEAST', ['2']), OUT], SCHEMA);
    expect(rules.question.text()).toContain('{ id name purchases { sourceStatus { state } summary { orderCount } } }');
    const customer = {
      fields: { name: 'Ada', purchases: { sourceStatus: { state: 'OK' }, summary: { orderCount: 2 } } },
      lost: new Lost([]),
    };
    expect([0, 1, 2].map((index) => rules.judge(index, customer, 'customers/0', NOW).verdict)).toEqual(['IN', 'IN', 'OUT']);
    expect(() => rules.judge(3, customer, 'customers/0', NOW)).toThrow('There is no rule 3.');
  });
});

describe('reasons', () => {
  const short = (rule: Rule) => judged(rule, CUSTOMER, LOST).reasons.map(({ number, holds, found }) => [number, holds, ...found]);

  it('are the conditions that decided, by their numbers', () => {
    expect(short(IN)).toEqual([[0, true, 'Ada']]);
    expect(short({ all: [IN, IN] })).toEqual([
      [0, true, 'Ada'],
      [1, true, 'Ada'],
    ]);
    expect(short({ any: [OUT, IN, UNKNOWN] })).toEqual([[1, true, 'Ada']]);
  });

  it('do not hold where they stand under a not', () => {
    expect(short({ not: OUT })).toEqual([[0, false, 'Ada']]);
    expect(short({ not: { not: IN } })).toEqual([[0, true, 'Ada']]);
    // Of what must not all hold, one that does not is enough; of what must none hold, every one is a reason.
    expect(short({ not: { all: [IN, OUT] } })).toEqual([[1, false, 'Ada']]);
    expect(short({ not: { any: [OUT, OUT] } })).toEqual([
      [0, false, 'Ada'],
      [1, false, 'Ada'],
    ]);
    expect(short({ all: [IN, { not: OUT }] })).toEqual([
      [0, true, 'Ada'],
      [1, false, 'Ada'],
    ]);
  });

  it('are given for members only', () => {
    expect([OUT, UNKNOWN, { not: IN }, { all: [IN, OUT] }].map(short)).toEqual([[], [], [], []]);
  });

  it('show ten values at most, and nothing for what is absent', () => {
    const nodes = Array.from({ length: 12 }, (_, index) => ({ number: `n${index}` }));
    const [reason] = judged(condition('purchases.orders.nodes.number', 'PRESENT'), { purchases: { orders: { nodes } } }).reasons;
    expect(reason?.found).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9']);
    expect(judged(condition('name', 'ABSENT'), { name: null }).reasons).toEqual([
      { condition: { field: 'name', is: 'ABSENT', values: [], of: 'ANY' }, number: 0, holds: true, found: [] },
    ]);
  });
});

describe('what is wrong with a rule', () => {
  it.each([
    [condition('nothing', 'PRESENT'), 'condition.field', /^names nothing, which Customer has not; it has id, /],
    [
      condition('name', 'EQUALS', ['x'], 'ALL'),
      'condition.of',
      'ALL is for fields in a list, and this one has one value at most; leave it out',
    ],
    [
      condition('name', 'GREATER', ['x']),
      'condition.is',
      'GREATER does not go with a String; take EQUALS, NOT_EQUALS, STARTS_WITH, CONTAINS, PRESENT, ABSENT',
    ],
    [
      condition('colours', 'CONTAINS', ['1'], 'COUNT'),
      'condition.is',
      /^CONTAINS does not go with a number; take EQUALS, .* AT_MOST, PRESENT, ABSENT$/,
    ],
    [condition('colours', 'PRESENT', [], 'NONE'), 'condition.of', 'PRESENT is about all that is found; leave NONE out'],
    [condition('name', 'ABSENT', ['x']), 'condition.values', 'ABSENT takes no value; leave them out'],
    [condition('name', 'EQUALS'), 'condition.values', 'EQUALS takes 1 to 100 values; give one'],
    [condition('name', 'EQUALS', Array(101).fill('x')), 'condition.values', 'EQUALS takes 1 to 100 values; give no more'],
    [condition('name', 'CONTAINS', ['a', 'b']), 'condition.values', 'CONTAINS takes one value; give no more'],
    [condition('colours', 'EQUALS', ['RED', 'REDD']), 'condition.values.1', 'is not one of Colour; RED is one'],
    [condition('colours', 'AT_LEAST', ['RED'], 'COUNT'), 'condition.values.0', 'is not a number, such as 12 or 0.5'],
  ] as const)('%j', (rule, at, message) => {
    const wording = typeof message === 'string' ? message : expect.stringMatching(message);
    expect(ruleProblems(rule, SCHEMA)).toEqual([{ at, message: wording }]);
    expect(() => new SegmentRules([rule], SCHEMA)).toThrow(RangeError);
  });

  it('is told of every condition, with its place', () => {
    const wrong = condition('nam', 'PRESENT');
    const places = ruleProblems({ all: [IN, { any: [wrong, { not: wrong }] }, { not: { all: [wrong] } }] }, SCHEMA).map(({ at }) => at);
    expect(places).toEqual(['all.1.any.0.condition.field', 'all.1.any.1.not.condition.field', 'all.2.not.all.0.condition.field']);
  });

  it('is that there are more than fifty conditions', () => {
    expect(ruleProblems({ all: Array(50).fill(IN) }, SCHEMA)).toEqual([]);
    expect(ruleProblems({ all: Array(51).fill(IN) }, SCHEMA)).toEqual([
      { at: '', message: 'has 51 conditions, and 50 are the most; split it in several segments' },
    ]);
  });
});
