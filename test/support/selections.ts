import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';

type Field = GraphQLField<unknown, unknown>;

/** Deeper than any of our types, so that a type that holds itself comes to an end. */
const DEPTH = 8;

const hasDirective = ({ astNode }: Pick<Field, 'astNode'>, name: string) =>
  astNode?.directives?.some((directive) => directive.name.value === name) ?? false;

/** By what an entity is known; undefined for what is none. What else is said of an entity is told elsewhere in a graph. */
function keyOf({ astNode }: GraphQLObjectType): string | undefined {
  const key = astNode?.directives?.find(({ name }) => name.value === 'key');
  const fields = key?.arguments?.find(({ name }) => name.value === 'fields')?.value;
  return fields?.kind === Kind.STRING ? fields.value : undefined;
}

/** The fields that a subgraph adds to a type of several: neither its key nor what others tell it. */
export function addedFields(schema: GraphQLSchema, typeName: string): string[] {
  const fields = Object.values((schema.getType(typeName) as GraphQLObjectType).getFields());
  return fields
    .filter((field) => !hasDirective(field, 'external') && !hasDirective(field, 'shareable') && field.name !== 'id')
    .map(({ name }) => name);
}

/**
 * Everything that clients can ask of a field without naming an argument, as far as the next entity, as a selection: a field that is added to a
 * subgraph tomorrow is in it. `given`: arguments by `Type.field`.
 */
export function everythingOf(schema: GraphQLSchema, typeName: string, name: string, given: Readonly<Record<string, string>> = {}): string {
  const below = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields()).flatMap((field) => selected(type, field, depth) ?? []);
    return `{ __typename ${fields.join(' ')} }`;
  };
  const selected = (type: GraphQLObjectType, field: Field, depth: number): string | null => {
    if (hasDirective(field, 'inaccessible') || hasDirective(field, 'external')) return null;
    const args = given[`${type.name}.${field.name}`];
    if (args === undefined && field.args.some((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined))
      return null;
    const named = getNamedType(field.type);
    if (isLeafType(named)) return field.name + (args ?? '');
    if (!isObjectType(named) || depth === 0) return null;
    const key = keyOf(named);
    return `${field.name}${args ?? ''} ${key === undefined ? below(named, depth - 1) : `{ ${key} }`}`;
  };
  const type = schema.getType(typeName) as GraphQLObjectType;
  const field = type.getFields()[name];
  const text = field && selected(type, field, DEPTH);
  if (!text) throw new Error(`${typeName}.${name} can't be asked.`);
  return text;
}
