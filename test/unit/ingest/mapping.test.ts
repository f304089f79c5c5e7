import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readMapping } from '../../../ingest/mapping.ts';
import { compile, isReason } from '../../../ingest/plan.ts';
import type { Intake } from '../../../kernel/intake.ts';
import type { SubgraphDeps } from '../../../kernel/subgraph.ts';
import { pos } from '../../../subgraphs/pos/module.ts';

// Intakes read rows without a store.
const intakes = new Map(pos.intakes({} as SubgraphDeps).map((intake): [string, Intake] => [intake.kind, intake]));

const GOOD = `source: tills
format:
  type: csv
timeZone: Europe/London
identify:
  - namespace: POS_ID
    value: $customer
reject:
  - code: EMPTY
    when: { column: amount, is: empty }
records:
  - kind: order
    fields:
      number: $number
      placed_at: { column: day, date: yyyy-MM-dd }
      total: $amount
      currency: GBP
      status: { column: state, map: { ok: PLACED, off: CANCELLED } }
`;

function problemsOf(yaml: string): readonly string[] {
  try {
    readMapping(yaml, 'tills.yaml', intakes);
    return [];
  } catch (error) {
    return (error as { problems: readonly string[] }).problems;
  }
}

/** The good mapping with one text replaced, which must be in it. */
function wrong(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}

