import { type ASTNode, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

const TYPENAME: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};

/**
 * The document without questions about the schema itself, which the gateway answers: the planner leaves them out only where
 * they stand outside of fragments, and gives up on others. An operation of nothing else is left without any selection.
 * The same object when there are none.
 */
export function withoutIntrospection(document: DocumentNode): DocumentNode {
  const emptied = new Set<string>();
  const left = visit(document, {
    Field: {
      enter: ({ name }) => (name.value === '__schema' || name.value === '__type' ? null : undefined),
      leave: (field) => (isEmpty(field) ? { ...field, selectionSet: TYPENAME } : undefined),
    },
    InlineFragment: { leave: (fragment) => (isEmpty(fragment) ? null : undefined) },
    FragmentDefinition: {
      leave: (fragment) => {
        if (!isEmpty(fragment)) return undefined;
        emptied.add(fragment.name.value);
        return null;
      },
    },
  });
  return emptied.size === 0 ? left : withoutIntrospection(withoutSpreads(left, emptied));
}

function withoutSpreads(document: DocumentNode, names: ReadonlySet<string>): DocumentNode {
  return visit(document, { FragmentSpread: ({ name }) => (names.has(name.value) ? null : undefined) });
}

function isEmpty(node: ASTNode & { readonly selectionSet?: SelectionSetNode | undefined }): boolean {
  return node.selectionSet?.selections.length === 0;
}
