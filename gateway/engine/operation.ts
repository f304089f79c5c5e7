import {
  type DocumentNode,
  executeSync,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Client } from '../transport/client.ts';
import { Unavailable } from '../transport/transport.ts';
import { Conditions } from './compile/conditions.ts';
import type { Subtypes } from './compile/representation.ts';
import { compileWriter, type Notes, type Writer, type WriterContext } from './compile/writer.ts';
import { type Fragments, fragmentsOf } from './document.ts';
import { errorsOf } from './failures.ts';
import { fieldNames } from './fetch-site.ts';
import { nullify } from './fetch-step.ts';
import { compilePlan, type Program } from './plan-step.ts';
import type { PlannedOperation } from './planning/messages.ts';
import type { Plain, Run, Surroundings } from './run.ts';

/** The whole GraphQL response as JSON text, as Apollo Server words it: errors first, and a line's end. */
export interface Answer {
  readonly text: string;
  /** Whether it has errors. */
  readonly failed: boolean;
}

/** An operation as a client sent it, by which it can be prepared again. */
export interface Asked {
  readonly document: DocumentNode;
  readonly source: string;
  readonly operationName: string | undefined;
}

export interface OperationParts {
  readonly asked: Asked;
  /** What was planned: the client's document, or what was made of it. */
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly planned: PlannedOperation;
  readonly schema: GraphQLSchema;
  readonly isSubtype: Subtypes;
}

/** An operation with all that can be known of it before a request: its plan, and the code for its answers. */
export class Operation {
  readonly kind: 'query' | 'mutation';
  readonly asked: Asked;
  /** As the client sent it; variables are checked against this and `schema`. */
  readonly definition: OperationDefinitionNode;
  readonly schema: GraphQLSchema;
  /** From a variable of the plan to the client's, where they differ. */
  readonly #variables: readonly (readonly [ours: string, theirs: string])[];
  readonly #conditions: Conditions;
  readonly #program: Program;
  readonly #context: WriterContext;
  readonly #write: Writer;
  #explain: Writer | undefined;

  /** Throws a GraphQLError for what this gateway does not execute. */
  constructor({ asked, document, definition, planned, schema, isSubtype }: OperationParts) {
    this.kind = definition.operation === 'mutation' ? 'mutation' : 'query';
    this.asked = asked;
    this.definition = definition;
    this.schema = schema;
    const operation = getOperationAST(document, definition.name?.value);
    if (!operation) throw new Error('The document has no such operation.');
    const fragments = fragmentsOf(document);
    this.#variables = renamedVariables(operation, definition);
    this.#conditions = new Conditions(operation);
    this.#program = compilePlan(planned.plan, this.#conditions, isSubtype, this.kind === 'mutation');
    this.#context = {
      schema,
      operation,
      fragments,
      conditions: this.#conditions,
      renames: new Map(planned.renames),
      introspect: (set, variables) => introspect(schema, operation, fragments, set, variables),
    };
    this.#write = compileWriter(this.#context, false);
  }

  /** Runs the plan. Never rejects for a subgraph's fault. */
  execute(given: Readonly<Record<string, unknown>>, client: Client, surroundings: Surroundings): Promise<Answer> {
    const variables = this.#variables.length === 0 ? given : renamed(given, this.#variables);
    const { step, places, memories } = this.#program;
    return new Promise((resolve, reject) => {
      const run: Run = {
        surroundings,
        client,
        mutates: this.kind === 'mutation',
        variables,
        conditions: this.#conditions.values(variables),
        endsAt: performance.now() + surroundings.requestDeadlineMs,
        data: {},
        places: new Array(places).fill(undefined),
        memories: new Array(memories).fill(undefined),
        batches: [],
        losses: [],
        reports: [],
        plain: true,
        fail: reject,
        late: undefined,
      };
      step(run, () => resolve(this.#answer(run)));
    });
  }

  #answer(run: Run): Answer {
    let notes = notesOf(run);
    let text = this.#write(run.data, run.conditions, notes);
    if (!notes.flawed && run.losses.length === 0 && run.reports.length === 0) return { text: `{"data":${text}}\n`, failed: false };
    if (notes.misfits.length > 0 && disown(run)) {
      notes = notesOf(run);
      text = this.#write(run.data, run.conditions, notes);
    }
    const errors = errorsOf(run, text === null ? null : JSON.parse(text), this.#program.sites, this.#context.renames);
    // Where something was told of already, nulls that may not be are mostly what came of it; a misfit never is.
    if (notes.misfits.length > 0 || (notes.flawed && errors.length === 0)) errors.push(...this.#flaws(run, errors.length > 0));
    const data = text ?? 'null';
    if (errors.length === 0) return { text: `{"data":${data}}\n`, failed: false };
    return { text: `{"errors":${JSON.stringify(errors)},"data":${data}}\n`, failed: true };
  }

  /** A subgraph left out what its schema promises, or gave something else, and nobody said why. */
  #flaws(run: Run, misfitsOnly: boolean): GraphQLFormattedError[] {
    this.#explain ??= compileWriter(this.#context, true);
    const notes = notesOf(run);
    this.#explain(run.data, run.conditions, notes);
    return (misfitsOnly ? notes.misfits : notes.flaws).map((path) => ({
      message: 'A value that is always there was missing.',
      path,
      extensions: { code: 'SUBGRAPH_ERROR' },
    }));
  }
}

function notesOf({ variables, plain }: Run): Notes {
  return { flawed: false, flaws: [], misfits: [], path: [], variables, plain, quoted: new Map() };
}

/** Takes those subgraphs as lost that put something else where an object belongs. Whether there was one. */
function disown(run: Run): boolean {
  let found = false;
  for (const batch of run.batches) {
    const { site, fault, entities } = batch;
    if (fault || batch.answers.every((answer) => site.shape.fits(answer))) continue;
    found = true;
    const targets = entities ?? [run.data];
    const { service } = site.operation;
    run.surroundings.log.warn({ requestId: run.client.requestId, service, err: new Unavailable('GARBAGE') }, 'a subgraph is unavailable');
    run.losses.push({ site, targets });
    for (const target of targets) {
      const known = target as Plain;
      for (const name of fieldNames(site, String(known.__typename))) if (name !== '__typename') delete known[name];
      nullify(site, target);
    }
  }
  return found;
}

/** Both define the same variables in the same order. */
function renamedVariables(ours: OperationDefinitionNode, theirs: OperationDefinitionNode) {
  const names = ({ variableDefinitions = [] }: OperationDefinitionNode) => variableDefinitions.map(({ variable }) => variable.name.value);
  const given = names(theirs);
  return names(ours).flatMap((name, index) => (given[index] === name ? [] : [[name, given[index] as string] as const]));
}

function renamed(values: Readonly<Record<string, unknown>>, names: readonly (readonly [ours: string, theirs: string])[]) {
  const all = { ...values };
  for (const [, theirs] of names) delete all[theirs];
  for (const [ours, theirs] of names) if (Object.hasOwn(values, theirs)) all[ours] = values[theirs];
  return all;
}

/** Asks the schema itself, with the fragments of the document and the variables of the request. */
function introspect(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  selectionSet: SelectionSetNode,
  variableValues: Readonly<Record<string, unknown>>,
): string {
  const asked: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet }, ...fragments.values()],
  };
  const { data } = executeSync({ schema, document: asked, variableValues });
  return JSON.stringify(Object.values(data ?? {})[0] ?? null);
}
