import { buildSchema, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { wrongVariable } from '../../../gateway/http/variables.ts';

const SCHEMA = buildSchema(`
  input Rule { not: Rule, any: [Rule!], name: String }
  type Query { judge(rule: Rule): Boolean }
`);
const DOCUMENT = parse('query ($rule: Rule) { judge(rule: $rule) }');

/** The rule is what is deepest in so many of the others. */
function nested(depth: number, wrap: (rule: object) => object): object {
  let rule: object = { name: 'ada' };
  for (let i = 1; i < depth; i++) rule = wrap(rule);
  return rule;
}
const wrong = (rule: object) => wrongVariable(SCHEMA, getOperationAST(DOCUMENT)!, { rule }, DOCUMENT)?.message;

it('a variable is refused that is nested deeper than the stack could follow, and one is taken that is deep', () => {
  const refusal = 'Variable "$rule" is nested more than 100 deep. Send it with less in one another.';
  expect(wrong(nested(100, (not) => ({ not })))).toBeUndefined();
  expect(wrong(nested(101, (not) => ({ not })))).toBe(refusal);
  expect(wrong(nested(20_000, (not) => ({ not })))).toBe(refusal);
  expect(wrong(nested(20_000, (rule) => ({ any: [rule] })))).toBe(refusal);
});
