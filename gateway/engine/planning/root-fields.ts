import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { type DirectiveNode, type DocumentNode, getOperationAST, Kind, parse, type SelectionNode, visit } from 'graphql';
import { fragmentsOf, isCondition, isOfRoot, type OfRoot, responseName } from '../document.ts';

/**
 * The response names of the operation's root fields that its plan asks nobody for. The planner leaves such fields out when
 * no subgraph could ever answer a part of them, and they would come out null as if that were the answer.
 * It also does when conditions leave nothing of them: see `unconditional`.
 */
export function unplannedFields(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot, { node }: QueryPlan): string[] {
  const planned = new Set(rootFetches(node).flatMap((fetch) => rootFields(parse(fetch, { noLocation: true }), undefined, () => true)));
  return rootFields(document, operationName, ofRoot).filter((name) => !planned.has(name));
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

/** Without introspection, which the gateway answers itself, and what can never be included. */
function rootFields(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot): string[] {
  const fragments = fragmentsOf(document);
  const names = new Set<string>();
  const collect = (selections: readonly SelectionNode[], outer: Wanted) => {
    for (const selection of selections) {
      const wanted = also(outer, selection.directives ?? []);
      if (!wanted) continue;
      if (selection.kind === Kind.FIELD) {
        if (!selection.name.value.startsWith('__')) names.add(responseName(selection));
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment && isOfRoot(fragment, ofRoot)) collect(fragment.selectionSet.selections, wanted);
    }
  };
  collect(getOperationAST(document, operationName)?.selectionSet.selections ?? [], new Map());
  return [...names];
}

/** The document with all that is in it wanted, whatever its @skip and @include say. */
export function unconditional(document: DocumentNode): DocumentNode {
  return visit(document, { Directive: (directive) => (isCondition(directive) ? null : undefined) });
}

/** What variables have to be for a selection to be answered. */
type Wanted = ReadonlyMap<string, boolean>;

/** undefined when @skip and @include leave no way: the planner leaves such a field out as well. */
function also(outer: Wanted, directives: readonly DirectiveNode[]): Wanted | undefined {
  const wanted = new Map(outer);
  for (const { name, arguments: given = [] } of directives.filter(isCondition)) {
    const condition = given[0]?.value;
    if (!condition) continue;
    const value = name.value === 'include';
    if (condition.kind === Kind.BOOLEAN && condition.value !== value) return undefined;
    if (condition.kind !== Kind.VARIABLE) continue;
    const variable = condition.name.value;
    if ((wanted.get(variable) ?? value) !== value) return undefined;
    wanted.set(variable, value);
  }
  return wanted;
}
