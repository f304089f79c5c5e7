import type { QueryPlan } from '@apollo/query-planner';

/** What the gateway's main thread knows of a supergraph; the planner's own view of it stays in the planning thread. */
export interface LoadedSupergraph {
  /** The API schema: what clients see, without anything inaccessible. */
  readonly apiSdl: string;
  readonly services: readonly { readonly name: string; readonly url: string }[];
  /** For each abstract type of the whole supergraph, every type name that an object under it can have. */
  readonly subtypes: Readonly<Record<string, readonly string[]>>;
}

export interface PlannedOperation {
  readonly plan: QueryPlan;
  /** The document that the plan was made for, when it is not the client's own. */
  readonly document?: string;
  /** Response names of that document that stand for another one of the client's. */
  readonly renames?: readonly (readonly [ours: string, theirs: string])[];
}

export interface PlanningRequests {
  load: { readonly argument: { readonly version: number; readonly sdl: string }; readonly answer: LoadedSupergraph };
  plan: {
    readonly argument: { readonly version: number; readonly document: string; readonly operationName: string | undefined };
    readonly answer: PlannedOperation;
  };
  forget: { readonly argument: { readonly version: number }; readonly answer: null };
}

export type PlanningRequest = {
  [K in keyof PlanningRequests]: { readonly id: number; readonly kind: K; readonly argument: PlanningRequests[K]['argument'] };
}[keyof PlanningRequests];

/** `problem`: what is wrong with the supergraph or the operation, in the planner's words. `unanswerable`: why, in words for the client. */
export type PlanningAnswer =
  | { readonly id: number; readonly answer: PlanningRequests[keyof PlanningRequests]['answer'] }
  | { readonly id: number; readonly problem: string }
  | { readonly id: number; readonly unanswerable: string };
