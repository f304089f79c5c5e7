import { type GraphQLScalarType, type GraphQLSchema, isScalarType } from 'graphql';

/** What is done with a variable's value or a literal of each custom scalar, by its name. */
export type ScalarReaders = Readonly<Record<string, Partial<Pick<GraphQLScalarType, 'parseValue' | 'parseLiteral'>>>>;

/** Gives them to a schema that was built from SDL, which knows custom scalars by name only. */
export function readScalars(schema: GraphQLSchema, scalars: ScalarReaders): void {
  for (const [name, { parseValue, parseLiteral }] of Object.entries(scalars)) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { ...(parseValue && { parseValue }), ...(parseLiteral && { parseLiteral }) });
  }
}
