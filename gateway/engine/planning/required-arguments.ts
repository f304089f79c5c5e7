import type { SelectionSet } from '@apollo/federation-internals';
import type { QueryPlanner, QueryPlanSelectionNode } from '@apollo/query-planner';

/** Response names that begin so are the planner's own, for what a `@requires` asks for with arguments. */
const REQUIRED = '_requires__';

/**
 * What the gateway has to know of a type's object to ask `service` for `field` of it, by the `@requires` of that field: a
 * selection where each field with arguments has an alias. Empty for a field that requires none with arguments.
 */
export type Requirements = (service: string, typeName: string, field: string) => readonly QueryPlanSelectionNode[];

/**
 * Gives each field that some `@requires` asks for, and that takes arguments, a response name of its own for these
 * arguments. Without, `@requires(fields: "comments(limit: 3)")` and a client's `comments(limit: 1)` take each other's
 * place, and so do two `@requires`.
 *
 * Federation knows no aliases in `@requires`, so this is done to the planner's graph, where a requirement is a selection
 * like any other. The planner leaves the aliases out of a fetch's `requires`: see `representations.ts`.
 */
export function aliasRequiredArguments(planner: QueryPlanner): Requirements {
  const responseNames = new Map<string, string>();
  const responseName = (asked: string, field: string) => {
    const name = responseNames.get(asked) ?? `${REQUIRED}${field}_${responseNames.size}`;
    responseNames.set(asked, name);
    return name;
  };
  const aliased = (selections: SelectionSet): SelectionSet =>
    selections.lazyMap((selection) => {
      const inner = selection.selectionSet && aliased(selection.selectionSet);
      // Also a field whose arguments are all left to their defaults: a client may give others.
      if (selection.kind === 'FieldSelection' && selection.element.definition.hasArguments()) {
        const name = responseName(selection.element.toString(), selection.element.name);
        return selection.withUpdatedComponents(selection.element.withUpdatedAlias(name), inner);
      }
      return inner && inner !== selection.selectionSet ? selection.withUpdatedSelectionSet(inner) : selection;
    });

  // Copies of an edge share their conditions, and the planner compares these by identity first.
  const known = new Map<SelectionSet, SelectionSet>();
  const requirements = new Map<string, readonly QueryPlanSelectionNode[]>();
  // biome-ignore lint/complexity/useLiteralKeys: only so TypeScript lets a private member be read
  for (const edge of planner['federatedQueryGraph'].allEdges()) {
    const { head, transition, conditions } = edge;
    if (transition.kind !== 'FieldCollection' || !conditions) continue;
    const own = known.get(conditions) ?? aliased(conditions);
    known.set(conditions, own);
    if (own === conditions) continue;
    Object.assign(edge, { _conditions: own });
    requirements.set(place(head.source, head.type.name, transition.definition.name), nodes(own));
  }
  return (service, typeName, field) => requirements.get(place(service, typeName, field)) ?? [];
}

function place(service: string, typeName: string, field: string): string {
  return `${service}\n${typeName}.${field}`;
}

function nodes(selections: SelectionSet): QueryPlanSelectionNode[] {
  return selections.selections().map((selection): QueryPlanSelectionNode => {
    if (selection.kind === 'FragmentSelection') {
      const typeCondition = selection.element.typeCondition?.name;
      return { kind: 'InlineFragment', ...(typeCondition && { typeCondition }), selections: nodes(selection.selectionSet) };
    }
    const { name, alias } = selection.element;
    return { kind: 'Field', name, ...(alias && { alias }), ...(selection.selectionSet && { selections: nodes(selection.selectionSet) }) };
  });
}
