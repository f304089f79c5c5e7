import { type ConstDirectiveNode, type DocumentNode, Kind, parse, visit } from 'graphql';

/**
 * The supergraph with the resolvable keys of each type before the others. Where the planner needs some key of a type, to come
 * back to a subgraph after `@requires`, it takes the first, and the subgraph would refuse one with `resolvable: false`.
 */
export function resolvableKeysFirst(supergraph: DocumentNode): DocumentNode {
  const ordered = <Definition extends { readonly directives?: readonly ConstDirectiveNode[] }>(definition: Definition): Definition => {
    const directives = definition.directives ?? [];
    const last = directives.filter(isUnresolvable);
    return last.length === 0 ? definition : { ...definition, directives: [...directives.filter((one) => !isUnresolvable(one)), ...last] };
  };
  return visit(supergraph, { ObjectTypeDefinition: ordered, InterfaceTypeDefinition: ordered });
}

function isUnresolvable({ name, arguments: given = [] }: ConstDirectiveNode): boolean {
  return (
    name.value === 'join__type' &&
    given.some((argument) => argument.name.value === 'resolvable' && argument.value.kind === Kind.BOOLEAN && !argument.value.value)
  );
}

/** Where the supergraph says, by a selection in a string, what the gateway itself asks for: keys, `@requires`, `@fromContext`. */
const SELECTIONS = new Set(['key', 'requires', 'selection']);

/** The names of the fields that the gateway selects for itself, on whatever type. */
export function ownSelections(supergraph: DocumentNode): ReadonlySet<string> {
  const names = new Set(['__typename']);
  const read = ({ name, value }: { readonly name: { readonly value: string }; readonly value: { readonly kind: Kind } }) => {
    if (!SELECTIONS.has(name.value) || value.kind !== Kind.STRING) return;
    const { value: text } = value as unknown as { readonly value: string };
    // A context's selection comes with its braces.
    const selection = parse(text.trimStart().startsWith('{') ? text : `{${text}}`, { noLocation: true });
    visit(selection, { Field: (field) => void names.add(field.name.value) });
  };
  visit(supergraph, {
    Directive: { enter: (directive) => (directive.name.value.startsWith('join__') ? undefined : false) },
    Argument: read,
    ObjectField: read,
  });
  return names;
}
