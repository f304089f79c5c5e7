import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** What is executed: the same for every run of an operation with the same conditions. */
export interface Executable {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** The variables that `@skip` and `@include` ask for, and no others. */
  readonly conditions: Variables;
}

type Arguments = Readonly<Record<string, unknown>>;

/** A field as an operation selects it. */
export interface SelectedField {
  /** The name it has in the answer. */
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly nodes: GraphQLResolveInfo['fieldNodes'];
}

/** A selected field, ready to be executed. */
export interface Field extends SelectedField {
  readonly nullable: boolean;
  /** Throws what is wrong with them, to be reported at the field. */
  readonly args: (variables: Variables) => Arguments;
  readonly complete: Complete;
}

/** An object or a list of the answer, or what holds its root. */
export type Container = Record<string | number, unknown>;

/** Where an object or a list stands in the answer. */
export class Place {
  /** null: it is the root. */
  readonly above: Place | null;
  readonly container: Container;
  readonly key: string | number;
  /** The type whose field `key` is; undefined where `key` is an index. */
  readonly type: string | undefined;
  readonly nullable: boolean;
  /** It became null, and what still arrives below it is nobody's. */
  lost = false;

  constructor(above: Place | null, container: Container, key: string | number, type: string | undefined, nullable: boolean) {
    this.above = above;
    this.container = container;
    this.key = key;
    this.type = type;
    this.nullable = nullable;
  }
}

/**
 * Puts a resolved value into `container` under `key`, at once or, where promises are in it, piece by piece. False: it had to be null
 * where null is not allowed, which has been reported. Throws what graphql-js's completeValue throws, to be reported by the caller.
 */
export type Complete = (run: Run, value: unknown, container: Container, key: string | number, above: Place) => boolean;

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function';
}

const NOTHING = () => {};

/** One execution: what has been answered so far, and how many promises it waits for. */
export class Run {
  readonly executable: Executable;
  readonly contextValue: unknown;
  readonly variables: Variables;
  readonly errors: GraphQLError[] = [];
  /** Called once, when the last promise has arrived. */
  onIdle = NOTHING;
  #pending = 0;

  constructor(executable: Executable, contextValue: unknown, variables: Variables) {
    this.executable = executable;
    this.contextValue = contextValue;
    this.variables = variables;
  }

  /** Whether everything has arrived. */
  get idle(): boolean {
    return this.#pending === 0;
  }

  /** Completes a value when it arrives. Until then null holds its place among the fields. */
  later(
    promise: PromiseLike<unknown>,
    field: SelectedField,
    complete: Complete,
    nullable: boolean,
    container: Container,
    key: string | number,
    above: Place,
  ) {
    this.#pending++;
    container[key] = null;
    try {
      // Any thenable but a promise may throw, or call back at once or twice.
      Promise.resolve(promise).then(
        (value) => {
          let kept: boolean;
          try {
            kept = complete(this, value, container, key, above);
          } catch (error) {
            kept = this.failed(error, field, nullable, container, key, above);
          }
          this.#arrived(kept, above);
        },
        (error: unknown) => this.#arrived(this.failed(error, field, nullable, container, key, above), above),
      );
    } catch (error) {
      // A promise whose own `then` throws: nothing will arrive.
      this.#pending--;
      throw error;
    }
  }

  #arrived(kept: boolean, above: Place): void {
    if (!kept) lose(above);
    if (--this.#pending > 0) return;
    const then = this.onIdle;
    this.onIdle = NOTHING;
    then();
  }

  /** Reports an error at the field, or at an item of its list, and answers null there; false where null is not allowed. */
  failed(error: unknown, field: SelectedField, nullable: boolean, container: Container, key: string | number, above: Place): boolean {
    container[key] = null;
    // of what became null already, the client knows why
    for (let place: Place | null = above; place; place = place.above) if (place.lost) return true;
    this.errors.push(located(error, field, responsePathAsArray(pathOf(above, key, field))));
    return nullable;
  }
}

/** What was thrown, at its place; also what can't be looked at, such as an error with a getter that throws. */
function located(error: unknown, { nodes }: SelectedField, path: readonly (string | number)[]): GraphQLError {
  try {
    return locatedError(error, nodes, path);
  } catch (fault) {
    return new GraphQLError('A resolver threw what can not be read.', { nodes, path, originalError: asError(fault) });
  }
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('what was thrown is no error', { cause: thrown });
}

/** Makes null what stands at the place, or above it what can be null. */
function lose(at: Place): void {
  for (let place: Place | null = at; place && !lost(place); ) place = place.above;
}

/** Makes the object or list at a place null; false where null is not allowed. */
export function lost(place: Place): boolean {
  place.lost = true;
  if (place.nullable) place.container[place.key] = null;
  return place.nullable;
}

function pathOf(above: Place | null, key: string | number, field?: SelectedField): GraphQLResolveInfo['path'] {
  const typename = typeof key === 'number' ? undefined : field?.parent.name;
  return { prev: above?.above ? pathTo(above) : undefined, key, typename };
}

function pathTo({ above, key, type }: Place): GraphQLResolveInfo['path'] {
  return { prev: above?.above ? pathTo(above) : undefined, key, typename: type };
}

/** An object of which the resolver knows the type: what it may give for a field of an abstract type, whose `resolveType` is then not asked. */
export class Typed {
  readonly name: string;
  readonly value: object;

  constructor(name: string, value: object) {
    this.name = name;
    this.value = value;
  }
}

/** What a resolver may ask about its place, put together when it asks. */
export class FieldInfo implements GraphQLResolveInfo {
  readonly run: Run;
  readonly field: SelectedField;
  readonly place: Place;

  constructor(run: Run, field: SelectedField, place: Place) {
    this.run = run;
    this.field = field;
    this.place = place;
  }

  get fieldName(): string {
    return this.field.definition.name;
  }
  get fieldNodes(): SelectedField['nodes'] {
    return this.field.nodes;
  }
  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.definition.type;
  }
  get parentType(): GraphQLObjectType {
    return this.field.parent;
  }
  get path(): GraphQLResolveInfo['path'] {
    return pathOf(this.place, this.field.name, this.field);
  }
  get schema(): GraphQLSchema {
    return this.run.executable.schema;
  }
  get fragments(): Executable['fragments'] {
    return this.run.executable.fragments;
  }
  get rootValue(): undefined {
    return undefined;
  }
  get operation(): OperationDefinitionNode {
    return this.run.executable.operation;
  }
  get variableValues(): Variables {
    return this.run.variables;
  }
}
