/**
 * The peer: stock `@apollo/gateway` on Apollo's standalone server, over HTTP subgraphs. From the environment: `PORT`,
 * `SUBGRAPH_SECRET` (none: its own data source as it comes), `SUPERGRAPH` (a file; none: the product's).
 */
process.env.APOLLO_TELEMETRY_DISABLED = 'true';

import { readFileSync } from 'node:fs';
import type { GraphQLDataSourceProcessOptions } from '@apollo/gateway';

const { ApolloGateway, RemoteGraphQLDataSource } = await import('@apollo/gateway');
const { ApolloServer } = await import('@apollo/server');
const { startStandaloneServer } = await import('@apollo/server/standalone');

const secret = process.env.SUBGRAPH_SECRET;

class Authorized extends RemoteGraphQLDataSource {
  override willSendRequest({ request }: GraphQLDataSourceProcessOptions): void {
    request.http?.headers.set('authorization', `Bearer ${secret}`);
  }
}

const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(process.env.SUPERGRAPH ?? new URL('../schema/supergraph.graphql', import.meta.url), 'utf8'),
  ...(secret && { buildService: ({ url }) => new Authorized({ url: url ?? '' }) }),
});
await startStandaloneServer(new ApolloServer({ gateway }), { listen: { port: Number(process.env.PORT), host: '127.0.0.1' } });
