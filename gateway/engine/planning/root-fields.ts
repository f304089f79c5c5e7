import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { type DocumentNode, parse, visit } from 'graphql';
import { isCondition, type OfRoot, responseName } from '../document.ts';
import { placesIn } from './places.ts';

/**
 * The response names of the operation's root fields that its plan asks nobody for. The planner leaves such fields out when
 * no subgraph could ever answer a part of them, and they would come out null as if that were the answer.
 * It also does when conditions leave nothing of them: see `unconditional`.
 */
export function unplannedFields(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot, { node }: QueryPlan): string[] {
  const planned = new Set(rootFetches(node).flatMap((fetch) => [...rootFields(parse(fetch, { noLocation: true }), undefined, () => true)]));
  return [...rootFields(document, operationName, ofRoot)].filter((name) => !planned.has(name));
}

function rootFetches(node: PlanNode | SubscriptionNode | undefined): string[] {
  switch (node?.kind) {
    case 'Fetch':
      return node.requires ? [] : [node.operation];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(rootFetches);
    case 'Condition':
      return [...rootFetches(node.ifClause), ...rootFetches(node.elseClause)];
    case 'Defer':
      return [node.primary, ...node.deferred].flatMap((part) => rootFetches(part.node));
    case 'Subscription':
      return rootFetches(node.primary);
  }
  return [];
}

/** Without introspection, which the gateway answers itself, and what can never be included: the planner leaves such a field out as well. */
function rootFields(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { field, when } of placesIn(document, operationName, ofRoot))
    if (when !== null && !field.name.value.startsWith('__')) names.add(responseName(field));
  return names;
}

/** The document with all that is in it wanted, whatever its @skip and @include say. */
export function unconditional(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: (directive) => (isCondition(directive) ? null : undefined) });
}
