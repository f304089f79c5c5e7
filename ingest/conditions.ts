import type { Conventions } from './conversions.ts';
import type { Condition } from './mapping-schema.ts';
import type { NumberReader } from './numbers.ts';

export type Cells = readonly string[];
export type Test = (cells: Cells) => boolean;

/** What compiling a mapping needs to know beside the expression at hand. */
export interface Compiling {
  readonly conventions: Conventions;
  /** The position of a column among the wanted ones; asking for a column makes it wanted. */
  position(column: string): number;
  /** The cell's text without blanks at its ends; '' where the mapping says that the text means nothing. */
  clean(text: string): string;
  readonly number: NumberReader;
}

export function compileCondition(condition: Condition, compiling: Compiling): Test {
  if (condition.all) {
    const tests = condition.all.map((part) => compileCondition(part, compiling));
    return (cells) => tests.every((test) => test(cells));
  }
  if (condition.any) {
    const tests = condition.any.map((part) => compileCondition(part, compiling));
    return (cells) => tests.some((test) => test(cells));
  }
  if (condition.not) {
    const test = compileCondition(condition.not, compiling);
    return (cells) => !test(cells);
  }
  const position = compiling.position(condition.column!);
  const tests = columnTests(condition, compiling.number);
  return (cells) => {
    const text = compiling.clean(cells[position]!);
    return tests.every((test) => test(text));
  };
}

function columnTests(condition: Condition, number: NumberReader): readonly ((text: string) => boolean)[] {
  const { is, equals, in: among, startsWith, endsWith, contains, matches, greaterThan, atLeast, lessThan, atMost } = condition;
  const tests: ((text: string) => boolean)[] = [];
  if (is !== undefined) tests.push(is === 'empty' ? (text) => text === '' : (text) => text !== '');
  if (equals !== undefined) {
    const wanted = String(equals);
    tests.push((text) => text === wanted);
  }
  if (among !== undefined) {
    const wanted = new Set(among.map(String));
    tests.push((text) => wanted.has(text));
  }
  if (startsWith !== undefined) tests.push((text) => text.startsWith(startsWith));
  if (endsWith !== undefined) tests.push((text) => text.endsWith(endsWith));
  if (contains !== undefined) tests.push((text) => text.includes(contains));
  if (matches !== undefined) {
    const pattern = new RegExp(matches, 'u');
    tests.push((text) => pattern.test(text));
  }
  const compared = (holds: (value: number) => boolean) => (text: string) => {
    const plain = number(text);
    return plain !== null && holds(Number(plain));
  };
  if (greaterThan !== undefined) tests.push(compared((value) => value > greaterThan));
  if (atLeast !== undefined) tests.push(compared((value) => value >= atLeast));
  if (lessThan !== undefined) tests.push(compared((value) => value < lessThan));
  if (atMost !== undefined) tests.push(compared((value) => value <= atMost));
  return tests;
}
