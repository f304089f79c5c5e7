import type { FetchNode, PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';
import { GraphQLError } from 'graphql';
import type { Conditions } from './compile/conditions.ts';
import type { Subtypes } from './compile/representation.ts';
import type { PlanPath } from './compile/targets.ts';
import { compileFetch, type FetchSite, Places } from './fetch-site.ts';
import { fetchStep } from './fetch-step.ts';
import type { Run, Step } from './run.ts';

/** A plan that can be run any number of times. */
export interface Program {
  readonly step: Step;
  readonly sites: readonly FetchSite[];
  /** How many paths and memories a run has to have room for. */
  readonly places: number;
  readonly memories: number;
}

/** Throws a GraphQLError for a plan that asks for what this gateway does not execute. */
export function compilePlan({ node }: QueryPlan, conditions: Conditions, isSubtype: Subtypes, mutates: boolean): Program {
  const places = new Places();
  const sites: (FetchSite & { outdates: number[] })[] = [];

  const compile = (part: PlanNode | SubscriptionNode | undefined, path: PlanPath): Step => {
    switch (part?.kind) {
      case undefined:
        return (_, done) => done();
      case 'Sequence':
        return sequence(part.nodes.map((inner) => compile(inner, path)));
      case 'Parallel':
        return parallel(part.nodes.map((inner) => compile(inner, path)));
      case 'Flatten':
        return compile(part.node, [...path, ...part.path.map(String)]);
      case 'Fetch':
        return fetch(part, path);
      case 'Condition':
        return choice(conditionIndex(conditions, part.condition), compile(part.ifClause, path), compile(part.elseClause, path));
      case 'Defer':
        throw unsupported('@defer');
      case 'Subscription':
        throw unsupported('Subscriptions');
    }
  };
  const fetch = (part: FetchNode, path: PlanPath): Step => {
    if (part.contextRewrites?.length) throw unsupported('@fromContext');
    const site = compileFetch(part, path, places, isSubtype);
    sites.push(site);
    return fetchStep(site);
  };

  const step = compile(node, []);
  for (const site of sites) site.outdates.push(...places.below(site.path, site.composites));
  return { step, sites, places: places.count, memories: mutates ? 0 : shareMemories(sites) };
}

function unsupported(what: string): GraphQLError {
  return new GraphQLError(`${what} can't be executed by this gateway.`, { extensions: { code: 'OPERATION_UNSUPPORTED' } });
}

function conditionIndex(conditions: Conditions, variable: string): number {
  return Number(conditions.of(variable).slice(2, -1));
}

/**
 * Fetches of entities with the same text have one memory for each request, unless they bring objects: those would be changed by
 * later fetches for one place only. Gives the number of memories.
 */
function shareMemories(sites: readonly FetchSite[]): number {
  const byText = new Map<string, FetchSite[]>();
  for (const site of sites) {
    if (!site.representations || !site.leavesOnly || site.operation.kind !== 'query') continue;
    const key = `${site.operation.service}\n${site.operation.query}`;
    const same = byText.get(key);
    if (same) same.push(site);
    else byText.set(key, [site]);
  }
  let count = 0;
  for (const same of byText.values()) {
    if (same.length < 2) continue;
    for (const site of same) site.memory = count;
    count += 1;
  }
  return count;
}

function sequence(steps: readonly Step[]): Step {
  return (run, done) => follow(steps, 0, run, done);
}

// No closure here has a name: tsx would define it as a property of each one, at more than the closure's own cost.
function follow(steps: readonly Step[], index: number, run: Run, done: () => void): void {
  const step = steps[index];
  if (!step) done();
  else if (index === steps.length - 1) step(run, done);
  else step(run, () => follow(steps, index + 1, run, done));
}

function parallel(steps: readonly Step[]): Step {
  return (run, done) => new Countdown(steps.length, done).start(steps, run);
}

/** Calls `done` when as many steps have ended as there are. */
class Countdown {
  #left: number;
  readonly #done: () => void;

  constructor(count: number, done: () => void) {
    this.#left = count;
    this.#done = done;
  }

  start(steps: readonly Step[], run: Run): void {
    if (steps.length === 0) this.#done();
    for (const step of steps) step(run, () => this.#one());
  }

  #one(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#done();
  }
}

function choice(condition: number, yes: Step, no: Step): Step {
  return (run, done) => (run.conditions[condition] ? yes : no)(run, done);
}
