import type { Engine, Operation } from '../engine/engine.ts';
import type { PersistedQueries } from './persisted-queries.ts';
import { wrongVariable } from './variables.ts';

/** A request that needs nothing but execution. */
export interface Prepared {
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly contentType: string;
}

/** More different Accept headers than clients have; who sends more goes the long way. */
const MAX_ACCEPTS = 256;
const NO_VARIABLES = Object.freeze({});

/**
 * Finds the POSTs whose answer Apollo Server would have no part in: the operation was validated and planned before, the variables
 * fit, and it has chosen a media type for this Accept header before. Whatever is unusual is left to it.
 */
export class FastPath {
  readonly #engine: Engine;
  readonly #persisted: PersistedQueries;
  readonly #contentTypes = new Map<string, string>();

  constructor(engine: Engine, persisted: PersistedQueries) {
    this.#engine = engine;
    this.#persisted = persisted;
  }

  /** Apollo Server answered a client that sends this Accept header in this media type, and will again. */
  learn(accept: string | undefined, contentType: string): void {
    if (this.#contentTypes.size < MAX_ACCEPTS) this.#contentTypes.set(accept ?? '', contentType);
  }

  find(body: unknown, accept: string | undefined): Prepared | undefined {
    const contentType = this.#contentTypes.get(accept ?? '');
    if (contentType === undefined || typeof body !== 'object' || body === null) return undefined;
    const { query, operationName = null, variables = null, extensions = null } = body as Record<string, unknown>;
    const text = extensions === null ? query : this.#textOf(query, extensions);
    if (typeof text !== 'string' || (operationName !== null && typeof operationName !== 'string')) return undefined;
    if (variables !== null && !isObject(variables)) return undefined;
    const operation = this.#engine.prepared(text, operationName ?? undefined);
    const given = variables ?? NO_VARIABLES;
    if (!operation || wrongVariable(operation.schema, operation.definition, given, operation.asked.document)) return undefined;
    return { operation, variables: given, contentType };
  }

  /** The text of a request with extensions, when it is as sure as one without. */
  #textOf(query: unknown, extensions: unknown): unknown {
    if (!isObject(extensions)) return undefined;
    const { persistedQuery } = extensions;
    if (!persistedQuery) return query;
    if (!isObject(persistedQuery) || persistedQuery.version !== 1 || typeof persistedQuery.sha256Hash !== 'string') return undefined;
    const known = this.#persisted.known(persistedQuery.sha256Hash);
    return query === undefined || query === null || query === known ? known : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
