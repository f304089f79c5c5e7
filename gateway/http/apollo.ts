import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { type FormattedExecutionResult, GraphQLError, type GraphQLSchema, validate } from 'graphql';
import type { Logger } from 'pino';
import type { Engine } from '../engine/engine.ts';
import type { Client } from '../transport/client.ts';
import type { PersistedQueries } from './persisted-queries.ts';
import type { GraphContext, GraphPlugin } from './plugins.ts';
import { noPrototype, wrongOperation } from './request-rules.ts';
import { AnswerError, shown } from './shown-errors.ts';
import { silent } from './silent.ts';
import { wrongVariable } from './variables.ts';

export interface ApolloOptions {
  readonly engine: Engine;
  readonly introspection: boolean;
  readonly production: boolean;
  /** Off, a web page of anybody can make its visitors' browsers send queries by GET. On when absent. */
  readonly csrfPrevention?: boolean;
  /** Whether a list of requests may come as one. Off when absent. */
  readonly batching?: boolean;
  /** Automatic persisted queries are refused without it. */
  readonly persistedQueries?: PersistedQueries;
  readonly plugins?: readonly GraphPlugin[];
  readonly log: Logger;
}

/** Apollo Server before the engine: it reads, validates, negotiates and runs plugins; the engine plans and executes. The engine has to have loaded a supergraph. */
export async function openApollo(options: ApolloOptions): Promise<ApolloServer<GraphContext>> {
  const { engine, persistedQueries, plugins = [], log } = options;
  const server = new ApolloServer<GraphContext>({
    gateway: new EngineGateway(engine),
    introspection: options.introspection,
    // A misspelt field is not answered with the names of others where the schema is not public.
    hideSchemaDetailsFromClientErrors: !options.introspection,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: options.csrfPrevention ?? true,
    allowBatchedHttpRequests: options.batching ?? false,
    persistedQueries: persistedQueries ? { cache: persistedQueries } : false,
    validationRules: [noPrototype],
    stopOnTerminationSignals: false,
    nodeEnv: options.production ? 'production' : 'development',
    logger: silent,
    formatError: (formatted, error) => shown(formatted, error, log),
    plugins: [checkOperation, statusForOldClients, ...withoutDefaults(plugins), ...plugins],
  });
  await server.start();
  return server;
}

/** Apollo Server brings plugins of its own unless each is disabled; one that the operator brings is not. */
function withoutDefaults(plugins: readonly GraphPlugin[]): readonly GraphPlugin[] {
  const id = (plugin: object) => (plugin as { __internal_plugin_id__?: string }).__internal_plugin_id__;
  const brought = new Set(plugins.map(id));
  return [
    ApolloServerPluginLandingPageDisabled(),
    ApolloServerPluginUsageReportingDisabled(),
    ApolloServerPluginSchemaReportingDisabled(),
    ApolloServerPluginCacheControlDisabled(),
  ].filter((plugin) => !brought.has(id(plugin)));
}

class EngineGateway implements GatewayInterface {
  readonly #engine: Engine;
  #schema: GraphQLSchema | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  onSchemaLoadOrUpdate(callback: GatewaySchemaLoadOrUpdateCallback): () => void {
    return this.#engine.onLoad(({ schema, supergraphSdl }) => {
      this.#schema = schema;
      callback({ apiSchema: schema, coreSupergraphSdl: supergraphSdl });
    });
  }

  async load() {
    return { executor: (context: GatewayGraphQLRequestContext) => this.#execute(context) };
  }

  /** The engine is closed by who opened it. */
  async stop(): Promise<void> {}

  async #execute({ document, source, request, schema, context }: GatewayGraphQLRequestContext): Promise<GatewayExecutionResult> {
    const operationName = request.operationName ?? undefined;
    // The supergraph was replaced since the query was validated.
    if (this.#schema && schema !== this.#schema && validate(this.#schema, document).length > 0)
      throw new GraphQLError('The schema has just changed, and the query does not fit it any more. Look at the schema and ask again.', {
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED', http: { status: 400 } },
      });
    const operation = this.#engine.prepared(source, operationName) ?? (await this.#engine.prepare(document, source, operationName));
    const { client } = context as { client: Client };
    client.mutates ||= operation.kind === 'mutation';
    const { text } = await this.#engine.execute(operation, request.variables ?? {}, client);
    const { data = null, errors, extensions } = JSON.parse(text) as FormattedExecutionResult;
    return { data, ...(errors && { errors: errors.map((error) => new AnswerError(error)) }), ...(extensions && { extensions }) };
  }
}

const checkOperation: GraphPlugin = {
  requestDidStart: async () => ({
    didResolveOperation: async ({ schema, operation, request, document }) => {
      const wrong = wrongOperation(schema, operation) ?? (operation && wrongVariable(schema, operation, request.variables ?? {}, document));
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
const statusForOldClients: GraphPlugin = {
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
