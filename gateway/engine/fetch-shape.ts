import { type DocumentNode, type FieldNode, getOperationAST, Kind, type SelectionSetNode } from 'graphql';
import { fragmentsOf, responseName } from './document.ts';

/** What can be told of a fetch's answer without the subgraph's schema. */
export interface FetchShape {
  readonly mutation: boolean;
  /** Whether it asks `_entities`, so that its fields belong to each representation; otherwise they are root fields. */
  readonly entities: boolean;
  /** What it selects of each representation, or of the root. */
  readonly selection: SelectionSetNode;
  /** What it selects of one representation of this type (or of the root, for any type name). */
  fields(typeName: string): readonly FieldNode[];
  /** Those of `fields` that are selected without a condition, by response name. */
  promised(typeName: string): readonly string[];
  /** Whether objects are where the fetch selects of an object. `value`: the root's data, or an entity. */
  fits(value: unknown): boolean;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** No schema nests lists as deeply, and what does could not be walked to its end. */
const DEEPEST_LIST = 100;

export function readShape(document: DocumentNode): FetchShape {
  const fragments = fragmentsOf(document);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('A fetch without an operation.');
  const [root] = operation.selectionSet.selections;
  const entitySet = root?.kind === Kind.FIELD && root.name.value === '_entities' ? root.selectionSet : undefined;
  const top = entitySet ?? operation.selectionSet;
  // A representation whose type no fragment names is reached through one on an interface.
  const named = new Set(
    top.selections.flatMap((selection) => (selection.kind === Kind.INLINE_FRAGMENT ? (selection.typeCondition?.name.value ?? []) : [])),
  );

  interface Collected {
    readonly nodes: FieldNode[];
    promised: boolean;
  }
  /** Fields by response name; of a fragment on another type only what `typeName` has. null: every type's. */
  const collect = (set: SelectionSetNode, typeName: string | null, sure = true, into = new Map<string, Collected>()) => {
    for (const selection of set.selections) {
      const certain = sure && (selection.directives?.length ?? 0) === 0;
      if (selection.kind === Kind.FIELD) {
        const name = responseName(selection);
        const known = into.get(name);
        if (known) {
          known.nodes.push(selection);
          known.promised ||= certain;
        } else into.set(name, { nodes: [selection], promised: certain });
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const condition = fragment.typeCondition?.name.value;
      const meant = typeName === null || condition === undefined || condition === typeName;
      if (meant || !named.has(typeName)) collect(fragment.selectionSet, typeName, certain && meant, into);
    }
    return into;
  };

  const byType = new Map<string, ReadonlyMap<string, Collected>>();
  const ofType = (typeName: string) => {
    let found = byType.get(typeName);
    if (!found) {
      found = collect(top, typeName);
      byType.set(typeName, found);
    }
    return found;
  };

  const nested = new WeakMap<SelectionSetNode, ReadonlyMap<string, Collected>>();
  const fits = (value: unknown, set: SelectionSetNode, depth = 0): boolean => {
    if (value === null || value === undefined) return true;
    if (Array.isArray(value)) return depth < DEEPEST_LIST && value.every((item) => fits(item, set, depth + 1));
    if (!isObject(value)) return false;
    let selected = nested.get(set);
    if (!selected) {
      selected = collect(set, null);
      nested.set(set, selected);
    }
    for (const [name, { nodes }] of selected)
      for (const node of nodes) if (node.selectionSet && !fits(value[name], node.selectionSet)) return false;
    return value.__typename === undefined || typeof value.__typename === 'string';
  };

  return {
    mutation: operation.operation === 'mutation',
    entities: entitySet !== undefined,
    selection: top,
    fields: (typeName) => [...ofType(typeName).values()].flatMap(({ nodes: [first] }) => first ?? []),
    promised: (typeName) => [...ofType(typeName)].flatMap(([name, { promised }]) => (promised ? [name] : [])),
    fits: (value) => fits(value, top),
  };
}
