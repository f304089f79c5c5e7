import './telemetry.ts';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { type GraphQLFormattedError, type GraphQLSchema, getOperationAST, parse } from 'graphql';
import type { Execution } from './execution.ts';
import type { Graph } from './graph.ts';
import type { GeneratedSubgraph, State } from './subgraph.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Apollo's gateway over the same subgraphs, with all that it hands over or gets back as JSON. */
export async function stockExecution(
  graph: Graph,
  subgraphs: ReadonlyMap<string, GeneratedSubgraph>,
): Promise<Execution & { schema: GraphQLSchema }> {
  let [fetches, entityFetches] = [0, 0];
  const source = (name: string): GraphQLDataSource => ({
    process: async ({ request, context }) => {
      fetches += 1;
      const variables = JSON.parse(JSON.stringify(request.variables ?? {})) as Record<string, unknown>;
      if (variables.representations) entityFetches += 1;
      const answer = subgraphs
        .get(name)
        ?.execute(parse(request.query ?? ''), variables, context as unknown as State, request.operationName);
      return JSON.parse(JSON.stringify(await answer));
    },
  });
  const gateway = new ApolloGateway({ supergraphSdl: graph.supergraph, logger: silent, buildService: ({ name }) => source(name) });
  let schema: GraphQLSchema | undefined;
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    schema = apiSchema;
  });
  const { executor } = await gateway.load({ apollo: {}, engine: {} } as Parameters<typeof gateway.load>[0]);
  if (!schema) throw new Error('The supergraph was not loaded.');
  return {
    schema,
    async run({ query, variables }) {
      [fetches, entityFetches] = [0, 0];
      const document = parse(query);
      const state: State = { changes: [] };
      // What Apollo Server hands over, as far as the gateway looks at it.
      const request = {
        request: { query, variables },
        document,
        operation: getOperationAST(document),
        operationName: null,
        queryHash: query,
        schema,
        source: query,
        context: state,
        metrics: {},
        logger: silent,
        cache: undefined,
      };
      const { data = null, errors = [], extensions } = await executor(request as unknown as GatewayGraphQLRequestContext);
      const { valueCompletion = [] } = (extensions ?? {}) as { valueCompletion?: readonly unknown[] };
      const formatted = errors.map((error): GraphQLFormattedError => ({ message: error.message, ...(error.path && { path: error.path }) }));
      return {
        data: JSON.stringify(data),
        errors: formatted,
        flawed: valueCompletion.length > 0,
        fetches,
        entityFetches,
        changes: state.changes,
      };
    },
  };
}
