import { coerceInputValue, type DocumentNode, GraphQLError, type GraphQLSchema, Kind, type OperationDefinitionNode, visit } from 'graphql';
import { ownValue, type Variable, variableOf } from '../../kernel/execution/fitting-values.ts';

/**
 * The first variable that does not fit its type, as an error that says where and which type and never repeats the
 * value (graphql-js's own does); null when all fit.
 */
export function wrongVariable(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  document: DocumentNode,
): GraphQLError | null {
  if (!operation.variableDefinitions?.length) return null;
  const { known, conditions } = variablesOf(schema, operation, document);
  for (const variable of known) {
    const { name, type, required } = variable;
    const value = ownValue(variables, name);
    // A default lets a variable that may be null stand where null may not; a null that is sent is no default.
    if (value === null && conditions.has(name))
      return refusal(`Variable "$${name}" is null, and decides a condition. Send true or false, or leave it out.`);
    if (value === undefined) {
      if (required) return refusal(`Variable "$${name}" is missing; it is of type ${type}.`);
      continue;
    }
    if (isTooDeep(value)) return refusal(`Variable "$${name}" is nested more than ${DEEPEST} deep. Send it with less in one another.`);
    const wrong = variable.fits(value) ? undefined : problem(schema, variable, value);
    if (wrong) return refusal(wrong);
  }
  return null;
}

/** Whoever reads a value goes down with it: beyond any that means something the stack would end. */
const DEEPEST = 100;

function isTooDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  return Array.isArray(value)
    ? value.some((one) => isTooDeep(one, left - 1))
    : Object.values(value).some((one) => isTooDeep(one, left - 1));
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

interface Variables {
  readonly schema: GraphQLSchema;
  readonly known: readonly Variable[];
  /** Names of those in `@skip` and `@include`. */
  readonly conditions: ReadonlySet<string>;
}

const read = new WeakMap<OperationDefinitionNode, Variables>();

function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode, document: DocumentNode): Variables {
  const found = read.get(operation);
  // The same document may be asked of the next supergraph.
  if (found?.schema === schema) return found;
  const { variableDefinitions = [] } = operation;
  const known = variableDefinitions.map((definition) => variableOf(schema, definition)).filter((variable) => variable !== null);
  const variables = { schema, known, conditions: conditionsOf(operation, document) };
  read.set(operation, variables);
  return variables;
}

function conditionsOf(operation: OperationDefinitionNode, { definitions }: DocumentNode): ReadonlySet<string> {
  const conditions = new Set<string>();
  for (const definition of definitions)
    if (definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION)
      visit(definition, {
        Directive: ({ name, arguments: args = [] }) => {
          if (name.value !== 'skip' && name.value !== 'include') return;
          for (const { value } of args) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
        },
      });
  return conditions;
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
