import fc from 'fast-check';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SmallEngine, smallEngine } from '../support/small-engine.ts';
import { changesOf } from './changes.ts';
import { Choices } from './choices.ts';
import { changeText } from './subgraph.ts';

const OPERATIONS = Number(process.env.DIFFERENTIAL ?? 400);
const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 7);

const changes: string[] = [];
const change = (_: unknown, args: object, __: unknown, { path, fieldName, returnType }: GraphQLResolveInfo) => {
  changes.push(changeText(path.key, fieldName, args));
  return String(returnType) === 'Sum' ? { total: 1, count: 2 } : 1;
};

let engine: SmallEngine;
let schema: GraphQLSchema;
beforeAll(async () => {
  engine = await smallEngine({
    one: {
      sdl: 'type Query { q: Int } type Mutation { near: Int set(to: Int): Int add: Sum } type Sum { total: Int count: Int }',
      resolvers: { Mutation: { near: change, set: change, add: change } },
    },
    two: { sdl: 'type Mutation { far: Int put(to: Int): Int }', resolvers: { Mutation: { far: change, put: change } } },
  });
  engine.engine.onLoad((loaded) => {
    schema = loaded.schema;
  });
});
afterAll(() => engine.close());

const VARIABLES = ['a', 'b', 'c'];

/** A mutation of few fields in many places: by aliases, in fragments, and under conditions. */
function mutationOf(choices: Choices): string {
  const fragments: string[] = [];
  const condition = () => {
    if (choices.once(2)) return '';
    return ` @${choices.pick(['include', 'skip'])}(if: ${choices.pick(['$a', '$b', '$c', 'true', 'false'])})`;
  };
  const field = () => {
    const name = choices.pick(['near', 'set(to: 1)', 'add', 'far', 'put(to: 2)']);
    const sums: readonly [string, ...string[]] = [
      ' { total }',
      ' { count }',
      ` { total count${condition()} }`,
      ` { ...${condition()} { count } }`,
    ];
    return `${choices.once(3) ? `x_${name.split('(')[0]}: ` : ''}${name}${condition()}${name === 'add' ? choices.pick(sums) : ''}`;
  };
  const part = (depth: number): string => {
    if (depth === 0 || choices.upTo(10) < 7) return field();
    if (choices.once(2)) return `... ${choices.pick(['', 'on Mutation'])}${condition()} { ${parts(depth - 1)} }`;
    if (choices.once(2) && fragments.length > 0) return `...F${choices.upTo(fragments.length)}${condition()}`;
    const inner = parts(depth - 1);
    return `...F${fragments.push(inner) - 1}${condition()}`;
  };
  const parts = (depth: number): string => Array.from({ length: 1 + choices.upTo(4) }, () => part(depth)).join(' ');
  const body = parts(3);
  const all = [`{ ${body} }`, ...fragments.map((inner, index) => `fragment F${index} on Mutation { ${inner} }`)].join(' ');
  const used = VARIABLES.filter((name) => all.includes(`$${name}`)).map((name) => `$${name}: Boolean${name === 'b' ? ' = true' : '!'}`);
  return `mutation${used.length > 0 ? `(${used.join(', ')})` : ''} ${all}`;
}

it('executes the fields of a mutation as GraphQL does: in their order, each once, none that is ruled out', {
  timeout: 600_000,
}, async () => {
  const tape = fc.noBias(fc.array(fc.nat(65_535), { minLength: 0, maxLength: 120, size: 'max' }));
  const asGraphqlJs = fc.asyncProperty(tape, async (numbers) => {
    const query = mutationOf(new Choices(numbers));
    const names = VARIABLES.filter((name) => query.includes(`$${name}:`));
    for (let values = 0; values < 2 ** names.length; values++) {
      const given = names.map((name, index) => [name, (values >> index) % 2 === 1] as const);
      // What is true by default is left out.
      const variables = Object.fromEntries(given.filter(([name, value]) => name !== 'b' || !value));
      changes.length = 0;
      await engine.ask(query, variables);
      expect(changes, `${query} ${JSON.stringify(variables)}`).toEqual(changesOf(schema, { query, variables }));
    }
  });
  await fc.assert(asGraphqlJs, { seed: SEED, numRuns: OPERATIONS });
});
