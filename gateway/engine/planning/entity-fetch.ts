import type { FetchNode } from '@apollo/query-planner';
import {
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import { fragmentsOf } from '../document.ts';

/** A field that a fetch asks of an entity. */
export interface EntityField {
  /** As the fetch names it: an object type or an interface of the subgraph. */
  readonly typeName: string;
  readonly name: string;
  readonly node: FieldNode;
}

/** The operation of a fetch without named fragments, which the planner takes over from the client where they are used often. */
export function fetchDocument(text: string): OperationDefinitionNode {
  const document = parse(text, { noLocation: true });
  const operation = getOperationAST(document);
  if (!operation) throw new Error('A fetch without an operation.');
  const fragments = fragmentsOf(document);
  // The replacement is visited in its turn, with the spreads in it.
  return visit(operation, {
    FragmentSpread({ name, directives }) {
      const fragment = fragments.get(name.value);
      if (!fragment) return undefined;
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet, ...(directives && { directives }) };
    },
  });
}

/** What is selected directly of the entities, in order. */
export function entityFields({ selectionSet }: OperationDefinitionNode): EntityField[] {
  const found: EntityField[] = [];
  const collect = (set: SelectionSetNode | undefined, typeName: string) => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FIELD) found.push({ typeName, name: selection.name.value, node: selection });
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, selection.typeCondition?.name.value ?? typeName);
    }
  };
  for (const entities of selectionSet.selections) if (entities.kind === Kind.FIELD) collect(entities.selectionSet, '');
  return found;
}

/** The fetch's operation with no other fields of the entities than these, and the variables that it still uses. */
export function onlySelected(
  { variableUsages }: FetchNode,
  { selectionSet, ...definition }: OperationDefinitionNode,
  fields: readonly EntityField[],
): Pick<FetchNode, 'operation' | 'variableUsages'> {
  const wanted = new Set<SelectionNode>(fields.map(({ node }) => node));
  const keep = (selection: SelectionNode): SelectionNode[] => {
    if (selection.kind !== Kind.INLINE_FRAGMENT) return wanted.has(selection) ? [selection] : [];
    const selections = selection.selectionSet.selections.flatMap(keep);
    return selections.length === 0 ? [] : [{ ...selection, selectionSet: { kind: Kind.SELECTION_SET, selections } }];
  };
  const entities = selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD && selection.selectionSet
      ? { ...selection, selectionSet: { ...selection.selectionSet, selections: selection.selectionSet.selections.flatMap(keep) } }
      : selection,
  );
  const used = new Set<string>();
  const rest: OperationDefinitionNode = { ...definition, selectionSet: { kind: Kind.SELECTION_SET, selections: entities } };
  visit({ ...rest, variableDefinitions: [] }, { Variable: ({ name }) => void used.add(name.value) });
  const variableDefinitions = (definition.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  return {
    operation: stripIgnoredCharacters(print({ ...rest, variableDefinitions })),
    ...(variableUsages && { variableUsages: variableUsages.filter((name) => used.has(name)) }),
  };
}
