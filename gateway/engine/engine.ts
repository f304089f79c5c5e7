import { buildSchema, type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST, parse, print, validate } from 'graphql';
import type { Logger } from 'pino';
import QuickLRU from 'quick-lru';
import { OperatorError } from '../../kernel/errors.ts';
import type { Client } from '../transport/client.ts';
import { type ResilienceOptions, resilient } from '../transport/resilient.ts';
import type { Transport } from '../transport/transport.ts';
import type { Subtypes } from './compile/representation.ts';
import { type Answer, type Asked, Operation } from './operation.ts';
import { Planner, PlanningProblem, Unanswerable } from './planning/planner.ts';
import type { Surroundings } from './run.ts';
import { readScalars, type ScalarReaders } from './scalar-readers.ts';

export type { Answer, Operation };

/** A subgraph as the supergraph names it. */
export interface Service {
  readonly name: string;
  readonly url: string;
}

export interface EngineOptions {
  /** A way to a subgraph; throws an OperatorError for one that it does not know. The same one is used as long as name and URL stay. */
  readonly transportFor: (service: Service) => Transport;
  /** For subgraphs over HTTP. */
  readonly resilience?: Omit<ResilienceOptions, 'log'> | undefined;
  /** How long one fetch may take, and all of one client request. */
  readonly deadlineMs: number;
  readonly requestDeadlineMs: number;
  /** By type name: with them a wrong value is refused before planning. */
  readonly scalars?: ScalarReaders | undefined;
  /** At most twice as many operations are kept. */
  readonly operationCacheSize?: number | undefined;
  readonly log: Logger;
}

export interface Loaded {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly supergraphSdl: string;
}

const OPERATION_CACHE_SIZE = 500;
const MOST_WARMED = 100;

/** A supergraph that is or was served. */
class Version {
  readonly number: number;
  readonly loaded: Loaded;
  readonly surroundings: Surroundings;
  readonly isSubtype: Subtypes;
  readonly operations: QuickLRU<string, Operation>;
  readonly preparing = new Map<string, Promise<Operation>>();
  #running = 0;
  #idle: (() => void) | undefined;

  constructor(
    number: number,
    loaded: Loaded,
    surroundings: Surroundings,
    subtypes: Readonly<Record<string, readonly string[]>>,
    size: number,
  ) {
    this.number = number;
    this.loaded = loaded;
    this.surroundings = surroundings;
    this.operations = new QuickLRU({ maxSize: size });
    const sets = new Map(Object.entries(subtypes).map(([name, types]) => [name, new Set<unknown>(types)]));
    this.isSubtype = (condition, typeName) => sets.get(condition)?.has(typeName) ?? false;
  }

  async execute(operation: Operation, variables: Readonly<Record<string, unknown>>, client: Client): Promise<Answer> {
    this.begin();
    try {
      return await operation.execute(variables, client, this.surroundings);
    } finally {
      this.end();
    }
  }

  /** Somebody plans or executes with it. */
  begin(): void {
    this.#running += 1;
  }

  end(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#idle?.();
  }

