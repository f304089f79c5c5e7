import {
  defaultTypeResolver,
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLBoolean,
  GraphQLError,
  GraphQLID,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { argumentsOf } from './inputs.ts';
import { compileFields, type ExecuteFields } from './plain-fields.ts';
import {
  type Complete,
  type Container,
  type Executable,
  type Field,
  FieldInfo,
  isThenable,
  lost,
  type Place,
  type Run,
  type SelectedField,
} from './run.ts';

/** The fields of one object type in one place of an operation, and what makes an empty answer for them. */
export interface Selection {
  readonly fields: readonly Field[];
  /** Executes them for an object that stands at `place`. False: the object has to be null. */
  readonly execute: ExecuteFields;
  readonly Answer: new () => Container;
}

/** Compiles the fields that graphql-js collected for an object type. What is below them is compiled when it is first met. */
export function selection(
  executable: Executable,
  type: GraphQLObjectType,
  collected: ReadonlyMap<string, readonly FieldNode[]>,
): Selection {
  const fields = [...collected].flatMap(([name, nodes]) => compileField(executable, type, name, nodes) ?? []);
  // Each selection's answers are made by a class of their own, so that they share one hidden class. Their prototype has nothing
  // that a field's name could meet.
  class Answer {}
  Object.setPrototypeOf(Answer.prototype, null);
  Reflect.deleteProperty(Answer.prototype, 'constructor');
  return { fields, execute: compileFields(fields, executeField), Answer: Answer as new () => Container };
}

function compileField(executable: Executable, parent: GraphQLObjectType, name: string, nodes: readonly FieldNode[]): Field | null {
  const [node] = nodes;
  const definition = node && getFieldDef(executable.schema, parent, node);
  // A validated document has none such; graphql-js leaves them out.
  if (!node || !definition) return null;
  const field: SelectedField = { name, parent, definition, nodes };
  const complete = completion(executable, field, definition.type);
  return { ...field, nullable: !isNonNullType(definition.type), args: argumentsOf(definition, node), complete };
}

export function executeField(run: Run, field: Field, source: unknown, answer: Container, place: Place): boolean {
  try {
    const value = resolved(run, field, source, place);
    if (!isThenable(value)) return field.complete(run, value, answer, field.name, place);
    run.later(value, field, field.complete, field.nullable, answer, field.name, place);
    return true;
  } catch (error) {
    return run.failed(error, field, field.nullable, answer, field.name, place);
  }
}

function resolved(run: Run, field: Field, source: unknown, place: Place): unknown {
  const { name, resolve, args: declared } = field.definition;
  if (resolve) return resolve(source, field.args(run.variables), run.contextValue, new FieldInfo(run, field, place));
  // As graphql-js's default resolver does it; arguments that nobody reads are looked at all the same, for they may be wrong.
  if (declared.length > 0) field.args(run.variables);
  if ((typeof source !== 'object' || source === null) && typeof source !== 'function') return undefined;
  const value = (source as Container)[name];
  return typeof value === 'function'
    ? (source as Record<string, typeof value>)[name]!(field.args(run.variables), run.contextValue, new FieldInfo(run, field, place))
    : value;
}

function completion(executable: Executable, field: SelectedField, type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) {
    const complete = completionOfValue(executable, field, type.ofType, false);
    return (run, value, container, key, above) => {
      if (value === null || value === undefined)
        throw new Error(`Cannot return null for non-nullable field ${field.parent.name}.${field.definition.name}.`);
      if (value instanceof Error) throw value;
      return complete(run, value, container, key, above);
    };
  }
  const complete = completionOfValue(executable, field, type, true);
  return (run, value, container, key, above) => {
    if (value === null || value === undefined) {
      container[key] = null;
      return true;
    }
    if (value instanceof Error) throw value;
    return complete(run, value, container, key, above);
  };
}

function completionOfValue(executable: Executable, field: SelectedField, type: GraphQLOutputType, nullable: boolean): Complete {
  if (isLeafType(type)) return leaf(type);
  if (isListType(type)) return list(executable, field, type.ofType, nullable);
  if (isObjectType(type)) return object(executable, field, type, nullable);
  return abstract(executable, field, type as GraphQLAbstractType, nullable);
}

/** The type of the values that built-in scalars take over as they are. */
const TAKEN_OVER: ReadonlyMap<GraphQLLeafType, string> = new Map<GraphQLLeafType, string>([
  [GraphQLString, 'string'],
  [GraphQLID, 'string'],
  [GraphQLBoolean, 'boolean'],
]);

