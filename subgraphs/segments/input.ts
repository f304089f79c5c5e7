import type { GraphQLSchema } from 'graphql';
import { refuse, type UserError } from '../../kernel/errors.ts';
import { LABEL, textErrors } from '../../kernel/texts.ts';
import type { SegmentDefineInput, SegmentRuleInput } from '../../schema/generated/segments.ts';
import type { SegmentMaking } from './records.ts';
import type { Rule } from './rules/rule.ts';
import { DEEPEST, MOST_CONDITIONS, ruleProblems } from './rules/segment-rules.ts';

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/;
const LONGEST_FIELD = 500;
const MOST_ALIKE = 1_000_000;

const RULE_PARTS = ['all', 'any', 'not', 'condition'] as const;

/** A rule as it was sent, or what is wrong with its shape. `at`: its place in the input, such as `rule.all.0`. */
function ruleOf(input: SegmentRuleInput, at: string, depth = 1): Rule | UserError {
  const given = RULE_PARTS.filter((part) => input[part] != null);
  if (given.length !== 1)
    return refuse(
      'SEGMENT_RULE_INVALID',
      at,
      `Give exactly one of ${RULE_PARTS.join(', ')}; ${given.length === 0 ? 'none is' : `${given.join(' and ')} are`} given.`,
    );
  if (depth > DEEPEST)
    return refuse('SEGMENT_RULE_INVALID', at, `A rule may be ${DEEPEST} deep at most; write it with fewer parts in parts.`);
  const { all, any, not, condition } = input;
  if (condition) {
    const { field, is, values = [], of = 'ANY' } = condition;
    if (field.length > LONGEST_FIELD)
      return refuse(
        'SEGMENT_RULE_INVALID',
        `${at}.condition.field`,
        `A path may have ${LONGEST_FIELD} characters at most; shorten its arguments.`,
      );
    const odd = values.findIndex((value) => !LABEL.test(value));
    if (odd !== -1)
      return refuse('SEGMENT_RULE_INVALID', `${at}.condition.values.${odd}`, 'Give 1 to 200 characters without control characters.');
    return { condition: { field, is, values, of } };
  }
  if (not) {
    const inner = ruleOf(not, `${at}.not`, depth + 1);
    return 'code' in inner ? inner : { not: inner };
  }
  const [part, parts] = all ? (['all', all] as const) : (['any', any ?? []] as const);
  if (parts.length === 0 || parts.length > MOST_CONDITIONS)
    return refuse('SEGMENT_RULE_INVALID', `${at}.${part}`, `Give 1 to ${MOST_CONDITIONS} rules.`);
  const rules: Rule[] = [];
  for (const [index, one] of parts.entries()) {
    const rule = ruleOf(one, `${at}.${part}.${index}`, depth + 1);
    if ('code' in rule) return rule;
    rules.push(rule);
  }
  return all ? { all: rules } : { any: rules };
}

/** A rule that can be asked of the graph, or everything that is wrong with it. `schema`: null while the graph can't be asked. */
export function readRule(
  input: SegmentRuleInput,
  schema: GraphQLSchema | null,
): { readonly rule: Rule } | { readonly userErrors: readonly UserError[] } {
  const rule = ruleOf(input, 'rule');
  if ('code' in rule) return { userErrors: [rule] };
  if (!schema)
    return {
      userErrors: [
        refuse('GRAPH_UNAVAILABLE', 'rule', 'Rules can not be checked just now: the graph is not reachable. Send it again later.'),
      ],
    };
  const problems = ruleProblems(rule, schema);
  if (problems.length === 0) return { rule };
  return {
    userErrors: problems.map(({ at, message }) =>
      refuse('SEGMENT_RULE_INVALID', at === '' ? 'rule' : `rule.${at}`, `${at === '' ? 'The rule' : `"${at}"`} ${message}.`),
    ),
  };
}

/** What makes the members of a segment that is to be defined, or everything that is wrong with its definition but for what is stored. */
export function readDefinition(
  input: SegmentDefineInput,
  schema: GraphQLSchema | null,
): { readonly making: SegmentMaking } | { readonly userErrors: readonly UserError[] } {
  const userErrors: UserError[] = [];
  const check = (isSo: boolean, code: string, field: string | null, message: string) => {
    if (!isSo) userErrors.push(refuse(code, field, message));
  };
  const { rule, list, lookalike, description } = input;
  check(LABEL.test(input.idempotencyKey), 'TEXT_INVALID', 'idempotencyKey', 'Give 1 to 200 characters without control characters.');
  check(ID.test(input.id), 'SEGMENT_ID_INVALID', 'id', 'Give 1 to 64 lower-case letters, digits and hyphens, a hyphen not first.');
  check(LABEL.test(input.name), 'TEXT_INVALID', 'name', 'Give 1 to 200 characters without control characters.');
  if (description != null) userErrors.push(...textErrors({ description }));
  const given = [rule && 'rule', list && 'list', lookalike && 'lookalike'].filter(Boolean);
  if (given.length !== 1) {
    check(
      false,
      'SEGMENT_KIND_INVALID',
      null,
      `Give exactly one of rule, list (true) and lookalike; ${given.length === 0 ? 'none is' : `${given.join(' and ')} are`} given.`,
    );
    return { userErrors };
  }
  if (lookalike) {
    check(
      lookalike.most >= 1 && lookalike.most <= MOST_ALIKE,
      'OUT_OF_RANGE',
      'lookalike.most',
      `Give a whole number from 1 to ${MOST_ALIKE}.`,
    );
    check(
      lookalike.segment !== input.id,
      'SEGMENT_KIND_INVALID',
      'lookalike.segment',
      'A segment is not made of its own likes; name another.',
    );
    return userErrors.length > 0 ? { userErrors } : { making: { kind: 'LOOKALIKE', seeds: lookalike.segment, most: lookalike.most } };
  }
  if (!rule) return userErrors.length > 0 ? { userErrors } : { making: { kind: 'LIST' } };
  const read = readRule(rule, schema);
  if ('userErrors' in read) return { userErrors: [...userErrors, ...read.userErrors] };
  return userErrors.length > 0 ? { userErrors } : { making: { kind: 'RULE', rule: read.rule } };
}
