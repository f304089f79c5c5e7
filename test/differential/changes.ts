import {
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  parse,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { Asked } from './operation.ts';
import { changeText } from './subgraph.ts';

/** The fields of Mutation that GraphQL has executed, in their order, as graphql-js collects them on the whole schema. None for a query. */
export function changesOf(schema: GraphQLSchema, { query, variables }: Asked): readonly string[] {
  const document = parse(query);
  const operation = getOperationAST(document);
  const mutation = schema.getMutationType();
  if (operation?.operation !== 'mutation' || !mutation) return [];
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (!coerced) return [];
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return [...collectFields(schema, fragments, coerced, mutation, operation.selectionSet).entries()].flatMap(([name, [node]]) => {
    const field = node && mutation.getFields()[node.name.value];
    return field ? [changeText(name, field.name, getArgumentValues(field, node, coerced))] : [];
  });
}

/** Whether all of `some` are among `all`, in their order. */
export function inOrderOf(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const one of some) {
    at = all.indexOf(one, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
