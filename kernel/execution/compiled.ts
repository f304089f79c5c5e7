import { type DocumentNode, type ExecutionResult, execute, type GraphQLSchema, Kind, OperationTypeNode, visit } from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import { compileFields, type ExecuteFields } from './field-code.ts';
import { variablesOf } from './inputs.ts';
import { type Container, type Executable, lost, Place, Run, type Variables } from './run.ts';
import { type Selection, selection } from './selection.ts';

/** Executes an operation of a validated document, as graphql-js's `execute` does. */
export type Execute = (
  document: DocumentNode,
  variables: Variables | undefined,
  contextValue: unknown,
  operationName?: string,
) => Promise<ExecutionResult> | ExecutionResult;

/**
 * What graphql-js's `execute` does, with everything that depends on the document alone worked out once and kept as long as the
 * document is: collected fields, their definitions, literal arguments, how values of each type are completed. Values are put into the
 * answer where they arrive, and promises are counted; graphql-js makes a promise of its own for each object and list that waits for one.
 *
 * Data and errors equal graphql-js's but for this: once an object has become null, nothing more is reported below it (graphql-js
 * reports what comes in time), and a message about a value of a wrong type does not quote the value. An operation that can't be
 * compiled, or whose variables do not fit, is left to graphql-js. See test/unit/kernel/execution.test.ts.
 */
export function compiledExecution(schema: GraphQLSchema): Execute {
  const byDocument = new WeakMap<DocumentNode, Map<string | undefined, Compiled>>();
  const compiledOf = (document: DocumentNode, operationName: string | undefined): Compiled | null => {
    let operations = byDocument.get(document);
    if (!operations) {
      operations = new Map();
      byDocument.set(document, operations);
    }
    const known = operations.get(operationName);
    if (known) return known;
    const compiled = compile(schema, document, operationName);
    // A name that the document does not have is not kept: there is no end of them.
    if (compiled) operations.set(operationName, compiled);
    return compiled;
  };
  return (document, variables, contextValue, operationName) => {
    const run = compiledOf(document, operationName)?.prepared(contextValue, variables ?? {});
    return run ? run() : execute({ schema, document, variableValues: variables, contextValue, operationName });
  };
}

interface Compiled {
  /** One execution, ready to start; null when there is something wrong with the variables. */
  prepared(contextValue: unknown, variables: Variables): (() => Promise<ExecutionResult> | ExecutionResult) | null;
}

/** An operation under one assignment of the variables that decide what is selected. */
interface Variant {
  readonly executable: Executable;
  readonly Answer: Selection['Answer'];
  /** What executes its fields: those of a query all together, those of a mutation each when all of the one before has arrived. */
  readonly steps: readonly ExecuteFields[];
}

/** Variants kept of one operation: all assignments of six variables. */
const MAX_VARIANTS = 64;

function compile(schema: GraphQLSchema, document: DocumentNode, operationName: string | undefined): Compiled | null {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation, another] = operationName == null ? operations : operations.filter(({ name }) => name?.value === operationName);
  const rootType = operation && schema.getRootType(operation.operation);
  if (!operation || another || !rootType || operation.operation === OperationTypeNode.SUBSCRIPTION) return null;

  const fragments = Object.fromEntries(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const coercedVariables = variablesOf(schema, operation);
  const deciding = decidingVariables(document);
  const variants = new Map<string, Variant>();
  const variantOf = (variables: Variables): Variant | null => {
    const conditions = Object.fromEntries(deciding.filter((name) => name in variables).map((name) => [name, variables[name]]));
    // A condition that is null has no variant.
    if (Object.values(conditions).includes(null)) return null;
    const text = deciding.length === 0 ? '' : JSON.stringify(conditions);
    let variant = variants.get(text);
    if (!variant) {
      const executable = { schema, operation, fragments, conditions };
      const collected = collectFields(schema, fragments, conditions, rootType, operation.selectionSet);
      const { Answer, execute, fields } = selection(executable, rootType, collected);
      const serial = operation.operation === OperationTypeNode.MUTATION;
      variant = { executable, Answer, steps: serial ? fields.map((field) => compileFields([field])) : [execute] };
      if (variants.size >= MAX_VARIANTS) variants.clear();
      variants.set(text, variant);
    }
    return variant;
  };

  return {
    prepared(contextValue, given) {
      const coerced = coercedVariables(given);
      const variant = coerced && variantOf(coerced);
      return variant ? () => executed(variant, contextValue, coerced) : null;
    },
  };
}

/** The variables that `@skip` and `@include` ask for. */
function decidingVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: given }) => {
      if (name.value !== 'skip' && name.value !== 'include') return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function executed({ executable, Answer, steps }: Variant, contextValue: unknown, variables: Variables) {
  const run = new Run(executable, contextValue, variables);
  const data = new Answer();
  const result: { data: Container | null } = { data };
  const place = new Place(null, result, 'data', undefined, true);
  const from = (index: number): Promise<ExecutionResult> | ExecutionResult => {
    const step = steps[index];
    if (!step || place.lost) return answered(run, result);
    if (!step(run, undefined, data, place)) lost(place);
    return whenIdle(run, () => from(index + 1));
  };
  return from(0);
}

function answered({ errors }: Run, { data }: { readonly data: Container | null }): ExecutionResult {
  return errors.length > 0 ? { errors, data } : { data };
}

function whenIdle(run: Run, then: () => Promise<ExecutionResult> | ExecutionResult): Promise<ExecutionResult> | ExecutionResult {
  if (run.idle) return then();
  return new Promise((resolve) => {
    run.onIdle = () => resolve(then());
  });
}
