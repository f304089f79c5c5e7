import './telemetry.ts';
import { readFileSync } from 'node:fs';
import { ApolloGateway } from '@apollo/gateway';
import type {
  GatewayExecutionResult,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface';
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, isScalarType } from 'graphql';
import type { Logger } from 'pino';
import { OperatorError } from '../kernel/errors.ts';
import { scalars } from '../kernel/scalars.ts';
import { ledgerOf, SubgraphSource, type Transport } from './data-source.ts';
import { isVisible } from './losses.ts';
import { silent } from './http/silent.ts';

export interface FederationOptions {
  /** The path of the composed supergraph. */
  readonly supergraphFile: string;
  /** A way to each subgraph of the supergraph, by its name there. */
  readonly transports: ReadonlyMap<string, Transport>;
  readonly deadlineMs: number;
  readonly production: boolean;
  readonly log: Logger;
}

/** Apollo's planner and executor over our data sources, with the errors that the ledger knows of. */
export class Federation implements GatewayInterface {
  readonly #apollo: ApolloGateway;
  readonly #transports: ReadonlyMap<string, Transport>;

  /** Throws an OperatorError when the supergraph can't be read or names a subgraph that there is no way to. */
  constructor({ supergraphFile, transports, deadlineMs, production, log }: FederationOptions) {
    this.#transports = transports;
    this.#apollo = new ApolloGateway({
      supergraphSdl: readSupergraph(supergraphFile),
      // Apollo skips this in production, and would start with a supergraph that fails at its first query.
      validateSupergraph: true,
      __exposeQueryPlanExperimental: !production,
      logger: silent,
      buildService: ({ name }) => {
        const transport = transports.get(name);
        if (!transport) throw new OperatorError('The gateway did not start:', [unknownService(name, supergraphFile)]);
        return new SubgraphSource({ service: name, transport, deadlineMs, log });
      },
    });
  }

  onSchemaLoadOrUpdate(callback: GatewaySchemaLoadOrUpdateCallback): () => void {
    return this.#apollo.onSchemaLoadOrUpdate((loaded) => {
      readScalars(loaded.apiSchema);
      callback(loaded);
    });
  }

  async load(options: Parameters<GatewayInterface['load']>[0]) {
    const { executor } = await this.#apollo.load(options);
    return { executor: async (context: GatewayGraphQLRequestContext) => withErrors(await executor(context), context) };
  }

  async stop(): Promise<void> {
    await this.#apollo.stop();
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }
}

function readSupergraph(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new OperatorError('The gateway did not start:', [
      `${file} (C360_SUPERGRAPH): the supergraph can't be read (${code}). Compose it with \`npm run generate\` or name another file.`,
    ]);
  }
}

function unknownService(name: string, file: string): string {
  return `${file} (C360_SUPERGRAPH): names a subgraph "${name}" that this process neither runs nor has a URL for. Use a supergraph of the known subgraphs.`;
}

/** The API schema knows our scalars by name only; with their parsers a wrong value is refused before planning. */
function readScalars(schema: GraphQLSchema): void {
  for (const [name, { parseValue, parseLiteral }] of Object.entries(scalars)) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}

/** Replaces the executor's errors: what the subgraphs' resolvers reported, where the client can see it, and what the ledger noted. */
function withErrors(result: GatewayExecutionResult, context: GatewayGraphQLRequestContext): GatewayExecutionResult {
  const { data = null, extensions, errors = [] } = result;
  const { valueCompletion, ...others } = (extensions ?? {}) as { valueCompletion?: readonly GraphQLFormattedError[] };
  const ledger = ledgerOf(context);
  const told: GraphQLError[] = [];
  for (const { message, path, extensions: about } of errors) {
    // A field that only the gateway asked for has no place in the client's answer; who computed without it says so.
    if (path && !isVisible(data, path)) continue;
    const { code, service, argument } = about;
    told.push(
      new GraphQLError(message, { ...(path && { path }), extensions: { code, service, ...(argument !== undefined && { argument }) } }),
    );
  }
  const lost = ledger.errors(
    data,
    told.flatMap((error) => (error.path ? [error.path] : [])),
  );
  const all = [...told, ...lost];
  // A subgraph left out what its schema promises. Apollo would hide that in `extensions`.
  if (all.length === 0 && valueCompletion)
    for (const { path } of valueCompletion)
      all.push(
        new GraphQLError('A value that is always there was missing.', { ...(path && { path }), extensions: { code: 'SUBGRAPH_ERROR' } }),
      );
  return {
    data,
    ...(all.length > 0 && { errors: all }),
    ...(Object.keys(others).length > 0 && { extensions: others }),
  };
}
