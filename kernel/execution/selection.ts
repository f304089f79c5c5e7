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
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { getFieldDef } from 'graphql/execution/execute.js';
import { abandon, compileArray, compileObject } from './completion-code.ts';
import { compileFields, type ExecuteFields, ownNames } from './field-code.ts';
import { argumentsOf } from './inputs.ts';
import { type Complete, type Container, type Executable, type Field, FieldInfo, isThenable, type SelectedField, Typed } from './run.ts';

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
  return { fields, execute: compileFields(fields), Answer: Answer as new () => Container };
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

function completion(executable: Executable, field: SelectedField, type: GraphQLOutputType): Complete {
  const nullable = !isNonNullType(type);
  const inner = getNullableType(type);
  if (isObjectType(inner) && !inner.isTypeOf) return object(executable, field, inner, nullable);
  const complete = completionOfValue(executable, field, inner, nullable);
  return (run, value, container, key, above) => {
    if (value === null || value === undefined) return none(field, nullable, container, key);
    if (value instanceof Error) throw value;
    return complete(run, value, container, key, above);
  };
}

/** There is no value. Throws where null is not allowed. */
function none({ parent, definition }: SelectedField, nullable: boolean, container: Container, key: string | number): boolean {
  if (!nullable) throw new Error(`Cannot return null for non-nullable field ${parent.name}.${definition.name}.`);
  container[key] = null;
  return true;
}

function completionOfValue(executable: Executable, field: SelectedField, type: GraphQLOutputType, nullable: boolean): Complete {
  if (isLeafType(type)) return leaf(type);
  if (isListType(type)) return list(executable, field, type.ofType, nullable);
  if (isObjectType(type)) return objectOfType(executable, field, type, nullable);
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
  const names = isEnumType(type) ? ownNames(type) : undefined;
  return (_, value, container, key) => {
    if (names ? names.has(value) : typeof value === takenOver) {
      container[key] = value;
      return true;
    }
    const text: unknown = type.serialize(value);
    if (text === null || text === undefined) throw new Error(`Expected ${type.name}.serialize to return a non-nullable value.`);
    container[key] = text;
    return true;
  };
}

function list(executable: Executable, field: SelectedField, itemType: GraphQLOutputType, nullable: boolean): Complete {
  const complete = completion(executable, field, itemType);
  const array = compileArray({ field, nullable, nullableItems: !isNonNullType(itemType), complete });
  return (run, value, container, key, above) => {
    if (Array.isArray(value)) return array(run, value, container, key, above);
    if (!isIterable(value))
      throw new GraphQLError(`Expected Iterable, but did not find one for field "${field.parent.name}.${field.definition.name}".`);
    return array(run, itemsOf(value), container, key, above);
  };
}

/** All items; of an iterator that throws, those before are not waited for. */
function itemsOf(value: Iterable<unknown>): readonly unknown[] {
  const items: unknown[] = [];
  try {
    for (const item of value) items.push(item);
  } catch (error) {
    abandon(items, 0);
    throw error;
  }
  return items;
}

// graphql-js takes no text for a list, although it can be iterated
function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';
}

function object(executable: Executable, field: SelectedField, type: GraphQLObjectType, nullable: boolean): Complete {
  const select = () =>
    selection(executable, type, collectSubfields(executable.schema, executable.fragments, executable.conditions, type, field.nodes));
  return compileObject({ field, nullable, select, none });
}

/** An object whose type has an `isTypeOf` to be asked first. */
function objectOfType(executable: Executable, field: SelectedField, type: GraphQLObjectType, nullable: boolean): Complete {
  const execute = object(executable, field, type, nullable);
  return (run, value, container, key, above) => {
    const executeIf: Complete = (_, is) => {
      if (!is) throw new GraphQLError(`Expected value of type "${type.name}".`, { nodes: field.nodes });
      return execute(run, value, container, key, above);
    };
    const is = type.isTypeOf?.(value, run.contextValue, new FieldInfo(run, field, above));
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
    const complete = (runtimeType.isTypeOf ? objectOfType : object)(executable, field, runtimeType, nullable);
    byName.set(name, complete);
    return complete;
  };
  const resolveType = type.resolveType ?? defaultTypeResolver;
  return (run, value, container, key, above) => {
    if (value instanceof Typed) return (byName.get(value.name) ?? ofType(value.name))(run, value.value, container, key, above);
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