describe('a mapping', () => {
  it('is accepted when nothing is wrong with it', () => {
    expect(problemsOf(GOOD)).toEqual([]);
  });

  it.each([
    ['a misspelt key', 'column: day', 'colum: day', 15, 'colum is not a key', 'did you mean "column"'],
    ['a missing source', 'source: tills\n', '', 1, 'source is missing', 'it must be text'],
    ['a source with capitals', 'source: tills', 'source: My Tills', 1, 'source is not a source name', 'lower-case'],
    ['an unknown format', 'type: csv', 'type: xlsx', 3, 'format.type must be csv', 'jsonl'],
    ['a delimiter of two characters', 'type: csv', 'type: csv\n  delimiter: "||"', 4, 'format.delimiter must be', 'one character'],
    ['a delimiter for JSON', 'type: csv', 'type: jsonl\n  delimiter: ","', 4, 'format.delimiter means nothing', 'remove it'],
    ['no header and no names', 'type: csv', 'type: csv\n  header: false', 4, 'the columns have no names', 'add format.columns'],
    ['an unknown encoding', 'type: csv', 'type: csv\n  encoding: ansi', 4, 'not a known encoding', 'windows-1252'],
    ['a time zone by its abbreviation', 'Europe/London', 'GMT Summer', 4, 'timeZone is not an IANA time zone', 'Europe/London'],
    ['an unknown kind', 'kind: order', 'kind: orders', 12, '"orders" is not a kind', 'did you mean "order"'],
    ['an unknown field', 'total:', 'totals:', 16, 'is not a field of order', 'did you mean "total"'],
    ['a field that is missing', 'kind: order', 'kind: return', 13, 'lacks "returned_at"', 'Add it'],
    [
      'a constant that the field does not take',
      'currency: GBP',
      'currency: pounds',
      17,
      '"pounds" is not an ISO 4217',
      'write a value that the field takes',
    ],
    ['a map to an unknown value', 'off: CANCELLED', 'off: CANCELED', 18, 'gives "CANCELED"', 'CANCELLED'],
    ['a date format in other letters', 'date: yyyy-MM-dd', 'date: YYYY-MM-DD', 15, 'uses "YYYY"', 'years are yyyy'],
    ['minutes for months', 'date: yyyy-MM-dd', 'date: yyyy-mm-dd', 15, 'does not name year, month and day', 'mm is minutes'],
    ['local times without a zone', 'timeZone: Europe/London\n', '', 14, 'says no time zone', 'add timeZone'],
    ['two values at once', '{ column: day, ', '{ column: day, constant: x, ', 15, 'names column and constant at once', 'exactly one'],
    ['no value', 'total: $amount', 'total: { number: { point: "," } }', 16, 'names no value', 'exactly one'],
    [
      'a map without an end for the rest',
      'total: $amount',
      'total: { column: amount, otherwise: 0 }',
      16,
      'has otherwise without a map',
      'add the map',
    ],
    [
      'a number convention for text',
      'number: $number',
      'number: { column: number, number: { sign: negate } }',
      14,
      'means nothing for a field of type text',
      'remove it',
    ],
    ['a namespace in small letters', 'POS_ID', 'pos id', 6, 'is not a namespace', 'POS_ID'],
    [
      'nobody whose order it is',
      'identify:\n  - namespace: POS_ID\n    value: $customer\n',
      '',
      9,
      '"order" belongs to a customer',
      'add identify',
    ],
    [
      'two ways to the owner',
      'reject:',
      'owner: { through: order, number: $number }\nreject:',
      8,
      'stands beside identify',
      'keep the one',
    ],
    [
      'a way through what nothing refers to',
      'identify:\n  - namespace: POS_ID\n    value: $customer\n',
      'owner: { through: product, number: $number }\n',
      5,
      'not a kind that other files refer to',
      'order',
    ],
    ['a reason in words', 'code: EMPTY', 'code: empty row', 9, 'is not a code', 'NO_IDENTIFIER'],
    ['a condition that tests nothing', '{ column: amount, is: empty }', '{ column: amount }', 10, 'tests nothing', 'add one of is, equals'],
    ['a broken pattern', 'is: empty', 'matches: "["', 10, 'is not a regular expression', 'startsWith'],
    [
      'consent for an unknown purpose',
      'reject:',
      'consents:\n  - { purpose: ADS, status: GRANTED, lawfulBasis: CONSENT, recordedAt: 2026-01-01T00:00:00Z }\nreject:',
      9,
      'purpose must be one of',
      'MARKETING',
    ],
    [
      'consent at no certain time',
      'reject:',
      'consents:\n  - { purpose: SERVICE, status: GRANTED, lawfulBasis: CONTRACT, recordedAt: 2026-01-01 }\nreject:',
      9,
      'recordedAt is not an instant with an offset',
      '2026-03-01T00:00:00Z',
    ],
    ['braces that do not match', 'number: $number', 'number: { template: "{number" }', 14, 'braces that do not match', 'write {Column}'],
    ['broken YAML', 'format:\n', 'format\n', 2, 'is not valid YAML', 'indentation'],
  ])('with %s says where, what and how to mend it', (_, from, to, line, problem, remedy) => {
    const problems = problemsOf(wrong(from, to));
    const told = problems.filter((text) => text.startsWith(`tills.yaml:${line}: `) && text.includes(problem));
    expect(told, problems.join('\n')).toHaveLength(1);
    expect(told[0]).toContain(remedy);
  });

  it('tells every problem at once, by line', () => {
    const yaml = GOOD.replace('type: csv', 'type: xlsx').replace('kind: order', 'kind: oder').replace('code: EMPTY', 'code: e');
    expect(problemsOf(yaml).map((text) => text.split(' ')[0])).toEqual(['tills.yaml:3:', 'tills.yaml:9:', 'tills.yaml:12:']);
  });

  it('has one identity whatever its layout and comments', () => {
    const hash = (yaml: string) => readMapping(yaml, 'tills.yaml', intakes).hash;
    expect(hash(`# the tills\n${GOOD.replace('{ column: day, date: yyyy-MM-dd }', '{column: day,   date: "yyyy-MM-dd"}')}`)).toBe(
      hash(GOOD),
    );
    expect(hash(GOOD.replace('currency: GBP', 'currency: EUR'))).not.toBe(hash(GOOD));
  });
});

