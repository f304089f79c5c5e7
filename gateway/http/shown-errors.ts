import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';

/** Errors of an answer, formatted and masked where they arose, as Apollo Server and its plugins want to be handed them. */
export class AnswerError extends GraphQLError {
  readonly formatted: GraphQLFormattedError;
  constructor(formatted: GraphQLFormattedError) {
    const { message, path, extensions } = formatted;
    super(message, { ...(path && { path }), ...(extensions && { extensions }) });
    this.formatted = formatted;
  }
}

/** What Apollo Server says of persisted queries without a code of its own. */
const PERSISTED_QUERY_REFUSALS = new Set(['provided sha does not match query', 'Unsupported persisted query version']);

/**
 * An error as the client sees it: message, place, code, service, argument. Nothing else leaves, least of all a stack. An error
 * without a code was not meant for clients: it is logged, and they are told that something went wrong.
 */
export function shown(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  if (error instanceof AnswerError) return error.formatted;
  const { message, locations, path, extensions = {} } = formatted;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (error instanceof GraphQLError) {
    if (PERSISTED_QUERY_REFUSALS.has(message)) return { message, ...place, extensions: { code: 'BAD_REQUEST' } };
    const { code, service, argument } = extensions;
    if (typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR') {
      const about = { code, ...(service !== undefined && { service }), ...(argument !== undefined && { argument }) };
      return { message: withoutValues(message, code, error), ...place, extensions: about };
    }
  }
  log.error({ err: error instanceof GraphQLError ? (error.originalError ?? error) : error }, 'a request failed');
  return { message: 'Something went wrong on our side.', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

const VALUES: ReadonlySet<string> = new Set([
  Kind.STRING,
  Kind.INT,
  Kind.FLOAT,
  Kind.BOOLEAN,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);

/** Messages of graphql-js about a literal quote it; it may be an e-mail address that someone put into the query. */
function withoutValues(message: string, code: string, error: GraphQLError): string {
  // The parser goes down with what is nested, until the stack ends.
  if (message === 'Maximum call stack size exceeded') return 'The query is nested too deeply. Ask for less in one another.';
  if (code === 'GRAPHQL_PARSE_FAILED') return message.replace(/ (String|BlockString|Int|Float) ".*$/s, ' $1.');
  if (code === 'GRAPHQL_VALIDATION_FAILED') {
    const ours = error.originalError instanceof GraphQLError && error.originalError.extensions.code === 'BAD_USER_INPUT';
    if (!ours && error.nodes?.some((node) => VALUES.has(node.kind))) return 'A value in the query does not fit its type.';
  }
  // A variable that is not JSON in a GET is quoted by the parser.
  return code === 'BAD_REQUEST' ? message.replace(/: .*$/s, '.') : message;
}
