import { type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';
import { compiledExecution, type Execute } from './compiled.ts';
import { FieldInfo, isThenable, Typed } from './run.ts';

type Resolver = GraphQLFieldResolver<unknown, unknown>;
type ResolveReference = (reference: object, contextValue: unknown, info: unknown) => unknown;

/** Executes operations of a schema of `@apollo/subgraph`, whose `_entities` resolver is replaced. */
export function subgraphExecution(schema: GraphQLSchema): Execute {
  const entities = schema.getQueryType()?.getFields()._entities;
  if (entities?.resolve) entities.resolve = entitiesResolver(schema, entities.resolve);
  return compiledExecution(schema);
}

/**
 * Federation's `_entities` for a schema of `@apollo/subgraph`: each representation goes to the `__resolveReference` of its type, and is the
 * entity itself where the type has none. As there, but that an error is always that of its own representation, also when it is
 * thrown at once, that nothing waits where nothing has to, and that no entity is given a `__typename`. Representations of anything but an
 * object type, and what graphql-js executes, are left to `stock`, the resolver of @apollo/subgraph.
 */
function entitiesResolver(schema: GraphQLSchema, stock: Resolver): Resolver {
  const resolvers = new Map<string, ResolveReference | undefined>();
  for (const type of Object.values(schema.getTypeMap())) if (isObjectType(type)) resolvers.set(type.name, resolveReferenceOf(type));
  return (source, args, contextValue, info) => {
    const representations = args.representations as readonly { readonly __typename: string }[];
    const ours = info instanceof FieldInfo && representations.every(({ __typename }) => resolvers.has(__typename));
    if (!ours) return stock(source, args, contextValue, info);
    return representations.map((representation) => {
      const { __typename } = representation;
      const resolve = resolvers.get(__typename);
      try {
        const entity = resolve ? resolve(representation, contextValue, info) : representation;
        return isThenable(entity) ? Promise.resolve(entity).then((found) => typed(found, __typename)) : typed(entity, __typename);
      } catch (error) {
        return error instanceof Error ? error : new Error('A representation could not be resolved.', { cause: error });
      }
    });
  };
}

function resolveReferenceOf(type: GraphQLObjectType): ResolveReference | undefined {
  const { apollo } = type.extensions as { readonly apollo?: { readonly subgraph?: { readonly resolveReference?: ResolveReference } } };
  return apollo?.subgraph?.resolveReference;
}

/** An entity of the type that its representation names; what is none is left to be told so. */
function typed(entity: unknown, name: string): unknown {
  return typeof entity !== 'object' || entity === null || entity instanceof Error ? entity : new Typed(name, entity);
}
