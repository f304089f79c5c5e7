import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Logger } from 'pino';
import { OperatorError } from '../kernel/errors.ts';
import type { ClientRequest } from './data-source.ts';
import { Federation, type FederationOptions } from './federation.ts';
import { noPrototype, wrongOperation } from './http/request-rules.ts';
import { silent } from './http/silent.ts';
import { wrongVariable } from './http/variables.ts';

export interface GraphOptions extends FederationOptions {
  readonly introspection: boolean;
}

/** The graph, ready to execute. Throws an OperatorError when the supergraph is broken. */
export async function openGraph(options: GraphOptions): Promise<ApolloServer<ClientRequest>> {
  const server = new ApolloServer<ClientRequest>({
    gateway: new Federation(options),
    introspection: options.introspection,
    // A misspelt field is not answered with the names of others where the schema is not public.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    persistedQueries: false,
    validationRules: [noPrototype],
    stopOnTerminationSignals: false,
    nodeEnv: options.production ? 'production' : 'development',
    logger: silent,
    formatError: (formatted, error) => shown(formatted, error, options.log),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      checkOperation,
      statusForOldClients,
    ],
  });
  try {
    await server.start();
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const problem = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    throw new OperatorError('The gateway did not start:', [
      `${options.supergraphFile} (C360_SUPERGRAPH): is not a supergraph that can be loaded (${problem}). Compose it again with \`npm run generate\`.`,
    ]);
  }
  return server;
}

const checkOperation: ApolloServerPlugin<ClientRequest> = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, operation, request }) => {
      const wrong = wrongOperation(schema, operation) ?? (operation && wrongVariable(schema, operation, request.variables ?? {}));
      if (wrong) throw wrong;
    },
  }),
};

const DOCUMENT_CODES = new Set<unknown>([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
]);

/** A client that accepts application/json alone may be older than GraphQL's media type, and is told of a wrong query with status 200. */
const statusForOldClients: ApolloServerPlugin<ClientRequest> = {
  requestDidStart: async () => ({
    willSendResponse: async ({ request, response }) => {
      const accept = request.http?.headers.get('accept') ?? '';
      const old = accept.includes('application/json') && !accept.includes('application/graphql-response+json');
      if (!old || request.http?.method !== 'POST' || !request.query || response.http.status !== 400 || response.body.kind !== 'single')
        return;
      const { errors = [] } = response.body.singleResult;
      if (errors.every((error) => DOCUMENT_CODES.has(error.extensions?.code))) response.http.status = 200;
    },
  }),
};

/** Errors of Apollo Server and graphql-js about the request itself; their messages are kept, without values. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
]);
const OWN_CODES = new Set(['SUBGRAPH_UNAVAILABLE', 'SUBGRAPH_ERROR']);

/** An error as the client sees it: message, place, code, service, argument. Nothing else leaves, least of all a stack. */
function shown(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const { message, locations, path, extensions = {} } = formatted;
  const { code, service, argument } = extensions;
  const place = { ...(locations && { locations }), ...(path && { path }) };
  if (typeof code === 'string' && (REQUEST_CODES.has(code) || OWN_CODES.has(code) || service !== undefined)) {
    const about = { code, ...(service !== undefined && { service }), ...(argument !== undefined && { argument }) };
    return { message: withoutValues(message, code, error), ...place, extensions: about };
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
function withoutValues(message: string, code: string, error: unknown): string {
  if (code === 'GRAPHQL_PARSE_FAILED') return message.replace(/ (String|BlockString|Int|Float) ".*$/s, ' $1.');
  if (code === 'GRAPHQL_VALIDATION_FAILED' && error instanceof GraphQLError) {
    const ours = error.originalError instanceof GraphQLError && error.originalError.extensions.code === 'BAD_USER_INPUT';
    if (!ours && error.nodes?.some((node) => VALUES.has(node.kind))) return 'A value in the query does not fit its type.';
  }
  // A variable that is not JSON in a GET is quoted by the parser.
  return code === 'BAD_REQUEST' ? message.replace(/: .*$/s, '.') : message;
}
