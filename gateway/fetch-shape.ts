import { type DocumentNode, type FieldNode, type FragmentDefinitionNode, Kind, parse, type SelectionSetNode } from 'graphql';

/** What the gateway hands to `_entities` for one object: its type name and the fields that the subgraph needs. */
export type Representation = Readonly<Record<string, unknown>> & { readonly __typename: string };

/** One fetch of a query plan, read once and kept: plans are cached, so the same texts come again and again. */
export interface FetchShape {
  readonly document: DocumentNode;
  readonly mutation: boolean;
  /** Whether it asks `_entities`, so that `fields` belong to each representation; otherwise they are root fields. */
  readonly entities: boolean;
  /** What it selects of one representation of this type (or of the root, for any type name). */
  fields(typeName: string): readonly FieldNode[];
  /** Whether `data` is an answer to this fetch, as far as can be told without the subgraph's schema. */
  fits(data: unknown, representations: readonly Representation[]): boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const MOST_SHAPES = 2000;

/** Reads fetches; remembers the latest ones by their text. */
export function fetchShapes(): (query: string) => FetchShape {
  const known = new Map<string, FetchShape>();
  return (query) => {
    const found = known.get(query);
    if (found) return found;
    const shape = readShape(parse(query));
    if (known.size >= MOST_SHAPES) known.delete(known.keys().next().value ?? '');
    known.set(query, shape);
    return shape;
  };
}

function readShape(document: DocumentNode): FetchShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error('A fetch without an operation.');

  /** Fields by response name; of a fragment on another type only what `typeName` has. null: every type's. */
  const collect = (set: SelectionSetNode, typeName: string | null, into = new Map<string, FieldNode[]>()): Map<string, FieldNode[]> => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = responseName(selection);
        const same = into.get(name);
        if (same) same.push(selection);
        else into.set(name, [selection]);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition?.name.value;
      if (fragment && (typeName === null || condition === undefined || condition === typeName || !conditions.has(typeName)))
        collect(fragment.selectionSet, typeName, into);
    }
    return into;
  };

  const [root] = operation.selectionSet.selections;
  const entitySet = root?.kind === Kind.FIELD && root.name.value === '_entities' ? root.selectionSet : undefined;
  const top = entitySet ?? operation.selectionSet;
  // A representation whose type no fragment names is reached through one on an interface.
  const conditions = new Set(
    top.selections.flatMap((selection) => (selection.kind === Kind.INLINE_FRAGMENT ? (selection.typeCondition?.name.value ?? []) : [])),
  );

  const byType = new Map<string, readonly FieldNode[]>();
  const fields = (typeName: string) => {
    let found = byType.get(typeName);
    if (!found) {
      found = [...collect(top, typeName).values()].flatMap(([first]) => first ?? []);
      byType.set(typeName, found);
    }
    return found;
  };

  const nested = new WeakMap<SelectionSetNode, Map<string, FieldNode[]>>();
  const fitsSet = (value: unknown, set: SelectionSetNode): boolean => {
    if (value === null || value === undefined) return true;
    if (Array.isArray(value)) return value.every((item) => fitsSet(item, set));
    if (!isObject(value) || Object.hasOwn(value, '__proto__')) return false;
    let selected = nested.get(set);
    if (!selected) {
      selected = collect(set, null);
      nested.set(set, selected);
    }
    for (const [name, nodes] of selected) {
      const inner = value[name];
      if (inner === null || inner === undefined) continue;
      for (const node of nodes) if (node.selectionSet && !fitsSet(inner, node.selectionSet)) return false;
    }
    const typeName = value.__typename;
    return typeName === undefined || typeof typeName === 'string';
  };
  const hasAll = (value: Record<string, unknown>, wanted: readonly FieldNode[]) =>
    wanted.every((field) => Object.hasOwn(value, responseName(field)) || (field.directives?.length ?? 0) > 0);

  return {
    document,
    mutation: operation.operation === 'mutation',
    entities: entitySet !== undefined,
    fields,
    fits(data, representations) {
      if (!isObject(data)) return false;
      if (!entitySet) return hasAll(data, fields('')) && fitsSet(data, operation.selectionSet);
      const answers = data._entities;
      return (
        Array.isArray(answers) &&
        answers.length === representations.length &&
        answers.every((answer: unknown, index) => {
          if (answer === null) return true;
          const typeName = representations[index]?.__typename ?? '';
          return isObject(answer) && hasAll(answer, fields(typeName)) && fitsSet(answer, entitySet);
        })
      );
    },
  };
}

export function responseName(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}

/**
 * What is answered for a subgraph that can't: every requested field is null, so that the plan goes on with what
 * others say. What the gateway already knows of an object (its key) stays as it is.
 */
export function nullAnswer(shape: FetchShape, representations: readonly Representation[]): Record<string, unknown> {
  if (!shape.entities) return Object.fromEntries(shape.fields('').map((field) => [responseName(field), null]));
  return {
    _entities: representations.map((representation) => {
      const entity: Record<string, unknown> = { __typename: representation.__typename };
      for (const field of shape.fields(representation.__typename)) {
        const name = responseName(field);
        entity[name] = field.alias === undefined && Object.hasOwn(representation, name) ? representation[name] : null;
      }
      return entity;
    }),
  };
}
