import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { parse, printSchema } from 'graphql';
import { subgraphSdl } from '../kernel/subgraph.ts';
import { defaultPort, SUBGRAPH_NAMES } from '../kernel/subgraph-names.ts';

/** The composed schema: what routers load and what clients see. */
export interface Composition {
  readonly supergraph: string;
  readonly api: string;
}

/** Composes all subgraphs' SDL. Throws an Error that lists every composition error. */
export function compose(): Composition {
  const services = SUBGRAPH_NAMES.map((name) => ({
    name,
    url: `http://127.0.0.1:${defaultPort(name)}/graphql`,
    typeDefs: parse(subgraphSdl(name)),
  }));
  const result = composeServices(services);
  if (result.errors) throw new Error(`The subgraphs do not compose:\n${result.errors.map((error) => error.message).join('\n')}`);
  const api = Supergraph.build(result.supergraphSdl).apiSchema().toGraphQLJSSchema();
  return { supergraph: `${result.supergraphSdl.trim()}\n`, api: `${printSchema(api).trim()}\n` };
}
