import {
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js';
import { getVariableValues } from 'graphql/execution/values.js';
import type { Asked } from './operation.ts';

/**
 * Where an answer does not have exactly the keys that GraphQL's CollectFields gives for one of the types that the object can
 * be of, in that order; undefined when it has. Stock execution puts selections on one type together, and so has another order.
 */
export function misordered(schema: GraphQLSchema, { query, variables }: Asked, answer: unknown): string | undefined {
  const document = parse(query);
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  const fragments: Record<string, FragmentDefinitionNode> = {};
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments[one.name.value] = one;
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], variables) as {
    coerced?: Record<string, unknown>;
  };

  type Fields = ReturnType<typeof collectFields>;
  const wrongObject = (
    object: Readonly<Record<string, unknown>>,
    type: GraphQLObjectType,
    fields: Fields,
    at: string,
  ): string | undefined => {
    const keys = Object.keys(object);
    const wanted = [...fields.keys()];
    if (keys.join() !== wanted.join()) return `${at}: ${keys} instead of ${wanted} of ${type.name}`;
    for (const [name, nodes] of fields) {
      const field = nodes[0]?.name.value ?? '';
      const output = schema.getQueryType() === type && field.startsWith('__') ? undefined : type.getFields()[field]?.type;
      const wrong = output && wrongValue(object[name], output, nodes, `${at}.${name}`);
      if (wrong) return wrong;
    }
    return undefined;
  };
  const wrongValue = (
    value: unknown,
    output: GraphQLOutputType,
    nodes: Parameters<typeof collectSubfields>[4],
    at: string,
  ): string | undefined => {
    if (value === null || !isCompositeType(getNamedType(output))) return undefined;
    if (Array.isArray(value)) return value.map((item, index) => wrongValue(item, output, nodes, `${at}[${index}]`)).find((wrong) => wrong);
    const named = getNamedType(output);
    if (!isCompositeType(named)) return undefined;
    // An object of an @interfaceObject whose own type nobody could tell has what is selected of the interface.
    const types = isAbstractType(named)
      ? [...schema.getPossibleTypes(named), ...(isInterfaceType(named) ? [named as unknown as GraphQLObjectType] : [])]
      : [named];
    const wrongs = types.map((type) =>
      wrongObject(value as Record<string, unknown>, type, collectSubfields(schema, fragments, coerced, type, nodes), at),
    );
    return wrongs.includes(undefined) ? undefined : wrongs[0];
  };
  const root = schema.getRootType(operation.operation);
  if (!root || typeof answer !== 'object' || answer === null) return undefined;
  return wrongObject(
    answer as Record<string, unknown>,
    root,
    collectFields(schema, fragments, coerced, root, operation.selectionSet),
    'data',
  );
}
