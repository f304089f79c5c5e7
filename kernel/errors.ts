import { GraphQLError } from 'graphql';

/** A stable code, where the problem is, what it is and what to do about it. Never holds a person's data. */
export interface Reason<Code extends string = string> {
  readonly code: Code;
  /** The field, argument or column at fault, or absent when it is the whole. */
  readonly field?: string;
  readonly message: string;
}

/** A refused mutation's entry in `userErrors`; its codes are those of the mutation's own enum in the schema. */
export interface UserError<Code extends string = string> {
  readonly code: Code;
  /** The path of the input field at fault, such as ["input", "points"]; null when it is the whole. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** One entry of `userErrors`: `refuse('POINTS_INSUFFICIENT', 'points', 'The balance is 40; redeem at most that.')`. */
export function refuse<Code extends string>(code: Code, field: string | null, message: string): UserError<Code> {
  return { code, field: field === null ? null : ['input', ...field.split('.')], message };
}

/** What CUSTOMER_UNKNOWN says, whichever subgraph is asked. */
export const NO_SUCH_CUSTOMER = 'There is no such customer; look them up with customerBy.';

/** A client's mistake in a query argument: answered as a coded GraphQL error that names the argument. */
export function badArgument(argument: string, problem: string, remedy: string): GraphQLError {
  return new GraphQLError(`Argument "${argument}" ${problem}. ${remedy}`, { extensions: { code: 'BAD_USER_INPUT', argument } });
}

/** A configuration, mapping or command-line mistake: every problem at once, each naming place, problem and remedy. */
export class OperatorError extends Error {
  readonly problems: readonly string[];
  constructor(title: string, problems: readonly string[]) {
    super([title, ...problems.map((problem) => `  - ${problem}`)].join('\n'));
    this.name = 'OperatorError';
    this.problems = problems;
  }
}
