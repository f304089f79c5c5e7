import {
  coerceInputValue,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';

/**
 * The first variable that does not fit its type, as an error that says where and which type and never repeats the
 * value (graphql-js's own does); null when all fit.
 */
export function wrongVariable(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    // biome-ignore lint/suspicious/noExplicitAny: typeFromAST is overloaded by the kind of node.
    const type = typeFromAST(schema, definition.type as any);
    if (!type || !isInputType(type)) continue;
    if (!Object.hasOwn(variables, name) || variables[name] === undefined) {
      if (isNonNullType(type) && definition.defaultValue === undefined)
        return refusal(`Variable "$${name}" is missing; it is of type ${type}.`);
      continue;
    }
    const wrong: string[] = [];
    coerceInputValue(variables[name], type, (path, _, error) => {
      // A key that the type does not have came from the client too, so paths stop at what the schema names.
      const at = path.filter((part) => typeof part === 'number' || schemaNames(schema).has(part)).join('.');
      const place = `Variable "$${name}"${at === '' ? '' : ` at "${at}"`}`;
      // Our scalars say what they expect and hold no value; of graphql-js's messages only this one is the schema's own.
      const harmless = error.extensions.code === 'BAD_USER_INPUT' || MISSING_FIELD.test(error.message);
      wrong.push(`${place} does not fit its type ${type}.${harmless ? ` ${error.message}` : ''}`);
    });
    if (wrong[0]) return refusal(wrong[0]);
  }
  return null;
}

const MISSING_FIELD = /^Field "\w+" of required type "[\w[\]!]+" was not provided\.$/;

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

const names = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** The names of all input fields. */
function schemaNames(schema: GraphQLSchema): ReadonlySet<string> {
  let found = names.get(schema);
  if (!found) {
    found = new Set(Object.values(schema.getTypeMap()).flatMap((type) => ('getFields' in type ? Object.keys(type.getFields()) : [])));
    names.set(schema, found);
  }
  return found;
}
