import { isCompositeType, possibleRuntimeTypes, type Schema } from '@apollo/federation-internals';
import type { FetchNode, PlanNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type EntityField, entityFields, fetchDocument, onlySelected } from './entity-fetch.ts';
import type { Requirements } from './required-arguments.ts';

type Selections = readonly QueryPlanSelectionNode[];

/**
 * The plan with each fetch's `requires` saying what its fields need, where the planner does not: a field that was
 * required with arguments stands there as `{ alias, name }`, read as `alias` from the answer so far and sent as `name`.
 * A representation has room for one `price`: fields that need it in euros and in dollars are asked for in two fetches.
 */
export function withRequiredArguments(node: PlanNode, requirements: Requirements, supergraph: Schema): PlanNode {
  const within = (inner: PlanNode) => withRequiredArguments(inner, requirements, supergraph);
  switch (node.kind) {
    case 'Sequence':
      return { ...node, nodes: node.nodes.map(within) };
    case 'Parallel':
      return { ...node, nodes: node.nodes.map(within).flatMap((inner) => (inner.kind === 'Parallel' ? inner.nodes : inner)) };
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause && { ifClause: within(node.ifClause) }),
        ...(node.elseClause && { elseClause: within(node.elseClause) }),
      };
    case 'Defer':
      return {
        ...node,
        primary: { ...node.primary, ...(node.primary.node && { node: within(node.primary.node) }) },
        deferred: node.deferred.map((part) => ({ ...part, ...(part.node && { node: within(part.node) }) })),
      };
    case 'Flatten': {
      const inner = within(node.node);
      if (inner.kind !== 'Parallel') return { ...node, node: inner };
      return { kind: 'Parallel', nodes: inner.nodes.map((one) => ({ ...node, node: one })) };
    }
    case 'Fetch': {
      const [first = node, ...others] = splitFetch(node, requirements, supergraph);
      return others.length === 0 ? first : { kind: 'Parallel', nodes: [first, ...others] };
    }
  }
}

/** Fields of an entity fetch that are asked for together, and what they need of each type. */
interface Share {
  readonly fields: EntityField[];
  readonly requires: Selections;
}

function splitFetch(fetch: FetchNode, requirements: Requirements, supergraph: Schema): FetchNode[] {
  const { requires, serviceName } = fetch;
  if (!requires) return [fetch];
  const document = fetchDocument(fetch.operation);
  const needs = (fields: readonly EntityField[], typeName: string) =>
    fields.flatMap((field) => (overlap(typeName, field.typeName, supergraph) ? requirements(serviceName, field.typeName, field.name) : []));
  const all = entityFields(document);
  if (all.every(({ typeName, name }) => requirements(serviceName, typeName, name).length === 0)) return [fetch];

  const shareOf = (fields: EntityField[]): Share => ({
    fields,
    requires: requires.map((entity) => {
      if (entity.kind === 'Field' || entity.typeCondition === undefined) return entity;
      const { typeCondition, selections } = entity;
      return {
        ...entity,
        selections: merged([...withoutArguments(selections, typeCondition, supergraph), ...needs(fields, typeCondition)]),
      };
    }),
  });
  let shares: Share[] = [];
  for (const field of all) {
    const host = shares.map((share) => ({ share, wider: shareOf([...share.fields, field]) })).find(({ wider }) => !clash(wider.requires));
    if (host) shares = shares.map((share) => (share === host.share ? host.wider : share));
    else shares.push(shareOf([field]));
  }
  return shares.map(({ fields, requires: own }) => ({
    ...fetch,
    requires: [...own],
    ...(fields.length === all.length ? {} : onlySelected(fetch, document, fields)),
  }));
}

/** Whether some object is of both types. A fetch may name an interface where its representations name objects. */
function overlap(one: string, other: string, supergraph: Schema): boolean {
  if (one === other) return true;
  const [a, b] = [one, other].map((name) => {
    const type = supergraph.type(name);
    return type && isCompositeType(type) ? possibleRuntimeTypes(type).map((runtime) => runtime.name) : [];
  });
  return a?.some((name) => b?.includes(name)) ?? false;
}

/** Keys have no arguments: a field with some is here because a `@requires` asks for it. */
function withoutArguments(selections: Selections, typeName: string, supergraph: Schema): QueryPlanSelectionNode[] {
  return selections.flatMap((selection): QueryPlanSelectionNode | [] => {
    let inner = typeName;
    if (selection.kind === 'InlineFragment') inner = selection.typeCondition ?? typeName;
    else {
      const type = supergraph.type(typeName);
      const field = type && 'field' in type && selection.name !== '__typename' ? type.field(selection.name) : undefined;
      if (field?.kind === 'FieldDefinition') {
        if (field.hasArguments()) return [];
        inner = (field.type && baseName(field.type.toString())) ?? typeName;
      }
    }
    if (!selection.selections) return selection;
    const kept = withoutArguments(selection.selections, inner, supergraph);
    return kept.length === 0 ? [] : { ...selection, selections: kept };
  });
}

function baseName(type: string): string {
  return type.replace(/[[\]!]/g, '');
}

/** Each field and each type condition once. */
function merged(selections: Selections): QueryPlanSelectionNode[] {
  const places = new Map<string, QueryPlanSelectionNode>();
  for (const selection of selections) {
    const key = selection.kind === 'Field' ? (selection.alias ?? selection.name) : `... on ${selection.typeCondition}`;
    const inner = [...(places.get(key)?.selections ?? []), ...(selection.selections ?? [])];
    places.set(key, selection.selections ? { ...selection, selections: merged(inner) } : selection);
  }
  return [...places.values()];
}

/** Whether one field is needed twice. */
function clash(selections: Selections): boolean {
  const names = selections.flatMap((selection) => (selection.kind === 'Field' ? selection.name : []));
  return new Set(names).size < names.length || selections.some((selection) => clash(selection.selections ?? []));
}
