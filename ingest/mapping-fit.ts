import { closest } from '../kernel/closest.ts';
import type { Intake } from '../kernel/intake.ts';
import type { FieldSpec } from '../kernel/record.ts';
import { dateFormatProblem, needsTimeZone } from './dates.ts';
import { canonical, templateParts } from './expressions.ts';
import type { Expression, Mapping } from './mapping-schema.ts';

/** The kinds of record that can be taken in. */
export type Intakes = ReadonlyMap<string, Intake>;

/** A mistake in a mapping: where, and in words that say what is wrong and what to do. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const TEXT: FieldSpec = { type: 'text', description: 'An identifier or number.' };

/** Filled by the pipeline where the mapping does not. */
export const SOURCE_FIELD = 'source';

function suggestion(word: string, among: readonly string[]): string {
  const meant = closest(word, among, 3);
  return meant === null ? `; there are: ${among.join(', ')}` : `; did you mean "${meant}"?`;
}

/** Kinds and fields that no intake has. Works on what may not be a mapping yet, so that these problems are listed beside the others. */
export function kindProblems(content: unknown, intakes: Intakes): readonly Problem[] {
  const problems: Problem[] = [];
  const records = table(content)?.records;
  if (!Array.isArray(records)) return problems;
  for (const [index, record] of records.entries()) {
    const kind = table(record)?.kind;
    if (typeof kind !== 'string') continue;
    const intake = intakes.get(kind);
    if (!intake) {
      problems.push({
        path: ['records', index, 'kind'],
        message: `"${kind}" is not a kind of record${suggestion(kind, [...intakes.keys()])}`,
      });
      continue;
    }
    for (const field of Object.keys(table(table(record)?.fields) ?? {}))
      if (!Object.hasOwn(intake.fields, field))
        problems.push({
          path: ['records', index, 'fields', field],
          message: `is not a field of ${kind}${suggestion(field, Object.keys(intake.fields))}`,
        });
  }
  return problems;
}

function table(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}

/** What a well-formed mapping still has wrong: fields missing, values that no field takes, formats that read nothing. */
export function fitProblems(mapping: Mapping, intakes: Intakes): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [index, { value }] of (mapping.identify ?? []).entries())
    problems.push(...expressionProblems(value, ['identify', index, 'value'], TEXT, mapping));
  if (mapping.owner) {
    const { through, number } = mapping.owner;
    problems.push(...expressionProblems(number, ['owner', 'number'], TEXT, mapping));
    const referable = [...intakes.values()].filter(({ referenceOf }) => referenceOf).map(({ kind }) => kind);
    if (!referable.includes(through))
      problems.push({
        path: ['owner', 'through'],
        message: `"${through}" is not a kind that other files refer to${suggestion(through, referable)}`,
      });
  }
  for (const [index, { recordedAt, expiresAt }] of (mapping.consents ?? []).entries())
    if (expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(recordedAt))
      problems.push({ path: ['consents', index, 'expiresAt'], message: 'is not after recordedAt; correct one of them' });
  for (const [index, record] of mapping.records.entries()) {
    const intake = intakes.get(record.kind);
    if (!intake) continue;
    const path = ['records', index] as const;
    if (intake.ownership === 'customer' && !mapping.identify && !mapping.owner)
      problems.push({
        path: [...path, 'kind'],
        message: `"${record.kind}" belongs to a customer; add identify, or owner to find it through another record`,
      });
    for (const [field, spec] of Object.entries(intake.fields)) {
      const expression = record.fields[field];
      if (expression) problems.push(...expressionProblems(expression, [...path, 'fields', field], spec, mapping));
      else if (spec.required && field !== SOURCE_FIELD)
        problems.push({ path: [...path, 'fields'], message: `lacks "${field}", which ${record.kind} needs (${spec.description}) Add it` });
    }
  }
  return problems;
}

type Path = readonly PropertyKey[];

function expressionProblems(expression: Expression, path: Path, spec: FieldSpec, mapping: Mapping): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (key: string, message: string) => problems.push({ path: [...path, key], message });
  const { type } = spec;
  const misplaced = {
    date: expression.date !== undefined && type !== 'instant' && type !== 'date',
    number: expression.number !== undefined && type !== 'integer' && type !== 'decimal',
    sum: expression.sum !== undefined && type !== 'integer' && type !== 'decimal',
    boolean: expression.boolean !== undefined && type !== 'boolean',
    separator: expression.separator !== undefined && type !== 'list',
    join: expression.join !== undefined && type !== 'list',
  };
  for (const [key, wrong] of Object.entries(misplaced)) if (wrong) add(key, `means nothing for a field of type ${type}; remove it`);

  const takes = canonical(spec);
  const given: [string, unknown][] = [
    ['constant', expression.constant],
    ['otherwise', expression.otherwise],
    ['default', expression.default],
  ];
  for (const [key, value] of given)
    if (value !== undefined && value !== '' && takes.convert(String(value)) === null)
      add(key, `"${String(value)}" is not ${takes.expected}; write a value that the field takes`);
  for (const [from, to] of Object.entries(expression.map ?? {}))
    if (to !== '' && takes.convert(String(to)) === null)
      problems.push({
        path: [...path, 'map', from],
        message: `gives "${String(to)}", which is not ${takes.expected}; map to a value that the field takes`,
      });
  if (expression.template !== undefined && templateParts(expression.template) === null)
    add('template', 'has braces that do not match; write {Column}');
  problems.push(...dateProblems(expression, path, type, mapping));
  for (const key of ['first', 'sum', 'join'] as const)
    for (const [index, part] of (expression[key] ?? []).entries())
      problems.push(...expressionProblems(part, [...path, key, index], key === 'join' ? TEXT : spec, mapping));
  return problems;
}

function dateProblems({ date }: Expression, path: Path, type: FieldSpec['type'], mapping: Mapping): readonly Problem[] {
  if (date === undefined) return [];
  const { format, timeZone = mapping.timeZone } = typeof date === 'string' ? { format: date } : date;
  const problem = dateFormatProblem(format);
  if (problem !== null) return [{ path: [...path, 'date'], message: `"${format}" ${problem}` }];
  if (type === 'instant' && timeZone === undefined && needsTimeZone(format))
    return [{ path: [...path, 'date'], message: 'says no time zone; add timeZone to the mapping, such as Europe/London' }];
  return [];
}
