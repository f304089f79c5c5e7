import { type GraphQLInputObjectType, type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql';

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
