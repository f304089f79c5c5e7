import type { GraphQLFormattedError } from 'graphql';
import { asError } from '../../kernel/execution/run.ts';
import { type Fetch, type Representation, type Transport, Unavailable } from '../transport/transport.ts';
import { copy } from './compile/merge.ts';
import { isObject } from './fetch-shape.ts';
import type { FetchSite } from './fetch-site.ts';
import type { Run } from './run.ts';

/** One fetch as it is sent, and what came back. Several places of a plan may wait for it. */
export class Batch implements Fetch {
  readonly site: FetchSite;
  readonly run: Run;
  readonly deadlineMs: number;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The entities that it asks for, one for each representation; null for root fields. */
  readonly entities: readonly object[] | null;
  fault: Error | null = null;
  /** What the subgraph said of each entity; for root fields one item, the data. */
  answers: readonly unknown[] = [];
  errors: readonly GraphQLFormattedError[] = [];
  settled = false;
  /** Whether nobody else holds the answers. */
  #own = true;
  readonly #given: boolean[] = [];
  #texts: readonly string[] | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(site: FetchSite, run: Run, entities: readonly object[] | null, texts: readonly string[] | undefined, deadlineMs: number) {
    this.site = site;
    this.run = run;
    this.entities = entities;
    this.#texts = texts;
    this.deadlineMs = deadlineMs;
    this.variables = picked(site.variables, run.variables);
  }

  get operation() {
    return this.site.operation;
  }

  get client() {
    return this.run.client;
  }

  get mutates() {
    return this.run.mutates;
  }

  get representations(): readonly string[] | undefined {
    const { representations } = this.site;
    if (!representations) return undefined;
    this.#texts ??= (this.entities ?? []).map((entity) => representations.text(entity) ?? '');
    return this.#texts;
  }

  objects(): readonly Representation[] | undefined {
    const { representations } = this.site;
    if (!representations || !this.entities) return undefined;
    const objects: Representation[] = [];
    for (const entity of this.entities) {
      const object = representations.object(entity);
      if (object) objects.push(object);
    }
    return objects;
  }

  /** Calls `ready` when the answer is there or given up; at once when it is already. */
  wait(ready: () => void): void {
    if (this.settled) ready();
    else this.#waiting.push(ready);
  }

  send(transport: Transport): void {
    transport.send(this, (fault, answer, shared, plain) => {
      if (this.settled) return;
      if (fault) this.fault = fault;
      else {
        this.#own = shared !== true;
        if (!plain) this.run.plain = false;
        try {
          if (!this.#accept(answer)) this.fault = new Unavailable('GARBAGE');
        } catch (error) {
          this.spoil(error);
        }
      }
      this.#settle();
    });
  }

  /** Whether the answer at `index` may be built into an object as it is: to the first who asks, unless others hold it too. */
  giveAway(index: number): boolean {
    if (!this.#own || this.#given[index]) return false;
    this.#given[index] = true;
    return true;
  }

  /** For a fetch that is not sent at all. */
  refuse(fault: Error): void {
    this.fault = fault;
    this.#settle();
  }

  /** What could not be gone through, because it is nested too deeply for that, is as good as garbage. */
  spoil(error: unknown): void {
    this.fault = new Unavailable('GARBAGE', undefined, asError(error));
  }

  #settle(): void {
    this.settled = true;
    try {
      for (const ready of this.#waiting) ready();
    } catch (error) {
      // Whoever brought the answer can do nothing about it, and the client would be left waiting.
      this.run.fail(error);
    }
  }

  /** Takes an answer as GraphQL has it. False for anything else. */
  #accept(answer: unknown): boolean {
    if (!isObject(answer)) return false;
    const { data, errors } = answer;
    if (errors !== undefined) {
      if (!Array.isArray(errors) || !errors.every(isError)) return false;
      this.errors = errors;
    }
    if (data === null || data === undefined) {
      // A null that could not stay where it arose has taken the root with it; the errors still say where.
      if (this.entities) this.answers = this.entities.map(() => null);
      return data === null && this.errors.length > 0 && this.errors.every((error) => error.path !== undefined);
    }
    if (!isObject(data)) return false;
    const { site } = this;
    if (!this.entities) {
      for (const name of site.promised('')) if (data[name] === undefined) return false;
      this.answers = [this.#rewritten(data)];
      return true;
    }
    const answers = data._entities;
    if (!Array.isArray(answers) || answers.length !== this.entities.length) return false;
    for (let i = 0; i < answers.length; i++) {
      const entity: unknown = answers[i];
      if (entity === null) continue;
      if (!isObject(entity)) return false;
      const { __typename: typeName = '' } = this.entities[i] as { __typename?: string };
      const promised = site.promised(typeName);
      for (let j = 0; j < promised.length; j++) if (entity[promised[j] as string] === undefined) return false;
    }
    this.answers = this.#rewritten(answers);
    return true;
  }

  #rewritten<T>(answer: T): T {
    const { rewrite } = this.site;
    if (!rewrite) return answer;
    const own = this.#own ? answer : (copy(answer) as T);
    rewrite(own);
    return own;
  }
}

function picked(names: readonly string[], variables: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  if (names.length === 0) return undefined;
  const some: Record<string, unknown> = {};
  for (const name of names) if (Object.hasOwn(variables, name) && variables[name] !== undefined) some[name] = variables[name];
  return some;
}

function isError(error: unknown): error is GraphQLFormattedError {
  if (!isObject(error)) return false;
  const { message, path } = error;
  return (
    typeof message === 'string' &&
    (path === undefined ||
      path === null ||
      (Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number')))
  );
}
