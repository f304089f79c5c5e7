import type { DocumentNode } from 'graphql';
import type { Client } from './client.ts';

/** What the gateway hands to `_entities` for one object: its type name and the fields that the subgraph needs. */
export type Representation = Readonly<Record<string, unknown>> & { readonly __typename: string };

/** What one fetch node of a query plan sends; made once for each plan and kept with it. */
export interface FetchOperation {
  readonly service: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  readonly query: string;
  /** The JSON of an HTTP body up to its variables: `{"query":"...","operationName":"..."`, without a closing brace. */
  readonly bodyHead: string;
  /** `query`, parsed when it is first asked for. */
  readonly document: DocumentNode;
}

/** One fetch on its way to a subgraph. */
export interface Fetch {
  readonly operation: FetchOperation;
  /** The client's variables that the operation uses; undefined when it uses none. */
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The JSON text of each entity representation, no two alike, in the order of the wanted answer. Undefined for a root fetch. */
  readonly representations: readonly string[] | undefined;
  /** The same representations as objects, without making their texts; they share their values with the answer so far and are not to be changed. */
  objects(): readonly Representation[] | undefined;
  readonly client: Client;
  /** Whether the client's request is a mutation; this fetch of its plan may be a query all the same. */
  readonly mutates: boolean;
  /** How long this fetch may take, at most. */
  readonly deadlineMs: number;
  /** What `bodyOf` gives for this fetch, when somebody made it already. */
  readonly body?: string;
}

/**
 * Called exactly once for each fetch: with the fault, or with whatever the subgraph said, unchecked beyond being JSON. `shared`:
 * somebody else was given the very same object, so it is not to be changed; otherwise it is the receiver's own. `plain`: no text in it has
 * a character that JSON escapes; false when that is not known.
 */
export type Receive = (fault: Error | null, answer: unknown, shared?: boolean, plain?: boolean) => void;

/** Gives up a fetch: the subgraph is told where that is possible, and `receive` is not called any more. */
export type Cancel = () => void;

/** A way to a subgraph. */
export interface Transport {
  /** In process nothing is retried, shared or broken: what fails there fails by itself, and loaders share what is read. */
  readonly kind: 'http' | 'in-process';
  /** Never throws. May call `receive` before it returns. */
  send(fetch: Fetch, receive: Receive): Cancel;
  close(): Promise<void>;
}

/** Why a subgraph's answer can't be used; for the log. */
export class Unavailable extends Error {
  readonly code: 'DEADLINE' | 'GARBAGE' | 'STATUS' | 'TOO_LARGE' | 'CLIENT_GONE' | 'BREAKER_OPEN';
  /** The HTTP status that was not 200, for `STATUS`. */
  readonly status: number | undefined;
  constructor(code: Unavailable['code'], status?: number, cause?: Error) {
    super(code, cause && { cause });
    this.name = 'Unavailable';
    this.code = code;
    this.status = status;
  }
}

/** The variables of a fetch as JSON; undefined when it has none. */
export function variablesText({ variables, representations }: Pick<Fetch, 'variables' | 'representations'>): string | undefined {
  if (!representations) return variables === undefined ? undefined : JSON.stringify(variables);
  const list = `"representations":[${representations.join(',')}]}`;
  if (variables === undefined) return `{${list}`;
  const others = JSON.stringify(variables);
  return others === '{}' ? `{${list}` : `${others.slice(0, -1)},${list}`;
}

/** The whole body of a fetch over HTTP. Two fetches of one service with equal bodies ask for the same. */
export function bodyOf(fetch: Fetch): string {
  if (fetch.body !== undefined) return fetch.body;
  const variables = variablesText(fetch);
  return variables === undefined ? `${fetch.operation.bodyHead}}` : `${fetch.operation.bodyHead},"variables":${variables}}`;
}