function leaf(type: GraphQLLeafType): Complete {
  const takenOver = TAKEN_OVER.get(type);
  return (_, value, container, key) => {
    if (typeof value === takenOver) {
      container[key] = value;
      return true;
    }
    const text: unknown = type.serialize(value);
    if (text === null || text === undefined) throw new Error(`Expected ${type.name}.serialize to return a non-nullable value.`);
    container[key] = text;
    return true;
  };
}

const NOTHING = () => {};

function list(executable: Executable, field: SelectedField, itemType: GraphQLOutputType, nullable: boolean): Complete {
  const complete = completion(executable, field, itemType);
  const nullableItems = !isNonNullType(itemType);
  const item = (run: Run, value: unknown, items: Container, index: number, place: Place): boolean => {
    try {
      if (!isThenable(value)) return complete(run, value, items, index, place);
      run.later(value, field, complete, nullableItems, items, index, place);
      return true;
    } catch (error) {
      return run.failed(error, field, nullableItems, items, index, place);
    }
  };
  return (run, value, container, key, above) => {
    if (!isIterable(value))
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`);
    const items: unknown[] = [];
    const place = placeOf(field, container, key, above, nullable);
    container[key] = items;
    let index = 0;
    let kept = true;
    // An array's own iterator costs more than its items do.
    if (Array.isArray(value)) {
      while (kept && index < value.length) kept = item(run, value[index], items as unknown as Container, index++, place);
      for (; index < value.length; index++) if (isThenable(value[index])) value[index].then(NOTHING, NOTHING);
      return kept || lost(place);
    }
    for (const each of value) {
      if (kept) kept = item(run, each, items as unknown as Container, index++, place);
      // Nobody waits for the rest, and a promise that fails unheard would end the process.
      else if (isThenable(each)) each.then(NOTHING, NOTHING);
    }
    return kept || lost(place);
  };
}

// graphql-js takes no text for a list, although it can be iterated
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function placeOf({ parent }: SelectedField, container: Container, key: string | number, above: Place, nullable: boolean): Place {
  return { above, container, key, type: typeof key === 'string' ? parent.name : undefined, nullable, lost: false };
}

function object(executable: Executable, field: SelectedField, type: GraphQLObjectType, nullable: boolean): Complete {
  let known: Selection | undefined;
  const execute: Complete = (run, value, container, key, above) => {
    known ??= selection(
      executable,
      type,
      collectSubfields(executable.schema, executable.fragments, executable.conditions, type, field.nodes),
    );
    const answer = new known.Answer();
    const place = placeOf(field, container, key, above, nullable);
    container[key] = answer;
    return known.execute(run, value, answer, place) || lost(place);
  };
  const { isTypeOf } = type;
  if (!isTypeOf) return execute;
  return (run, value, container, key, above) => {
    const executeIf: Complete = (_, is) => {
      if (!is) throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: field.nodes });
      return execute(run, value, container, key, above);
    };
    const is = isTypeOf(value, run.contextValue, new FieldInfo(run, field, above));
    if (!isThenable(is)) return executeIf(run, is, container, key, above);
    run.later(is, field, executeIf, nullable, container, key, above);
    return true;
  };
}

function abstract(executable: Executable, field: SelectedField, type: GraphQLAbstractType, nullable: boolean): Complete {
  const byName = new Map<unknown, Complete>();
  const ofType = (name: unknown): Complete => {
    const runtimeType = typeof name === 'string' ? executable.schema.getType(name) : undefined;
    if (!isObjectType(runtimeType))
      throw new GraphQLError(
        `Abstract type "${type.name}" must resolve to an Object type at runtime for field "${field.parent.name}.${field.definition.name}".`,
        { nodes: field.nodes },
      );
    if (!executable.schema.isSubType(type, runtimeType))
      throw new GraphQLError(`Runtime Object type "${runtimeType.name}" is not a possible type for "${type.name}".`, {
        nodes: field.nodes,
      });
    const complete = object(executable, field, runtimeType, nullable);
    byName.set(name, complete);
    return complete;
  };
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (run, value, container, key, above) => {
    const name: unknown = resolveType(value, run.contextValue, new FieldInfo(run, field, above), type);
    if (!isThenable(name)) return (byName.get(name) ?? ofType(name))(run, value, container, key, above);
    run.later(
      name,
      field,
      (_, found) => (byName.get(found) ?? ofType(found))(run, value, container, key, above),
      nullable,
      container,
      key,
      above,
    );
    return true;
  };
}
