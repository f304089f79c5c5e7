import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionNode,
} from 'graphql';
import { type Fragments, fragmentsOf, isCondition, responseName } from '../document.ts';

/** One place where a root field is selected. */
interface Place {
  readonly field: FieldNode;
  /** The @skip and @include of the field and of the fragments around it, those that say yes anyway left out. */
  readonly conditions: readonly DirectiveNode[];
  /** Whether it has any of them, whatever they say. */
  readonly qualified: boolean;
}

/**
 * GraphQL executes a mutation's field once for each response name. Apollo's planner plans it once for each condition under which it
 * is selected, and what was to be changed once would be changed twice; so such selections are put together into one, at the first of
 * their places, those left out where it is never selected. Fields that are selected under conditions only, and different ones, are left
 * to the planner: there is no condition that says when one of them holds. Any other document is answered as it is.
 */
export function mutatingOnce(document: DocumentNode, operationName: string | undefined): DocumentNode {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return document;
  const places = placesOf(operation.selectionSet.selections, fragmentsOf(document), [], false);
  if (!byName(places).some((group) => group.length > 1 && group.some(({ qualified }) => qualified))) return document;
  const selections = byName(places.filter(({ conditions }) => !conditions.some(saysNo))).flatMap(together);
  if (selections.length === 0) return document;
  const once: OperationDefinitionNode = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  return { ...document, definitions: document.definitions.map((definition) => (definition === operation ? once : definition)) };
}

function placesOf(
  selections: readonly SelectionNode[],
  fragments: Fragments,
  around: readonly DirectiveNode[],
  qualified: boolean,
): readonly Place[] {
  return selections.flatMap((selection) => {
    const own = (selection.directives ?? []).filter(isCondition);
    const conditions = [...around, ...own.filter((condition) => constant(condition) !== true)];
    const marked = qualified || own.length > 0;
    if (selection.kind === Kind.FIELD) return [{ field: selection, conditions, qualified: marked }];
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    return placesOf(fragment?.selectionSet.selections ?? [], fragments, conditions, marked);
  });
}

/** The places of each response name, in the order in which the names first occur. */
function byName(places: readonly Place[]): readonly (readonly Place[])[] {
  const groups = new Map<string, Place[]>();
  for (const place of places) {
    const group = groups.get(responseName(place.field));
    if (group) group.push(place);
    else groups.set(responseName(place.field), [place]);
  }
  return [...groups.values()];
}

function saysNo(condition: DirectiveNode): boolean {
  return constant(condition) === false;
}

/** The selections of one response name. */
function together(group: readonly Place[]): readonly SelectionNode[] {
  const [first] = group;
  if (!first) return [];
  const texts = new Set(group.map(({ conditions }) => conditions.map(print).join(' ')));
  const always = texts.has('');
  if (!always && texts.size > 1) return group.map(({ field, conditions }) => under(conditions, bare(field)));
  const parts = group.flatMap(({ field, conditions }) => {
    const selected = field.selectionSet?.selections ?? [];
    return always && conditions.length > 0 && selected.length > 0 ? [under(conditions, ...selected)] : selected;
  });
  const field = bare(first.field);
  const one: FieldNode = field.selectionSet ? { ...field, selectionSet: { ...field.selectionSet, selections: parts } } : field;
  return [always ? one : under(first.conditions, one)];
}

function bare(field: FieldNode): FieldNode {
  return { ...field, directives: (field.directives ?? []).filter((directive) => !isCondition(directive)) };
}

/** The selections inside of a fragment for each condition. */
function under([condition, ...others]: readonly DirectiveNode[], ...selections: readonly SelectionNode[]): SelectionNode {
  const inner = others.length > 0 ? [under(others, ...selections)] : selections;
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives: condition ? [condition] : [],
    selectionSet: { kind: Kind.SELECTION_SET, selections: inner },
  };
}

/** Whether a condition that has no variable says yes; undefined for one that has. */
function constant({ name, arguments: given }: DirectiveNode): boolean | undefined {
  const value = given?.[0]?.value;
  return value?.kind === Kind.BOOLEAN ? value.value === (name.value === 'include') : undefined;
}
