import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';

/** True for what certainly fits a type, and is not changed by being coerced to it; of anything else graphql-js has to be asked. */
export type Fits = (value: unknown) => boolean;

const INT_END = 2 ** 31;
const SCALARS: ReadonlyMap<string, Fits> = new Map(
  Object.entries<Fits>({
    ID: (value) => typeof value === 'string',
    String: (value) => typeof value === 'string',
    Boolean: (value) => typeof value === 'boolean',
    Int: (value) => Number.isInteger(value) && Math.abs(value as number) < INT_END,
    Float: (value) => Number.isFinite(value),
  }),
);
const never: Fits = () => false;

const known = new WeakMap<GraphQLInputType, Fits>();

/** The quick check of a type: most values are plainly right, and coercing them costs more than executing a small query. */
export function fits(type: GraphQLInputType): Fits {
  let found = known.get(type);
  if (!found) {
    found = fitsOf(type);
    known.set(type, found);
  }
  return found;
}

function fitsOf(type: GraphQLInputType): Fits {
  if (isNonNullType(type)) {
    const inner = fits(type.ofType);
    return (value) => value !== null && inner(value);
  }
  const judge = isListType(type)
    ? fitsList(fits(type.ofType))
    : isInputObjectType(type)
      ? fitsObject(type)
      : isEnumType(type)
        ? (value: unknown) => typeof value === 'string' && type.getValue(value)?.value === value
        : (SCALARS.get(type.name) ?? never);
  return (value) => value === null || judge(value);
}

/** One item stands for a list of one; that is rare enough to be asked about. */
function fitsList(item: Fits): Fits {
  return (value) => Array.isArray(value) && value.every(item);
}

function fitsObject(type: GraphQLInputObjectType): Fits {
  if (type.isOneOf) return never;
  // Made when first needed: an input object may hold itself.
  let fields: Map<string, Fits> | undefined;
  let expected: readonly string[] = [];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    if (!fields) {
      const all = Object.values(type.getFields());
      fields = new Map(all.map((field) => [field.name, fits(field.type)]));
      expected = all.filter(({ type, defaultValue }) => isNonNullType(type) || defaultValue !== undefined).map(({ name }) => name);
    }
    for (const name of expected) if (!Object.hasOwn(value, name)) return false;
    for (const name of Object.keys(value)) if (!fields.get(name)?.((value as Record<string, unknown>)[name])) return false;
    return true;
  };
}

/** A variable of an operation, ready to judge what is given for it. */
export interface Variable {
  readonly name: string;
  readonly type: GraphQLInputType;
  /** False for undefined too, which is nothing given. */
  readonly fits: Fits;
  /** Wrong where nothing is given. */
  readonly required: boolean;
  /** Left out where nothing is given; what is neither this nor required has a default. */
  readonly optional: boolean;
}

/** Null where the schema has no such input type. */
export function variableOf(schema: GraphQLSchema, { variable, type: node, defaultValue }: VariableDefinitionNode): Variable | null {
  const type = typeFromAST(schema, node);
  if (!type || !isInputType(type)) return null;
  const strict = isNonNullType(type);
  const bare = defaultValue === undefined;
  return { name: variable.name.value, type, fits: fits(type), required: strict && bare, optional: !strict && bare };
}

/** What is given for a variable; undefined for none. A name is any word, and may be one that every object inherits. */
export function ownValue(given: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(given, name) ? given[name] : undefined;
}
