import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesOf, inOrderOf } from './changes.ts';
import { Choices } from './choices.ts';
import { differences } from './comparison.ts';
import type { Execution, Outcome } from './execution.ts';
import { graphOf } from './graph.ts';
import { type Asked, operationOf } from './operation.ts';
import { OurExecution } from './ours.ts';
import { stockExecution } from './stock.ts';
import { GeneratedSubgraph } from './subgraph.ts';

/** DIFFERENTIAL: how many operations, instead of the few of every run; DIFFERENTIAL_SEED: where to start, so that other ones are met. */
const OPERATIONS = Number(process.env.DIFFERENTIAL ?? 240);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 7);
/** The path that a failure tells: only that case is run. */
const PATH = process.env.DIFFERENTIAL_PATH;
const PER_GRAPH = 12;
const LONGEST_MS = 120_000 + OPERATIONS * 250;

const tape = (length: number) => fc.noBias(fc.array(fc.nat(65_535), { minLength: 0, maxLength: length, size: 'max' }));
const long = (length: number) => fc.noBias(fc.array(fc.nat(65_535), { minLength: length, maxLength: length, size: 'max' }));
const cases = fc.record({
  graph: fc.oneof({ weight: 9, arbitrary: long(300) }, tape(300)),
  operations: fc.array(fc.oneof({ weight: 9, arbitrary: long(160) }, tape(160)), { minLength: 1, maxLength: PER_GRAPH, size: 'max' }),
  inProcess: fc.boolean(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

interface Met {
  operations: number;
  entityFetches: number;
  several: number;
  fragments: number;
  nulls: number;
  errors: number;
  flaws: number;
  /** Mutations that stock executes in another order than GraphQL says. */
  disorders: number;
}

/** Runs the operations of a case on its graph, and throws where the two ways differ. */
async function compare(
  { graph: graphTape, operations, inProcess }: Case,
  ours: OurExecution,
  met: Met,
  spoil: (outcome: Outcome) => Outcome = (outcome) => outcome,
) {
  const graph = graphOf(graphTape);
  if (!graph) return;
  const subgraphs = new Map([...graph.subgraphs].map(([name, sdl]) => [name, new GeneratedSubgraph(sdl)]));
  const stock = await stockExecution(graph, subgraphs);
  const engine = await ours.on(graph, subgraphs, inProcess ? 'in-process' : 'http');
  for (const operationTape of operations) {
    const asked = operationOf(new Choices(operationTape), stock.schema);
    if (!asked) continue;
    // Apollo's planner gives up on introspection inside of a fragment with a condition.
    const expected = await stock.run(asked).catch((error: Error) => {
      if (!error.message.includes("shouldn't have happened")) throw error;
    });
    if (!expected) continue;
    const actual = await outcome(engine, asked);
    note(expected, asked, met);
    const changes = changesOf(stock.schema, asked);
    const found = inOrderOf(actual.changes, changes) ? [] : [`ours executes ${actual.changes.join(' ')} instead of ${changes.join(' ')}`];
    // By Apollo's plan a mutation's fields may be executed in another order, or twice; what they answer then says nothing. A null where
    // none may be ends it early.
    if (expected.changes.every((change, index) => change === changes[index]))
      found.push(...differences(stock.schema, asked, expected, spoil(actual)));
    else met.disorders += 1;
    if (found.length > 0) throw new Error([...found, asked.query, JSON.stringify(asked.variables), ...graph.subgraphs.values()].join('\n'));
  }
}

async function outcome(execution: Execution, asked: Asked): Promise<Outcome> {
  try {
    return await execution.run(asked);
  } catch (error) {
    return {
      data: JSON.stringify(`thrown: ${(error as Error).stack}`),
      errors: [],
      flawed: false,
      fetches: 0,
      entityFetches: 0,
      changes: [],
    };
  }
}

function note({ data, errors, flawed, fetches, entityFetches }: Outcome, { query }: Asked, met: Met): void {
  met.operations += 1;
  if (entityFetches > 0) met.entityFetches += 1;
  if (fetches > 1) met.several += 1;
  if (query.includes('...')) met.fragments += 1;
  if (data.includes('null')) met.nulls += 1;
  if (errors.length > 0) met.errors += 1;
  if (flawed) met.flaws += 1;
}

const nothing = (): Met => ({ operations: 0, entityFetches: 0, several: 0, fragments: 0, nulls: 0, errors: 0, flaws: 0, disorders: 0 });

describe('on generated graphs and operations', () => {
  let ours: OurExecution;
  beforeAll(() => {
    ours = new OurExecution();
  });
  afterAll(() => ours.close());

  it(
    'the engine answers as stock execution does',
    async () => {
      const met = nothing();
      const graphs = Math.ceil(OPERATIONS / PER_GRAPH / 0.5);
      const { failed, seed, counterexamplePath, errorInstance } = await fc.check(
        fc.asyncProperty(cases, async (one) => {
          if (met.operations < OPERATIONS) await compare(one, ours, met);
        }),
        {
          seed: SEED,
          numRuns: graphs * 2,
          interruptAfterTimeLimit: LONGEST_MS,
          ...(PATH !== undefined && { path: PATH, endOnFailure: true }),
        },
      );
      if (failed) throw new Error(`DIFFERENTIAL_SEED=${seed} DIFFERENTIAL_PATH=${counterexamplePath}\n${(errorInstance as Error).message}`);
      if (process.env.DIFFERENTIAL) console.log(met);
      expect(met.operations).toBeGreaterThanOrEqual(OPERATIONS);
      // What the generator is to meet, so that it can't go blind.
      for (const kind of ['entityFetches', 'several', 'fragments', 'nulls'] as const)
        expect(met[kind], kind).toBeGreaterThan(OPERATIONS / 4);
      for (const kind of ['errors', 'flaws'] as const) expect(met[kind], kind).toBeGreaterThan(0);
    },
    LONGEST_MS + 10_000,
  );

  const SPOILED: Readonly<Record<string, (outcome: Outcome) => Outcome>> = {
    'a value that is null instead': (outcome) => ({ ...outcome, data: outcome.data.replace(/:(true|false|-?\d+|"[^"\\]*")/, ':null') }),
    'keys in another order': (outcome) => ({
      ...outcome,
      data: outcome.data.replace(/{("\w+":[^{}[\],"]+),("\w+":[^{}[\],"]+)/, '{$2,$1'),
    }),
    'no error': (outcome) => ({ ...outcome, errors: [] }),
    'an error of its own': (outcome) => ({ ...outcome, errors: [{ message: 'x', path: ['y'] }] }),
  };
  it.each(Object.entries(SPOILED))(
    'an engine whose answers have %s is found out',
    async (_, spoil) => {
      const { failed } = await fc.check(
        fc.asyncProperty(cases, (one) => compare(one, ours, nothing(), spoil)),
        { seed: SEED, numRuns: 10, endOnFailure: true },
      );
      expect(failed).toBe(true);
    },
    LONGEST_MS,
  );
});
