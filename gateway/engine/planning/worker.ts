/** The planning thread: Apollo's planner takes 40 to 75 ms for a new operation, which must not hold up anybody's answer. */
import { parentPort } from 'node:worker_threads';
import type { Supergraph } from '@apollo/federation-internals';
import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType, parse, print, printSchema } from 'graphql';
import { type FederatedPlanner, federatedPlanner, NobodyAnswers } from './federated-planner.ts';
import type { LoadedSupergraph, PlannedOperation, PlanningAnswer, PlanningRequest } from './messages.ts';
import { TooManyCases } from './mutation-fields.ts';

const planners = new Map<number, FederatedPlanner>();

function load(version: number, sdl: string): LoadedSupergraph {
  const planner = federatedPlanner(sdl);
  const { supergraph } = planner;
  refuseUnenforced(supergraph);
  planners.set(version, planner);
  return {
    apiSdl: printSchema(supergraph.apiSchema().toGraphQLJSSchema()),
    services: supergraph.subgraphsMetadata().map(({ name, url }) => ({ name, url })),
    subtypes: subtypesOf(supergraph.schema.toGraphQLJSSchema()),
  };
}

const ACCESS_RULES: ReadonlySet<string> = new Set(['authenticated', 'requiresScopes', 'policy']);

/** Rules of access that are not enforced would be an open door that looks shut. */
function refuseUnenforced({ schema }: Supergraph): void {
  for (const { url } of schema.coreFeatures?.allFeatures() ?? [])
    if (ACCESS_RULES.has(url.name)) throw new Error(`it has rules of access by @${url.name}, which this gateway does not enforce yet`);
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
  const planner = planners.get(version);
  if (!planner) throw new Error('This supergraph is not served any more.');
  const clients = parse(document);
  const { plan, document: planned, renames } = planner.plan(clients, operationName);
  return planned === clients ? { plan } : { plan, document: print(planned), renames: [...renames] };
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
        planners.delete(request.argument.version);
        return { id, answer: null };
    }
  } catch (error) {
    if (error instanceof NobodyAnswers || error instanceof TooManyCases) return { id, unanswerable: error.message };
    return { id, problem: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: PlanningRequest) => {
  // Plans are plain objects but for what Apollo hangs on them lazily, and structured cloning would take that for a fault.
  parentPort?.postMessage(JSON.stringify(answer(request)));
});
