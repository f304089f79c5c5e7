import { coerceInputValue, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { ownValue, type Variable, variableOf } from '../../kernel/execution/fitting-values.ts';

/**
 * The first variable that does not fit its type, as an error that says where and which type and never repeats the
 * value (graphql-js's own does); null when all fit.
 */
export function wrongVariable(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): GraphQLError | null {
  if (!operation.variableDefinitions?.length) return null;
  for (const variable of variablesOf(schema, operation)) {
    const { name, type, required } = variable;
    const value = ownValue(variables, name);
    if (value === undefined) {
      if (required) return refusal(`Variable "$${name}" is missing; it is of type ${type}.`);
      continue;
    }
    const wrong = variable.fits(value) ? undefined : problem(schema, variable, value);
    if (wrong) return refusal(wrong);
  }
  return null;
}

function problem(schema: GraphQLSchema, { name, type }: Variable, value: unknown): string | undefined {
  const wrong: string[] = [];
  coerceInputValue(value, type, (path, _, error) => {
    // A key that the type does not have came from the client too, so paths stop at what the schema names.
    const at = path.filter((part) => typeof part === 'number' || schemaNames(schema).has(part)).join('.');
    const place = `Variable "$${name}"${at === '' ? '' : ` at "${at}"`}`;
    // Our scalars say what they expect and hold no value; of graphql-js's messages only this one is the schema's own.
    const harmless = error.extensions.code === 'BAD_USER_INPUT' || MISSING_FIELD.test(error.message);
    wrong.push(`${place} does not fit its type ${type}.${harmless ? ` ${error.message}` : ''}`);
  });
  return wrong[0];
}

const MISSING_FIELD = /^Field "\w+" of required type "[\w[\]!]+" was not provided\.$/;

function refusal(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });
}

const read = new WeakMap<OperationDefinitionNode, { readonly schema: GraphQLSchema; readonly variables: readonly Variable[] }>();

function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode): readonly Variable[] {
  const found = read.get(operation);
  // The same document may be asked of the next supergraph.
  if (found?.schema === schema) return found.variables;
  const { variableDefinitions = [] } = operation;
  const variables = variableDefinitions.map((definition) => variableOf(schema, definition)).filter((variable) => variable !== null);
  read.set(operation, { schema, variables });
  return variables;
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