describe('a row through a mapping', () => {
  const read = (yaml: string, row: Record<string, string>) => {
    const plan = compile(readMapping(yaml, 'tills.yaml', intakes), intakes);
    return plan.read({ cells: plan.wanted.map(({ name }) => row[name] ?? ''), fault: null });
  };
  const ROW = { customer: '17850.0', number: '7', day: '2026-03-01', amount: '12.50', state: 'ok' };
  const code = (result: ReturnType<typeof read>) => (isReason(result) ? [result.code, result.field] : 'accepted');

  it('becomes a record, whose it is, and when it was', () => {
    const yaml = wrong('value: $customer', 'value: { column: customer, normalise: integerText }');
    const result = read(yaml, ROW);
    expect(result).toMatchObject({
      identifiers: [{ namespace: 'POS_ID', value: '17850' }],
      seenAt: Date.UTC(2026, 2, 1),
      pieces: [{ record: { source: 'tills', number: '7', header: { total: '12.5', status: 'PLACED' } } }],
    });
  });

  it('keeps zeros in front of a customer number unless told to strip them', () => {
    const value = (normalise: string) =>
      read(wrong('value: $customer', `value: { column: customer, normalise: ${normalise} }`), { ...ROW, customer: '0042.0' });
    expect(value('integerText')).toMatchObject({ identifiers: [{ value: '0042' }] });
    expect(value('[integerText, stripLeadingZeros]')).toMatchObject({ identifiers: [{ value: '42' }] });
  });

  it.each([
    ['nobody is named', { customer: ' ' }, ['NO_IDENTIFIER', undefined]],
    ['a rule rejects it', { amount: '' }, ['EMPTY', undefined]],
    ['a date is none', { day: '1 March' }, ['FIELD_INVALID', 'placed_at']],
    ['a number is none', { amount: '12,50' }, ['FIELD_INVALID', 'total']],
    ['a value is in no map', { state: 'lost' }, ['VALUE_UNMAPPED', 'status']],
    ['the domain refuses it', { amount: '-1' }, ['FIELD_INVALID', 'total']],
  ])('is refused when %s', (_, change, refused) => {
    expect(code(read(GOOD, { ...ROW, ...change }))).toEqual(refused);
  });

  it('is refused when no record is for it', () => {
    expect(code(read(wrong('kind: order', 'kind: order\n    when: { column: state, equals: on }'), ROW))).toEqual(['NO_RECORD', undefined]);
  });

  it('fills a field from a template, alternatives, a sum, a default, or only when a condition holds', () => {
    const yaml = GOOD.replace('number: $number', 'number: { template: "{number}-{state}{extra?}" }')
      .replace('total: $amount', 'total: { sum: [$amount, { column: fee, number: { point: "," } }, $none] }')
      .replace('currency: GBP', 'currency: { first: [$none, $money], default: EUR, when: { column: number, greaterThan: 5 } }');
    expect(read(yaml, { ...ROW, fee: '0,105', money: 'usd' })).toMatchObject({
      pieces: [{ record: { number: '7-ok', currency: 'USD', header: { total: '12.605' } } }],
    });
    expect(read(yaml, { ...ROW, fee: '' })).toMatchObject({ pieces: [{ record: { currency: 'EUR', header: { total: '12.5' } } }] });
    expect(code(read(yaml, { ...ROW, number: '5' }))).toEqual(['FIELD_MISSING', 'currency']);
  });

  it('tells equal contents of different customers apart', () => {
    const yaml = wrong('number: $number\n', 'quantity: 1\n').replace('total: $amount', 'line_total: $amount');
    const content = (customer: string) => {
      const result = read(yaml, { ...ROW, customer });
      return isReason(result) ? null : result.pieces[0]?.content;
    };
    expect(content('1')).toBe(content('1'));
    expect(content('1')).not.toBe(content('2'));
  });
});

describe('examples/mappings', () => {
  const folder = new URL('../../../examples/mappings/', import.meta.url);

  it.each(readdirSync(folder))('%s names no key, condition or format that does not exist', (name) => {
    // Kinds of other subgraphs are checked where those run: test/ingest.
    const problems = (() => {
      try {
        readMapping(readFileSync(new URL(name, folder), 'utf8'), name, intakes);
        return [];
      } catch (error) {
        return (error as { problems: readonly string[] }).problems;
      }
    })();
    expect(problems.filter((problem) => !problem.includes('is not a kind of record'))).toEqual([]);
  });
});
