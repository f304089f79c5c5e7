import type { GraphQLFormattedError } from 'graphql';

/** The codes of errors that a resolver addresses to the client; their messages are ours and hold no values. */
const CLIENT_CODES: ReadonlySet<string> = new Set(['BAD_USER_INPUT', 'FORBIDDEN', 'NOT_FOUND']);

/** What a client may know of an error that arose in a subgraph. */
export interface ClientError {
  readonly message: string;
  readonly code: string;
  /** The argument at fault, when the error names one. */
  readonly argument?: string;
}

/**
 * Only an error that a resolver raised under one of CLIENT_CODES keeps its message. Everything else (a library's
 * fault, graphql-js's coercion errors, which quote the value) becomes SUBGRAPH_ERROR without detail.
 */
export function clientError(error: GraphQLFormattedError, service: string): ClientError {
  const { code, argument } = error.extensions ?? {};
  // Coercion errors of a whole request have no path and may inherit a scalar's code.
  if (typeof code === 'string' && CLIENT_CODES.has(code) && error.path !== undefined)
    return { message: error.message, code, ...(typeof argument === 'string' ? { argument } : {}) };
  return { message: `The ${service} service could not answer this.`, code: 'SUBGRAPH_ERROR' };
}
