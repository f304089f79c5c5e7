import type { GraphQLSchema } from 'graphql';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import { type AnsweredCustomer, findValues } from './answer.ts';
import { fieldOfCustomer } from './field.ts';
import { comparable, compares, holds, type Kind, kindOf, type Operand, operandOf } from './operand.ts';
import { type Place, Question } from './question.ts';
import { type Condition, conditionsOf, OPERATORS, type Operator, type Rule } from './rule.ts';

/** What is wrong with a rule, and where in it: `all.0.condition.values.1`. */
export interface RuleProblem {
  readonly at: string;
  readonly message: string;
}

/** UNKNOWN: what it depends on could not be learnt just now. */
export type Verdict = 'IN' | 'OUT' | 'UNKNOWN';

/** A condition that decided, and what was found. */
export interface Reason {
  readonly condition: Condition;
  /** Its number among the conditions of the rule, from 0. */
  readonly number: number;
  /** Whether the condition holds; under a `not` it is a reason because it does not. */
  readonly holds: boolean;
  /** At most ten, as text. */
  readonly found: readonly string[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** What made it so, in the order of the rule; empty unless IN. */
  readonly reasons: readonly Reason[];
}

interface ReadCondition {
  readonly condition: Condition;
  readonly number: number;
  readonly kind: Kind;
  readonly operands: readonly Operand[];
  readonly place: Place;
}

export const MOST_CONDITIONS = 50;
export const DEEPEST = 8;
const MOST_VALUES = 100;
const MOST_SHOWN = 10;

/** What is wrong with a rule by the schema; nothing when it can be asked. */
export function ruleProblems(rule: Rule, schema: GraphQLSchema): readonly RuleProblem[] {
  const conditions = [...conditionsOf(rule)];
  if (conditions.length > MOST_CONDITIONS)
    return [{ at: '', message: `has ${conditions.length} conditions, and ${MOST_CONDITIONS} are the most; split it in several segments` }];
  return conditions.flatMap(({ condition, at }) =>
    conditionProblems(condition, schema).map((problem) => ({ ...problem, at: `${at}.${problem.at}` })),
  );
}

function conditionProblems({ field: path, is, values, of }: Condition, schema: GraphQLSchema): readonly RuleProblem[] {
  const field = fieldOfCustomer(path, schema);
  if (typeof field === 'string') return [{ at: 'field', message: field }];
  if (of !== 'ANY' && !field.many)
    return [{ at: 'of', message: `${of} is for fields in a list, and this one has one value at most; leave it out` }];
  const kind = of === 'COUNT' ? 'number' : kindOf(field.type);
  if (!compares(kind, is))
    return [
      { at: 'is', message: `${is} does not go with ${of === 'COUNT' ? 'a number' : `a ${field.type.name}`}; take ${operatorsOf(kind)}` },
    ];
  if (is === 'PRESENT' || is === 'ABSENT') {
    if (of !== 'ANY') return [{ at: 'of', message: `${is} is about all that is found; leave ${of} out` }];
    return values.length > 0 ? [{ at: 'values', message: `${is} takes no value; leave them out` }] : [];
  }
  const many = is === 'EQUALS' || is === 'NOT_EQUALS';
  if (values.length === 0 || values.length > (many ? MOST_VALUES : 1))
    return [
      {
        at: 'values',
        message: `${is} takes ${many ? `1 to ${MOST_VALUES} values` : 'one value'}; give ${values.length === 0 ? 'one' : 'no more'}`,
      },
    ];
  return values.flatMap((value, index) => {
    const operand = operandOf(value, kind, field.type, isWhole(is));
    return typeof operand === 'string' ? [{ at: `values.${index}`, message: `is not ${operand}` }] : [];
  });
}

const isWhole = (is: Operator) => is !== 'STARTS_WITH' && is !== 'CONTAINS';

function operatorsOf(kind: Kind): string {
  return OPERATORS.filter((is) => compares(kind, is)).join(', ');
}

/** Rules over the merged view, to be asked of many customers in one operation. */
export class SegmentRules {
  readonly question = new Question();
  readonly #rules: readonly Rule[];
  readonly #conditions = new Map<Condition, ReadCondition>();