  /** When the last request that began with it has ended. */
  async idle(): Promise<void> {
    // Who was just given an operation of it executes it within this turn of the event loop.
    await turn();
    while (this.#running > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }
}

/** Runs operations on a supergraph, which can be replaced at any time: what has begun ends on what it began with. */
export class Engine {
  readonly #options: EngineOptions;
  readonly #planner = new Planner();
  readonly #transports = new Map<string, Transport>();
  readonly #versionOf = new WeakMap<Operation, Version>();
  readonly #listeners = new Set<(loaded: Loaded) => void>();
  /** What is served, and what requests still run on. */
  readonly #living = new Set<Version>();
  #current: Version | undefined;
  #versions = 0;
  #loading: Promise<unknown> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /**
   * Takes a supergraph, at first or instead of the one that is served. Rejects with an OperatorError for one that can't be
   * loaded, and goes on with what is served. `place`: where the text comes from, for the error.
   */
  load(supergraphSdl: string, place: string): Promise<void> {
    const load = this.#loading.then(() => this.#load(supergraphSdl, place));
    this.#loading = load.catch(() => {});
    return load;
  }

  async #load(supergraphSdl: string, place: string): Promise<void> {
    const {
      transportFor,
      resilience,
      deadlineMs,
      requestDeadlineMs,
      scalars = {},
      operationCacheSize = OPERATION_CACHE_SIZE,
      log,
    } = this.#options;
    const number = this.#versions++;
    let made: readonly string[] = [];
    try {
      const { apiSdl, services, subtypes } = await this.#planner.load(number, supergraphSdl);
      const transports = new Map<string, Transport>();
      for (const service of services) {
        const key = `${service.name} ${service.url}`;
        let transport = this.#transports.get(key);
        if (!transport) {
          transport = resilient(service.name, transportFor(service), { ...resilience, log });
          this.#transports.set(key, transport);
          made = [...made, key];
        }
        transports.set(service.name, transport);
      }
      const schema = buildSchema(apiSdl, { assumeValid: true });
      readScalars(schema, scalars);
      const before = this.#current;
      const loaded = { schema, supergraphSdl };
      this.#current = new Version(number, loaded, { transports, deadlineMs, requestDeadlineMs, log }, subtypes, operationCacheSize);
      this.#living.add(this.#current);
      for (const listener of this.#listeners) listener(loaded);
      if (!before) return;
      void this.#retire(before);
      void this.#warm(this.#current, before);
    } catch (error) {
      this.#planner.forget(number);
      for (const key of made) {
        await this.#transports.get(key)?.close();
        this.#transports.delete(key);
      }
      if (!(error instanceof PlanningProblem)) throw error;
      const problem = error.message.split('\n', 1)[0] ?? '';
      throw new OperatorError('The supergraph was not loaded:', [
        `${place}: is not a supergraph that can be loaded (${problem}). Compose it again, or give another file.`,
      ]);
    }
  }

  /** Lets go of what nobody needs any more once the last request has ended. */
  async #retire(version: Version): Promise<void> {
    await version.idle();
    this.#living.delete(version);
    this.#planner.forget(version.number);
    const used = new Set([...this.#living].flatMap(({ surroundings }) => [...surroundings.transports.values()]));
    const unused = [...this.#transports].filter(([, transport]) => !used.has(transport));
    for (const [key] of unused) this.#transports.delete(key);
    await Promise.all(unused.map(([, transport]) => transport.close()));
  }

  /** Tells of what is loaded, at once and after each load. Gives a function that ends it. */
  onLoad(listener: (loaded: Loaded) => void): () => void {
    this.#listeners.add(listener);
    if (this.#current) listener(this.#current.loaded);
    return () => this.#listeners.delete(listener);
  }

  /** The operation of this text, when it was prepared before. */
  prepared(source: string, operationName: string | undefined): Operation | undefined {
    return this.#current?.operations.get(keyOf(source, operationName));
  }

  /** Plans a validated document in the planning thread, and compiles it. Rejects with a GraphQLError for what can't be planned. */
  async prepare(document: DocumentNode, source: string, operationName: string | undefined): Promise<Operation> {
    const version = this.#served();
    const key = keyOf(source, operationName);
    const known = version.operations.get(key) ?? version.preparing.get(key);
    if (known) return known;
    version.begin();
    const preparing = this.#plan(version, { document, source, operationName }).finally(() => {
      version.preparing.delete(key);
      void turn().then(() => version.end());
    });
    version.preparing.set(key, preparing);
    const operation = await preparing;
    version.operations.set(key, operation);
    return operation;
  }

  /** Prepares again what was asked last of the version before, so that nobody waits for plans after a reload. */
  async #warm(version: Version, before: Version): Promise<void> {
    for (const { asked } of [...before.operations.values()].slice(-MOST_WARMED)) {
      const { document, source, operationName } = asked;
      if (this.#current !== version) return;
      if (validate(version.loaded.schema, document).length > 0) continue;
      // An operation that can't be planned any more is told to whoever sends it.
      await this.prepare(document, source, operationName).catch(() => {});
    }
  }

  async #plan(version: Version, asked: Asked): Promise<Operation> {
    const { document, operationName } = asked;
    const { schema } = version.loaded;
    const definition = getOperationAST(document, operationName);
    if (!definition)
      throw new GraphQLError('There is no operation of this name.', { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
    if (definition.operation === 'subscription') throw unplannable('Subscriptions are not supported yet.');
    try {
      const planned = await this.#planner.plan(version.number, print(document), operationName);
      const answered = planned.document === undefined ? document : parse(planned.document, { noLocation: true });
      const operation = new Operation({ asked, document: answered, definition, planned, schema, isSubtype: version.isSubtype });
      this.#versionOf.set(operation, version);
      return operation;
    } catch (error) {
      if (!(error instanceof PlanningProblem)) throw error;
      if (error instanceof Unanswerable) throw unplannable(error.message);
      this.#options.log.warn({ err: error }, 'an operation could not be planned');
      throw unplannable('This operation can not be planned. Make it smaller.');
    }
  }

  /** Never rejects for a subgraph's fault. */
  execute(operation: Operation, variables: Readonly<Record<string, unknown>>, client: Client): Promise<Answer> {
    return (this.#versionOf.get(operation) ?? this.#served()).execute(operation, variables, client);
  }

  #served(): Version {
    if (!this.#current) throw new Error('No supergraph is loaded.');
    return this.#current;
  }

  async close(): Promise<void> {
    await this.#loading;
    await this.#planner.close();
    await Promise.all([...this.#transports.values()].map((transport) => transport.close()));
  }
}

/** Resolves in the next turn of the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An engine without a supergraph: `load` one before anything else. */
export function openEngine(options: EngineOptions): Engine {
  return new Engine(options);
}

function keyOf(source: string, operationName: string | undefined): string {
  return operationName === undefined ? source : `${operationName}\n${source}`;
}

function unplannable(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'OPERATION_UNSUPPORTED', http: { status: 400 } } });
}
