import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { type DirectiveNode, type DocumentNode, getOperationAST, Kind, parse, type SelectionNode } from 'graphql';

/**
 * The response names of the operation's root fields that its plan asks nobody for. The planner leaves such fields out when
 * no subgraph could ever answer a part of them, and they would come out null as if that were the answer.
 */
export function unplannedFields(document: DocumentNode, operationName: string | undefined, { node }: QueryPlan): string[] {
  const planned = new Set(rootFetches(node).flatMap((fetch) => rootFields(parse(fetch, { noLocation: true }), undefined)));
  return rootFields(document, operationName).filter((name) => !planned.has(name));
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

/** Without introspection, which the gateway answers itself, and what is never included. */
function rootFields(document: DocumentNode, operationName: string | undefined): string[] {
  const names = new Set<string>();
  const collect = (selections: readonly SelectionNode[]) => {
    for (const selection of selections) {
      if (selection.directives?.some(excludes)) continue;
      if (selection.kind === Kind.FIELD) {
        if (!selection.name.value.startsWith('__')) names.add(selection.alias?.value ?? selection.name.value);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragmentOf(document, selection.name.value) : selection;
      collect(fragment?.selectionSet.selections ?? []);
    }
  };
  collect(getOperationAST(document, operationName)?.selectionSet.selections ?? []);
  return [...names];
}

function fragmentOf(document: DocumentNode, name: string) {
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) return definition;
  return undefined;
}

function excludes({ name, arguments: given = [] }: DirectiveNode): boolean {
  const condition = given[0]?.value;
  return condition?.kind === Kind.BOOLEAN && condition.value === (name.value === 'skip') && ['skip', 'include'].includes(name.value);
}
