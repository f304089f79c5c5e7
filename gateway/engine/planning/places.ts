import { type DirectiveNode, type DocumentNode, type FieldNode, getOperationAST, Kind, type SelectionNode } from 'graphql';
import { type Fragments, fragmentsOf, isCondition, isOfRoot, type OfRoot } from '../document.ts';

/** What variables have to be for something to be selected, by their names; {}: whatever they are. */
export type Case = Readonly<Record<string, boolean>>;

/** One place where a root field is selected. */
export interface Place {
  readonly field: FieldNode;
  /** When it is; null for never. */
  readonly when: Case | null;
}

/** The places of an operation's root fields in the order in which GraphQL comes by them. */
export function placesIn(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot): Iterable<Place> {
  return placesOf(getOperationAST(document, operationName)?.selectionSet.selections ?? [], fragmentsOf(document), ofRoot, {});
}

function* placesOf(selections: readonly SelectionNode[], fragments: Fragments, ofRoot: OfRoot, around: Case | null): Iterable<Place> {
  for (const selection of selections) {
    const when = (selection.directives ?? []).filter(isCondition).reduce(both, around);
    if (selection.kind === Kind.FIELD) {
      yield { field: selection, when };
      continue;
    }
    const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
    if (fragment && isOfRoot(fragment, ofRoot)) yield* placesOf(fragment.selectionSet.selections, fragments, ofRoot, when);
  }
}

/** A case under one more condition. */
function both(when: Case | null, { name, arguments: given }: DirectiveNode): Case | null {
  const value = given?.[0]?.value;
  const wanted = name.value === 'include';
  if (when === null) return null;
  if (value?.kind === Kind.VARIABLE) return narrowed(when, value.name.value, wanted);
  return value?.kind === Kind.BOOLEAN && value.value === wanted ? when : null;
}

/** null where the case already says otherwise. */
export function narrowed(when: Case, variable: string, value: boolean): Case | null {
  if (Object.hasOwn(when, variable)) return when[variable] === value ? when : null;
  return { ...when, [variable]: value };
}
