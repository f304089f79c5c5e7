import type { GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import type { Client } from '../transport/client.ts';
import type { Transport } from '../transport/transport.ts';
import type { Batch } from './batch.ts';
import type { FetchSite } from './fetch-site.ts';

export type Plain = Record<string, unknown>;

/** What all requests of one loaded supergraph share. */
export interface Surroundings {
  readonly transports: ReadonlyMap<string, Transport>;
  /** How long one fetch may take, and all of one client request. */
  readonly deadlineMs: number;
  readonly requestDeadlineMs: number;
  readonly log: Logger;
}

/** A fetch whose answer could not be had or used, with the objects of the data that it was made for. */
export interface Loss {
  readonly site: FetchSite;
  readonly targets: readonly object[];
}

/** What a subgraph's resolver reported, ready for the client but for its place. */
export interface Report {
  readonly site: FetchSite;
  readonly error: GraphQLFormattedError;
  /** The objects of the data that it belongs to, null for an error of root fields or of no place. */
  readonly targets: readonly object[] | null;
  /** Below the objects, or from the fetch's root; undefined for an error of no place, or of the objects all together. */
  readonly path: readonly (string | number)[] | undefined;
}

/** One execution of a plan. */
export interface Run {
  readonly surroundings: Surroundings;
  readonly client: Client;
  readonly mutates: boolean;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly conditions: readonly boolean[];
  /** When the client's request is given up, by `performance.now()`. */
  readonly endsAt: number;
  /** Everything that subgraphs have said so far, merged. */
  readonly data: Plain;
  /** The objects at each path that several fetches start from, once they have been collected. */
  readonly places: (object[] | undefined)[];
  /** By fetch text: what has been asked of which entity already, when several places of the plan ask the same. */
  readonly memories: (Map<string, Remembered> | undefined)[];
  /** Every answer that came, for the rare request in which one of them has to be looked at again. */
  readonly batches: Batch[];
  readonly losses: Loss[];
  readonly reports: Report[];
  /** Whether no text in the data has a character that JSON escapes, as far as is known. */
  plain: boolean;
  /** Gives the run up for a fault of this process, which would otherwise be thrown at whoever brought a subgraph's answer. */
  readonly fail: (fault: unknown) => void;
  /** Subgraphs that let a deadline pass: asked again for the same request, they are taken as lost at once. */
  late: Set<string> | undefined;
}

/** An entity of a batch that was asked for, or still is. */
export interface Remembered {
  readonly batch: Batch;
  readonly index: number;
}

/** A part of a plan, ready to run. Calls `done` exactly once, possibly before it returns; never throws. */
export type Step = (run: Run, done: () => void) => void;
