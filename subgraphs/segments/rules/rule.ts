/** How a condition compares what was found with its values. */
export const OPERATORS = [
  'EQUALS',
  'NOT_EQUALS',
  'GREATER',
  'AT_LEAST',
  'LESS',
  'AT_MOST',
  'STARTS_WITH',
  'CONTAINS',
  'PRESENT',
  'ABSENT',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** How many of what a field gives, where it lies in a list, have to compare so; `COUNT` compares their number instead. */
export const QUANTIFIERS = ['ANY', 'ALL', 'NONE', 'COUNT'] as const;
export type Quantifier = (typeof QUANTIFIERS)[number];

/** One comparison. */
export interface Condition {
  /** A path from Customer, with arguments where a field takes some: `purchases.summary(since: "-P1Y").orderCount`. */
  readonly field: string;
  readonly is: Operator;
  /** As text, read by the type of the field; for instants and days also a duration from now, such as `-P30D`. */
  readonly values: readonly string[];
  readonly of: Quantifier;
}

/** What makes a customer a member. */
export type Rule =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly not: Rule }
  | { readonly condition: Condition };

/** The conditions of a rule with their places in it, `all.0.not.condition`, in the order in which they are written. */
export function* conditionsOf(rule: Rule, at = ''): Generator<{ readonly condition: Condition; readonly at: string }> {
  const under = (name: string) => (at === '' ? name : `${at}.${name}`);
  if ('condition' in rule) yield { condition: rule.condition, at: under('condition') };
  else if ('not' in rule) yield* conditionsOf(rule.not, under('not'));
  else {
    const [name, rules] = 'all' in rule ? (['all', rule.all] as const) : (['any', rule.any] as const);
    for (const [index, one] of rules.entries()) yield* conditionsOf(one, under(`${name}.${index}`));
  }
}
