import { type DirectiveNode, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type InlineFragmentNode, Kind } from 'graphql';

/** The named fragments of a document, by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

export function fragmentsOf(document: DocumentNode): Fragments {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return fragments;
}

/** What an answer calls the field. */
export function responseName(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}

/** Whether it is a @skip or an @include. */
export function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'skip' || name.value === 'include';
}

/** Whether a fragment on this type is meant for the operation's root: one on an interface may have some on other types inside. */
export type OfRoot = (typeCondition: string) => boolean;

export function isOfRoot({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode, ofRoot: OfRoot): boolean {
  return typeCondition === undefined || ofRoot(typeCondition.name.value);
}
