import type { Reason } from '../kernel/errors.ts';
import { addDecimals, type Decimal, formatDecimal, parseDecimal } from '../kernel/money.ts';
import type { FieldSpec } from '../kernel/record.ts';
import { type Cells, type Compiling, compileCondition } from './conditions.ts';
import { type Conversion, conversion } from './conversions.ts';
import type { Expression, Normalisation } from './mapping-schema.ts';

/** Thrown where a value can't be made of a row; carries what quarantine keeps. */
export class Refused extends Error {
  readonly reason: Reason;
  constructor(code: string, field: string, message: string) {
    super(message);
    this.reason = { code, field, message };
  }
}

/** The canonical text of a field in a row, '' where it has none. Throws `Refused`. */
export type Value = (cells: Cells) => string;

/** Compiles the expression of one field. `field` names it in reasons. */
export function compileExpression(expression: Expression, field: string, spec: FieldSpec, compiling: Compiling): Value {
  const source = compileSource(expression, field, spec, compiling);
  const steps: Value[] = [source];
  const then = (step: (text: string) => string) => {
    const before = steps.at(-1)!;
    steps.push((cells) => {
      const text = before(cells);
      return text === '' ? '' : step(text);
    });
  };
  for (const normalisation of list(expression.normalise)) then(normaliser(normalisation, field));
  if (expression.map) then(mapper(expression, field));
  // The parts of a sum, of a list and of alternatives were converted one by one.
  if (!expression.sum && !expression.first && !expression.join) {
    // What the mapping itself writes is canonical; the conventions are those of the file.
    const own = expression.map !== undefined || expression.constant !== undefined;
    const { convert, expected } = own ? canonical(spec) : conversion(spec, expression, compiling.conventions);
    then((text) => convert(text) ?? refuse('FIELD_INVALID', field, `"${field}" is not ${expected}`));
  }
  const made = steps.at(-1)!;
  const fallback = expression.default === undefined ? '' : (canonical(spec).convert(String(expression.default)) ?? '');
  const holds = expression.when ? compileCondition(expression.when, compiling) : null;
  if (fallback === '' && holds === null) return made;
  return (cells) => (holds === null || holds(cells) ? made(cells) || fallback : '');
}

function refuse(code: string, field: string, message: string): never {
  throw new Refused(code, field, message);
}

function list<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** The conversion of values that the mapping itself writes: constants, defaults and what maps give. */
export function canonical(spec: FieldSpec): Conversion {
  return conversion(spec, {}, { timeZone: null, numbers: {} });
}

function compileSource(expression: Expression, field: string, spec: FieldSpec, compiling: Compiling): Value {
  const { column, constant, template, first, sum, join } = expression;
  if (column !== undefined) {
    const position = compiling.position(column);
    return (cells) => compiling.clean(cells[position]!);
  }
  if (template !== undefined) return compileTemplate(template, compiling);
  const part = (inner: Expression) => compileExpression(inherit(inner, expression), field, spec, compiling);
  if (first) {
    const parts = first.map(part);
    return (cells) => {
      for (const value of parts) {
        const text = value(cells);
        if (text !== '') return text;
      }
      return '';
    };
  }
  if (join) {
    const parts = join.map(part);
    return (cells) =>
      parts
        .map((value) => value(cells))
        .filter((text) => text !== '')
        .join('|');
  }
  if (sum) {
    const parts = sum.map(part);
    return (cells) => {
      let total: Decimal | null = null;
      for (const value of parts) {
        const text = value(cells);
        if (text === '') continue;
        const decimal = parseDecimal(text) ?? refuse('FIELD_INVALID', field, `"${field}" has a part with too many digits`);
        total = total === null ? decimal : addDecimals(total, decimal);
      }
      return total === null ? '' : formatDecimal(total);
    };
  }
  const text = String(constant);
  return () => text;
}

/** A part takes the conventions of the whole unless it has its own. */
function inherit(part: Expression, whole: Expression): Expression {
  return { number: whole.number, date: whole.date, boolean: whole.boolean, separator: whole.separator, ...part };
}

/** The columns that a template names, each with whether it may be empty; or null when its braces don't match. */
export function templateParts(template: string): readonly (string | { readonly column: string; readonly optional: boolean })[] | null {
  const parts: (string | { column: string; optional: boolean })[] = [];
  let at = 0;
  for (const match of template.matchAll(/\{([^{}]+)\}/g)) {
    parts.push(template.slice(at, match.index));
    const name = match[1]!;
    parts.push(name.endsWith('?') ? { column: name.slice(0, -1), optional: true } : { column: name, optional: false });
    at = match.index + match[0].length;
  }
  parts.push(template.slice(at));
  return parts.some((part) => typeof part === 'string' && /[{}]/.test(part)) ? null : parts;
}

function compileTemplate(template: string, compiling: Compiling): Value {
  const parts = (templateParts(template) ?? []).map((part) =>
    typeof part === 'string' ? part : { position: compiling.position(part.column), optional: part.optional },
  );
  return (cells) => {
    let text = '';
    for (const part of parts) {
      if (typeof part === 'string') text += part;
      else {
        const value = compiling.clean(cells[part.position]!);
        if (value === '' && !part.optional) return '';
        text += value;
      }
    }
    return text.trim();
  };
}

function mapper({ map = {}, otherwise }: Expression, field: string): (text: string) => string {
  const table = new Map(Object.entries(map).map(([from, to]) => [from, String(to)]));
  const rest = otherwise === undefined ? null : String(otherwise);
  return (text) =>
    table.get(text) ??
    rest ??
    refuse('VALUE_UNMAPPED', field, `"${field}" has a value that its map does not name; add it to the map, or set otherwise`);
}

function normaliser(normalisation: Normalisation, field: string): (text: string) => string {
  switch (normalisation) {
    case 'integerText':
      return (text) => {
        const match = /^(\d+)(?:\.0*)?$/.exec(text);
        return match?.[1] ?? refuse('FIELD_INVALID', field, `"${field}" is not a whole number`);
      };
    case 'stripLeadingZeros':
      return (text) => text.replace(/^0+(?=.)/, '');
    case 'lower':
      return (text) => text.toLowerCase();
    case 'upper':
      return (text) => text.toUpperCase();
    case 'digits':
      return (text) => text.replace(/\D/g, '');
  }
}
