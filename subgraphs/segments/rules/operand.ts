import { type GraphQLLeafType, isEnumType } from 'graphql';
import { closest } from '../../../kernel/closest.ts';
import { parseDate, parseInstant } from '../../../kernel/record.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { durationOf } from './duration.ts';
import type { Operator } from './rule.ts';

/** How values of a field are compared. */
export type Kind = 'number' | 'instant' | 'day' | 'boolean' | 'choice' | 'text';

/** A value to compare with, at a time. */
export type Operand = (now: EpochMs) => number | string;

const NUMBERS = new Set(['Int', 'Float', 'Decimal']);
const ORDERED = new Set<Kind>(['number', 'instant', 'day']);

export function kindOf(type: GraphQLLeafType): Kind {
  if (isEnumType(type)) return 'choice';
  if (NUMBERS.has(type.name)) return 'number';
  if (type.name === 'DateTime') return 'instant';
  if (type.name === 'Date') return 'day';
  return type.name === 'Boolean' ? 'boolean' : 'text';
}

/** Whether values of that kind can be compared so. */
export function compares(kind: Kind, is: Operator): boolean {
  if (is === 'GREATER' || is === 'AT_LEAST' || is === 'LESS' || is === 'AT_MOST') return ORDERED.has(kind);
  return is === 'STARTS_WITH' || is === 'CONTAINS' ? kind === 'text' : true;
}

/** A value of a condition, or with `whole` false a part of one; a text says what it would have to be. */
export function operandOf(text: string, kind: Kind, type: GraphQLLeafType, whole = true): Operand | string {
  switch (kind) {
    case 'number': {
      const number = /^-?\d{1,18}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
      return Number.isNaN(number) ? 'a number, such as 12 or 0.5' : () => number;
    }
    case 'instant': {
      const moved = durationOf(text);
      const instant = parseInstant(text);
      return (
        moved ?? (instant === null ? 'an instant, such as 2026-03-01T09:30:00Z, or a duration from now, such as -P30D' : () => instant)
      );
    }
    case 'day': {
      const moved = durationOf(text);
      if (moved) return (now) => dayOf(moved(now));
      return parseDate(text) === null ? 'a day, such as 2026-03-01, or a duration from now, such as -P30D' : () => Date.parse(text);
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? () => text : 'true or false';
    case 'choice': {
      const names = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
      if (names.includes(text)) return () => text;
      const meant = closest(text, names, 3);
      return meant ? `one of ${type.name}; ${meant} is one` : `one of ${names.join(', ')}`;
    }
    default:
      return whole ? written(text, type) : () => text;
  }
}

/** As the type writes it: `ja-JP` for `ja-jp`. */
function written(text: string, type: GraphQLLeafType): Operand | string {
  try {
    const value: unknown = type.parseValue(text);
    return () => (typeof value === 'string' ? value : text);
  } catch (error) {
    const { message } = error as Error;
    const must = `${type.name} must be `;
    return message.startsWith(must) ? message.slice(must.length).replace(/\.$/, '') : `a ${type.name}`;
  }
}

const DAY_MS = 86_400_000;
const dayOf = (at: EpochMs) => Math.floor(at / DAY_MS) * DAY_MS;

/** A value of the merged view, to be compared with operands of its kind; null for one that is not of it. */
export function comparable(value: unknown, kind: Kind): number | string | null {
  if (value === null || value === undefined) return null;
  if (kind === 'number' || ORDERED.has(kind)) {
    const number = kind === 'number' ? Number(value) : Date.parse(String(value));
    return Number.isNaN(number) ? null : number;
  }
  return String(value);
}

/** Whether a value compares so with the operands: `EQUALS` with one of them, `NOT_EQUALS` with none. */
export function holds(value: number | string, is: Operator, operands: readonly (number | string)[]): boolean {
  const [operand] = operands;
  switch (is) {
    case 'EQUALS':
      return operands.includes(value);
    case 'NOT_EQUALS':
      return !operands.includes(value);
    case 'PRESENT':
      return true;
    case 'ABSENT':
      return false;
    case 'STARTS_WITH':
      return String(value).startsWith(String(operand));
    case 'CONTAINS':
      return String(value).includes(String(operand));
    case 'GREATER':
      return value > operand!;
    case 'AT_LEAST':
      return value >= operand!;
    case 'LESS':
      return value < operand!;
    case 'AT_MOST':
      return value <= operand!;
  }
}
