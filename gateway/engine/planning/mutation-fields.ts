import {
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  print,
  type SelectionNode,
  visit,
} from 'graphql';
import { type Fragments, fragmentsOf, isCondition, type OfRoot, responseName } from '../document.ts';
import { type Case, narrowed, type Place, placesIn } from './places.ts';

/** So many cases of one field no sensible client tells apart; beyond, the planner would be given more than was asked. */
const MOST_CASES = 64;

/** Of a mutation that selects nothing whatever its variables are. The planner overlooks what rules that out inside of other conditions. */
const NOTHING: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
  directives: [
    {
      kind: Kind.DIRECTIVE,
      name: { kind: Kind.NAME, value: 'skip' },
      arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value: { kind: Kind.BOOLEAN, value: true } }],
    },
  ],
};

/** A mutation whose fields are selected under so many combinations of variables that they can't be told apart. */
export class TooManyCases extends Error {}

/**
 * GraphQL executes a mutation's field once for each response name, at the first place that selects it, one after the other. Apollo's
 * planner takes fields out of fragments before those beside them, and plans a field once for each condition under which it is selected;
 * what was to be changed once would be changed twice, or too early. So a mutation's root is written out: each field without fragments,
 * and, where a variable decides which place is the first, at each of them, in cases of which one holds at most.
 * Any other document is answered as it is. Throws TooManyCases.
 */
export function inOrder(document: DocumentNode, operationName: string | undefined, ofRoot: OfRoot): DocumentNode {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return document;
  const { selections } = operation.selectionSet;
  if (selections.every(isPlain) && new Set(selections.map((field) => responseName(field as FieldNode))).size === selections.length)
    return document;
  const places = [...placesIn(document, operationName, ofRoot)];
  const byName = new Map<string, Place[]>();
  const written = places
    .map((place) => {
      const same = byName.get(responseName(place.field)) ?? [];
      byName.set(responseName(place.field), same);
      return { place, same, before: same.push(place) - 1 };
    })
    .flatMap(({ place: { field, when }, same, before }) =>
      casesWithout(when, same.slice(0, before), field).map((one) => whole(field, one, same)),
    );
  return ofSelections(document, operation, written.length > 0 ? written : [NOTHING]);
}

/**
 * A mutation that `inOrder` wrote out, in documents to be planned one after the other. Apollo puts all that is selected under one
 * condition where the first of it stands; so what would be moved by that begins the next document.
 */
export function inTurns(document: DocumentNode, operationName: string | undefined): readonly DocumentNode[] {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return [document];
  const turns: SelectionNode[][] = [[]];
  let before: readonly string[] = [];
  const left = new Set<string>();
  for (const selection of operation.selectionSet.selections) {
    const around = conditionsAround(selection);
    for (const one of before) if (!around.includes(one)) left.add(one);
    if (around.some((one) => left.has(one))) {
      turns.push([]);
      left.clear();
    }
    turns.at(-1)?.push(selection);
    before = around;
  }
  return turns.length === 1 ? [document] : turns.map((selections) => ofSelections(document, operation, selections));
}

/** The conditions of the fragments in which a field stands alone, each with those around it. */
function conditionsAround(selection: SelectionNode | undefined, outer = ''): readonly string[] {
  if (selection?.kind !== Kind.INLINE_FRAGMENT) return [];
  const here = `${outer}${selection.directives?.map(print).join(' ')}\n`;
  return [here, ...conditionsAround(selection.selectionSet.selections[0], here)];
}

function ofSelections(document: DocumentNode, operation: OperationDefinitionNode, selections: readonly SelectionNode[]): DocumentNode {
  const once: OperationDefinitionNode = { ...operation, selectionSet: { ...operation.selectionSet, selections } };
  // The planner puts back the client's own fragments where they fit, and takes them out again: what is no longer spread must be gone.
  const fragments = spreadIn(once, fragmentsOf(document));
  return { ...document, definitions: [once, ...fragments] };
}

/** The fragments that are spread in the operation, directly or in each other. */
function spreadIn(operation: OperationDefinitionNode, fragments: Fragments): ReadonlySet<FragmentDefinitionNode> {
  const found = new Set<FragmentDefinitionNode>();
  const look = (within: ASTNode) =>
    visit(within, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (!fragment || found.has(fragment)) return;
        found.add(fragment);
        look(fragment);
      },
    });
  look(operation);
  return found;
}

function isPlain(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && !selection.directives?.some(isCondition);
}

/** When a place selects its field and none of those before it did, in cases that exclude each other. */
function casesWithout(when: Case | null, before: readonly Place[], field: FieldNode): readonly Case[] {
  let cases: readonly Case[] = when === null ? [] : [when];
  for (const place of before) {
    cases = cases.flatMap((one) => outside(one, place.when));
    if (cases.length > MOST_CASES)
      throw new TooManyCases(`"${responseName(field)}" is selected under too many different conditions. Select it in one place.`);
  }
  return cases;
}

/** `one` without `other`, in cases that exclude each other. */
function outside(one: Case, other: Case | null): readonly Case[] {
  if (other === null) return [one];
  const cases: Case[] = [];
  let rest: Case | null = one;
  for (const [variable, value] of Object.entries(other)) {
    const not: Case | null = rest && narrowed(rest, variable, !value);
    if (not) cases.push(not);
    rest = rest && narrowed(rest, variable, value);
  }
  return cases;
}

/** The field as it is executed in a case, with what every place selects of it. */
function whole(field: FieldNode, when: Case, places: readonly Place[]): SelectionNode {
  const bare: FieldNode = { ...field, directives: (field.directives ?? []).filter((directive) => !isCondition(directive)) };
  if (!field.selectionSet) return under(Object.entries(when), [bare]);
  const parts = places.flatMap((place) => {
    const selected = place.field.selectionSet?.selections ?? [];
    const more = Object.entries(place.when ?? {}).filter(([variable]) => !Object.hasOwn(when, variable));
    const excluded = place.when === null || Object.entries(place.when).some(([variable, value]) => when[variable] === !value);
    if (excluded || selected.length === 0) return [];
    return more.length > 0 ? [under(more, selected)] : selected;
  });
  return under(Object.entries(when), [{ ...bare, selectionSet: { ...field.selectionSet, selections: parts } }]);
}

/** The selections inside of a fragment for each variable; of none, the one selection itself. */
function under([first, ...others]: readonly (readonly [string, boolean])[], selections: readonly SelectionNode[]): SelectionNode {
  const [only] = selections;
  if (!first && only) return only;
  const [variable, value] = first ?? ['', true];
  const condition: DirectiveNode = {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: value ? 'include' : 'skip' },
    arguments: [
      {
        kind: Kind.ARGUMENT,
        name: { kind: Kind.NAME, value: 'if' },
        value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } },
      },
    ],
  };
  const inner = others.length > 0 ? [under(others, selections)] : selections;
  return { kind: Kind.INLINE_FRAGMENT, directives: [condition], selectionSet: { kind: Kind.SELECTION_SET, selections: inner } };
}
