import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';

/** How long a subgraph that has `deadlineMs` for its answer may ask the graph: what it knows without has to be told in time. */
export const askDeadlineMs = (deadlineMs: number) => Math.round(deadlineMs * 0.8);

/**
 * The way from a subgraph to the whole graph, for what can't be told beforehand: a rule that names any field of Customer. It asks as
 * any client would, so what it is told keeps to the same rules and is as fresh.
 */
export interface MergedView {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  /** Rejects when nobody can be asked; what single domains could not tell is in `errors`. */
  ask(query: string, variables: Readonly<Record<string, unknown>>): Promise<FormattedExecutionResult>;
}
