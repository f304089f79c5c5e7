import {
  isCompositeType,
  operationFromDocument,
  possibleRuntimeTypes,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  Supergraph,
} from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { withoutIntrospection } from './introspection.ts';
import { inOrder, inTurns } from './mutation-fields.ts';
import { withRequiredArguments } from './representations.ts';
import { aliasRequiredArguments } from './required-arguments.ts';
import { withoutClashes } from './response-names.ts';
import { unconditional, unplannedFields } from './root-fields.ts';
import { ownSelections, resolvableKeysFirst } from './supergraph-keys.ts';

export interface FederatedPlan {
  readonly plan: QueryPlan;
  /** What the plan answers: the client's own document, or one with other response names. */
  readonly document: DocumentNode;
  /** From a response name of `document` to the client's, where they differ. */
  readonly renames: ReadonlyMap<string, string>;
}

/** No subgraph can answer a part of the operation. The message names a response name of the client's. */
export class NobodyAnswers extends Error {}

export interface FederatedPlanner {
  readonly supergraph: Supergraph;
  /** `document` is valid. Throws for an operation that can't be planned. */
  plan(document: DocumentNode, operationName: string | undefined): FederatedPlan;
}

/**
 * Apollo's planner, right also where it is wrong by itself (docs/decisions/0006-gateway-engine.md): keys that can't be
 * resolved, fields of one response name that the client and the gateway both ask for, fields that nobody can answer, and
 * introspection.
 * Throws for a broken supergraph.
 */
export function federatedPlanner(sdl: string): FederatedPlanner {
  const source = resolvableKeysFirst(parse(sdl, { noLocation: true }));
  const supergraph = Supergraph.build(source, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, validateSupergraph: true });
  const planner = new QueryPlanner(supergraph, {});
  const requirements = aliasRequiredArguments(planner);
  const own = ownSelections(source);
  const schema = supergraph.apiSchema();
  return {
    supergraph,
    plan(clients, operationName) {
      const root = schema.schemaDefinition.rootType(getOperationAST(clients, operationName)?.operation ?? 'query');
      const ofRoot = (condition: string) => {
        const type = schema.type(condition);
        return type !== undefined && isCompositeType(type) && possibleRuntimeTypes(type).some((possible) => possible === root);
      };
      const { document, renames } = withoutClashes(inOrder(clients, operationName, ofRoot), own);
      const planOf = (whole: DocumentNode): QueryPlan => {
        const [first, ...others] = inTurns(whole, operationName).map(planOfTurn);
        if (others.length === 0) return first ?? { kind: 'QueryPlan' };
        // A mutation's plans have no subscription.
        const nodes = [first, ...others].flatMap((turn) => (turn?.node && turn.node.kind !== 'Subscription' ? [turn.node] : []));
        return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes } };
      };
      const planOfTurn = (turn: DocumentNode): QueryPlan => {
        const planned = withoutIntrospection(turn);
        if (getOperationAST(planned, operationName)?.selectionSet.selections.length === 0) return { kind: 'QueryPlan' };
        return planner.buildQueryPlan(operationFromDocument(schema, planned, operationName === undefined ? {} : { operationName }));
      };
      const { node, ...plan } = planOf(document);
      if (node?.kind === 'Subscription') return { plan: { ...plan, node }, document, renames };
      let unplanned = unplannedFields(document, operationName, ofRoot, { ...plan, ...(node && { node }) });
      if (unplanned.length > 0) {
        const whole = unconditional(document);
        const never = new Set(unplannedFields(whole, operationName, ofRoot, planOf(whole)));
        unplanned = unplanned.filter((name) => never.has(name));
      }
      const [first] = unplanned;
      if (first !== undefined) throw new NobodyAnswers(`No subgraph can answer what is selected of "${renames.get(first) ?? first}".`);
      return { plan: { ...plan, ...(node && { node: withRequiredArguments(node, requirements, supergraph.schema) }) }, document, renames };
    },
  };
}