  /** Throws RangeError for a rule that the schema does not allow (any more); see `ruleProblems`. */
  constructor(rules: readonly Rule[], schema: GraphQLSchema) {
    this.#rules = rules;
    const conditions = rules.flatMap((rule) => [...conditionsOf(rule)].map((one, number) => ({ ...one, number })));
    for (const { condition, at, number } of conditions) {
      const [problem] = conditionProblems(condition, schema);
      const field = fieldOfCustomer(condition.field, schema);
      if (problem || typeof field === 'string') throw new RangeError(`${at}.${problem?.at ?? 'field'} ${problem?.message ?? field}`);
      const kind = condition.of === 'COUNT' ? 'number' : kindOf(field.type);
      const operands = condition.values.map((value) => operandOf(value, kind, field.type, isWhole(condition.is)) as Operand);
      this.#conditions.set(condition, { condition, number, kind: kindOf(field.type), operands, place: this.question.add(field) });
    }
  }

  /** Judges the rule of that index for a customer at `place` of the answer. */
  judge(index: number, customer: AnsweredCustomer, place: string, now: EpochMs): Judgement {
    const rule = this.#rules[index];
    if (!rule) throw new RangeError(`There is no rule ${index}.`);
    const { verdict, reasons } = this.#judge(rule, (condition) => this.#meets(condition, customer, place, now));
    return { verdict, reasons: verdict === 'IN' ? reasons : [] };
  }

  /** Kleene's three-valued logic: what is not known counts only where it could change the outcome. Reasons are those of the outcome. */
  #judge(rule: Rule, meets: (condition: Condition) => Judgement): Judgement {
    if ('condition' in rule) return meets(rule.condition);
    if ('not' in rule) {
      const { verdict, reasons } = this.#judge(rule.not, meets);
      return { verdict: verdict === 'IN' ? 'OUT' : verdict === 'OUT' ? 'IN' : 'UNKNOWN', reasons };
    }
    const [rules, deciding] = 'all' in rule ? ([rule.all, 'OUT'] as const) : ([rule.any, 'IN'] as const);
    const judged = rules.map((one) => this.#judge(one, meets));
    const decided = judged.filter(({ verdict }) => verdict === deciding);
    if (decided.length > 0) return { verdict: deciding, reasons: decided.flatMap(({ reasons }) => reasons) };
    if (judged.some(({ verdict }) => verdict === 'UNKNOWN')) return { verdict: 'UNKNOWN', reasons: [] };
    return { verdict: deciding === 'OUT' ? 'IN' : 'OUT', reasons: judged.flatMap(({ reasons }) => reasons) };
  }

  #meets(condition: Condition, customer: AnsweredCustomer, place: string, now: EpochMs): Judgement {
    const read = this.#conditions.get(condition);
    if (!read) throw new Error('A condition was not read.');
    const found = findValues(customer, place, read.place, now);
    const met = isMet(read, found.values, now);
    if (!found.known && !isSettled(condition, met, found.values.length)) return { verdict: 'UNKNOWN', reasons: [] };
    const shown = found.values.slice(0, MOST_SHOWN).map(String);
    return { verdict: met ? 'IN' : 'OUT', reasons: [{ condition, number: read.number, holds: met, found: shown }] };
  }
}

/** Whether it would come out so whatever else there is beside the values that could be read. */
function isSettled({ is, of }: Condition, met: boolean, values: number): boolean {
  if (of === 'COUNT') return met ? is === 'GREATER' || is === 'AT_LEAST' : is === 'LESS' || is === 'AT_MOST';
  return values > 0 && met === (of === 'ANY' && is !== 'ABSENT');
}

function isMet({ condition: { is, of }, kind, operands }: ReadCondition, values: readonly unknown[], now: EpochMs): boolean {
  const wanted = operands.map((operand) => operand(now));
  if (of === 'COUNT') return holds(values.length, is, wanted);
  const found = values.map((value) => comparable(value, kind)).filter((value) => value !== null);
  // Nothing equals nothing else: what is absent differs from every value.
  if (found.length === 0) return is === 'ABSENT' || (is === 'NOT_EQUALS' && of !== 'ALL') || of === 'NONE';
  if (of === 'ALL') return found.every((value) => holds(value, is, wanted));
  return found.some((value) => holds(value, is, wanted)) === (of !== 'NONE');
}
