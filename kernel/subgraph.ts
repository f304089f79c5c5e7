import { readFileSync } from 'node:fs';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, type ExecutionResult, type GraphQLSchema, parse } from 'graphql';
import type { Logger } from 'pino';
import type { Catalogue } from './catalogue.ts';
import { subgraphExecution } from './execution/entities.ts';
import type { Facts } from './facts.ts';
import { installedFile } from './installation.ts';
import type { Directory, Intake } from './intake.ts';
import type { MergedView } from './merged-view.ts';
import { amountText, type Money } from './money.ts';
import { scalars } from './scalars.ts';
import type { AnySpec, EpochMs, Store } from './storage/port.ts';
import type { SubgraphName } from './subgraph-names.ts';

/** What one client request is to a subgraph. */
export interface RequestScope {
  readonly requestId: string;
  /** The one time that everything computed for this request uses. */
  readonly now: EpochMs;
  /** Aborted when the deadline passes or the client goes away. */
  readonly signal?: AbortSignal | undefined;
}

/** What a subgraph is given to work with. */
export interface SubgraphDeps {
  readonly store: Store;
  readonly directory: Directory;
  /** Absent: nothing is known of what can be had. */
  readonly catalogue?: Catalogue;
  /** The whole graph, once it can be asked; null before. Absent: it can't be reached from here. */
  readonly mergedView?: (() => MergedView | null) | undefined;
  readonly clock: () => EpochMs;
  readonly log: Logger;
  /** What the company signs with: the first one signs, all of them verify. Absent or empty: a subgraph that signs keeps a key of its own. */
  readonly signingKeys?: readonly string[];
  /** BCP 47 primary tags of the languages in which customers write, most frequent first. Absent or empty: nothing is known. */
  readonly languages?: readonly string[];
}

/** Work that a subgraph wants repeated beside its requests, such as measuring the customer base. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  /** Repeatable; stops soon after the signal. */
  run(signal: AbortSignal): Promise<void>;
}

/** One subgraph's parts, as its module.ts wires them. */
export interface SubgraphModule<Context> {
  readonly name: SubgraphName;
  /** Every collection it stores in. */
  readonly specs: readonly AnySpec[];
  /** Resolvers of schema/<name>.graphql, typed by schema/generated/<name>.ts. */
  readonly resolvers: object;
  /** What makes the loaders and inputs of one request; called once, when the subgraph is opened. */
  context(deps: SubgraphDeps): (scope: RequestScope) => Context;
  /** The kinds of record it takes in. */
  intakes(deps: SubgraphDeps): readonly Intake[];
  jobs?(deps: SubgraphDeps): readonly Job[];
  /** What models may learn from, for those who allow it. */
  facts?(deps: SubgraphDeps): Facts;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of modules with different contexts has no narrower type.
export type AnySubgraphModule = SubgraphModule<any>;

/** A subgraph over its store, ready to answer in process or behind HTTP. */
export interface Subgraph {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  readonly intakes: readonly Intake[];
  readonly jobs: readonly Job[];
  readonly facts: Facts;
  /** The context of one request. A mutation needs a fresh one, so that what it changed is read again. */
  context(scope: RequestScope): unknown;
  /** Executes a validated document. Never rejects for a resolver's fault; gives no promise where no resolver does. */
  execute(
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>> | undefined,
    context: unknown,
    operationName?: string,
  ): Promise<ExecutionResult> | ExecutionResult;
}

/** The SDL that a subgraph contributes to composition: the shared definitions and its own. */
export function subgraphSdl(name: SubgraphName): string {
  return readFileSync(installedFile('schema/shared.graphql'), 'utf8') + readFileSync(installedFile(`schema/${name}.graphql`), 'utf8');
}

const sharedResolvers = {
  ...scalars,
  Money: { amount: amountText, currencyCode: (money: Money) => money.currency },
};

/** Joins a module with its dependencies. Throws when SDL and resolvers do not fit together. */
export function openSubgraph<Context>(module: SubgraphModule<Context>, deps: SubgraphDeps): Subgraph {
  const schema = buildSubgraphSchema({ typeDefs: parse(subgraphSdl(module.name)), resolvers: { ...sharedResolvers, ...module.resolvers } });
  return {
    name: module.name,
    schema,
    intakes: module.intakes(deps),
    jobs: module.jobs?.(deps) ?? [],
    facts: module.facts?.(deps) ?? {},
    context: module.context(deps),
    execute: subgraphExecution(schema),
  };
}
