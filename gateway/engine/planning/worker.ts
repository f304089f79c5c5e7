/** The planning thread: Apollo's planner takes 40 to 75 ms for a new operation, which must not hold up anybody's answer. */
import { parentPort } from 'node:worker_threads';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, parse, printSchema } from 'graphql';
import type { LoadedSupergraph, PlannedOperation, PlanningAnswer, PlanningRequest } from './messages.ts';

interface Loaded {
  readonly supergraph: Supergraph;
  readonly planner: QueryPlanner;
}

const loaded = new Map<number, Loaded>();

function load(version: number, sdl: string): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph: true });
  loaded.set(version, { supergraph, planner: new QueryPlanner(supergraph, {}) });
  return {
    apiSdl: printSchema(supergraph.apiSchema().toGraphQLJSSchema()),
    services: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    subtypes: subtypesOf(supergraph.schema.toGraphQLJSSchema()),
  };
}

function subtypesOf(schema: GraphQLSchema): Record<string, readonly string[]> {
  const types = Object.values(schema.getTypeMap());
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  return Object.fromEntries(
    types
      .filter(isAbstractType)
      .map((abstract) => [abstract.name, composite.filter((type) => schema.isSubType(abstract, type)).map(({ name }) => name)]),
  );
}

function plan(version: number, document: string, operationName: string | undefined): PlannedOperation {
  const found = loaded.get(version);
  if (!found) throw new Error('This supergraph is not served any more.');
  const { supergraph, planner } = found;
  const operation = operationFromDocument(supergraph.apiSchema(), parse(document), operationName === undefined ? {} : { operationName });
  return { plan: planner.buildQueryPlan(operation) };
}

function answer(request: PlanningRequest): PlanningAnswer {
  const { id } = request;
  try {
    switch (request.kind) {
      case 'load':
        return { id, answer: load(request.argument.version, request.argument.sdl) };
      case 'plan':
        return { id, answer: plan(request.argument.version, request.argument.document, request.argument.operationName) };
      case 'forget':
        loaded.delete(request.argument.version);
        return { id, answer: null };
    }
  } catch (error) {
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: PlanningRequest) => {
  // Plans are plain objects but for what Apollo hangs on them lazily, and structured cloning would take that for a fault.
  parentPort?.postMessage(JSON.stringify(answer(request)));
});
