import {
  type ArgumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getVariableValues,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  print,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { ownValue, type Variable, variableOf } from './fitting-values.ts';
import type { Variables } from './run.ts';

/**
 * What coerces an operation's variables; null where they do not fit. A list of entity representations, which coercion leaves as it is, is only
 * searched for nulls.
 */
export function variablesOf(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
): (given: Variables) => Variables | null {
  const anything = variableDefinitions.filter(({ type }) => print(type) === '[_Any!]!').map(({ variable }) => variable.name.value);
  const others = variableDefinitions.filter(({ variable }) => !anything.includes(variable.name.value));
  const checks = others.map((definition) => variableOf(schema, definition));
  return (given) => {
    const coerced = picked(given, checks) ?? getVariableValues(schema, others, given, { maxErrors: 1 }).coerced;
    if (!coerced) return null;
    for (const name of anything) {
      const list = given[name];
      if (!Array.isArray(list) || list.some((item) => item === null || item === undefined)) return null;
      coerced[name] = list;
    }
    return coerced;
  };
}

/** The values as they are; null when one of them may have to be made another. */
function picked(given: Variables, variables: readonly (Variable | null)[]): Record<string, unknown> | null {
  const values: Record<string, unknown> = Object.create(null);
  for (const variable of variables) {
    if (!variable) return null;
    const value = ownValue(given, variable.name);
    if (value === undefined && variable.optional) continue;
    if (!variable.fits(value)) return null;
    values[variable.name] = value;
  }
  return values;
}

type Arguments = Readonly<Record<string, unknown>>;

const NO_ARGUMENTS: Arguments = Object.freeze({});

/**
 * What gives a field its arguments; it throws what is wrong with them. Literals are read once, and variables taken over as they are, for
 * a validated document uses them where their type fits. What is out of the ordinary is left to graphql-js, which knows what to say of it.
 */
export function argumentsOf(definition: GraphQLField<unknown, unknown>, node: FieldNode): (variables: Variables) => Arguments {
  if (definition.args.length === 0) return () => NO_ARGUMENTS;
  const given = new Map<string, ArgumentNode>(node.arguments?.map((argument) => [argument.name.value, argument]));
  const all = (variables: Variables): Arguments => getArgumentValues(definition, node, variables);
  const steps: { readonly name: string; readonly literal?: unknown; readonly variable?: string; readonly required: boolean }[] = [];
  for (const { name, type, defaultValue } of definition.args) {
    const value = given.get(name)?.value;
    const required = isNonNullType(type);
    if (value?.kind === Kind.VARIABLE) steps.push({ name, variable: value.name.value, required });
    else if (value && hasVariable(value)) return all;
    else {
      const literal = value ? frozen(valueFromAST(value, type)) : defaultValue;
      if (literal !== undefined) steps.push({ name, literal, required });
      else if (value || required) return all;
    }
  }
  if (steps.every(({ variable }) => variable === undefined)) {
    const values = Object.freeze(Object.fromEntries(steps.map(({ name, literal }) => [name, literal])));
    return () => values;
  }
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, literal, variable, required } of steps) {
      const value = variable === undefined ? literal : ownValue(variables, variable);
      if (value === undefined || (value === null && required)) return all(variables);
      values[name] = value;
    }
    return values;
  };
}

/** All runs of a document share its literals, so a resolver that wants to change one has to copy it. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) value.forEach(frozen);
  // What coercion made of an input object has no prototype; anything else is a scalar's own.
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null) Object.values(value).forEach(frozen);
  else return value;
  return Object.freeze(value);
}

function hasVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(hasVariable);
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => hasVariable(field.value));
  return value.kind === Kind.VARIABLE;
}
