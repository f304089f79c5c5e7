import type { GraphQLFormattedError } from 'graphql';
import type { Asked } from './operation.ts';

/** What came of one operation. */
export interface Outcome {
  /** As JSON text, so that the order of keys counts. */
  readonly data: string;
  readonly errors: readonly GraphQLFormattedError[];
  /** Whether a value was missing that is always there, which stock tells in `extensions` only. */
  readonly flawed: boolean;
  /** Fetches that were sent; 0 where that is not counted. */
  readonly fetches: number;
  readonly entityFetches: number;
  /** The fields of Mutation that were executed, in their order. */
  readonly changes: readonly string[];
}

/** One way to run operations on a generated graph. */
export interface Execution {
  run(asked: Asked): Promise<Outcome>;
}
