import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { subgraphExecution } from '../../../kernel/execution/entities.ts';

const things: Record<string, unknown> = {
  frozen: Object.freeze({ name: 'frozen' }),
  shared: { name: 'shared' },
  other: { name: 'other', __typename: 'Other' },
  refused: new Error('refused'),
  // biome-ignore lint/suspicious/noThenProperty: a thenable that is no promise
  thenable: { then: (found: (entity: object) => void) => found({ name: 'thenable' }) },
  text: 'no object',
};

const execute = subgraphExecution(
  buildSubgraphSchema({
    typeDefs: parse(`
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key"])
      type Thing @key(fields: "id") { id: ID name: String }
      type Bare @key(fields: "id") { id: ID! }
      type Query { nothing: Int }
    `),
    resolvers: {
      Thing: {
        __resolveReference({ id }: { readonly id: string }) {
          if (id === 'thrown') throw new Error('thrown');
          return id.startsWith('later ') ? Promise.resolve(things[id.slice(6)]) : things[id];
        },
      },
    },
  }),
);

const SELECTION = '{ __typename ... on Thing { name } ... on Bare { id } }';
const ask = (ids: readonly string[], type = 'Thing') =>
  execute(
    parse(`query($representations: [_Any!]!) { _entities(representations: $representations) ${SELECTION} }`),
    { representations: ids.map((id) => ({ __typename: type, id })) },
    {},
  );

describe('entities', () => {
  it('are of the type that their representation names, at once or later, and are left as they are', async () => {
    const ids = ['frozen', 'shared', 'other', 'later frozen', 'later shared', 'thenable', 'none'];
    const { data, errors } = await ask(ids);
    expect(errors).toBeUndefined();
    const named = (name: string) => ({ __typename: 'Thing', name });
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      _entities: [named('frozen'), named('shared'), named('other'), named('frozen'), named('shared'), named('thenable'), null],
    });
    expect(Object.getOwnPropertyNames(things.shared)).toEqual(['name']);
  });

  it('are their representations where nobody resolves them', async () => {
    expect(JSON.parse(JSON.stringify(await ask(['a'], 'Bare')))).toEqual({ data: { _entities: [{ __typename: 'Bare', id: 'a' }] } });
  });

  it('fail each for itself', async () => {
    const { data, errors } = await ask(['thrown', 'shared', 'refused', 'later refused', 'text']);
    expect(JSON.parse(JSON.stringify(data))).toEqual({ _entities: [null, { __typename: 'Thing', name: 'shared' }, null, null, null] });
    expect(errors?.map(({ message, path }) => `${path?.join('.')}: ${message.replace(/ must .*/, '')}`).toSorted()).toEqual([
      '_entities.0: thrown',
      '_entities.2: refused',
      '_entities.3: refused',
      '_entities.4: Abstract type "_Entity"',
    ]);
  });

  it('are found by graphql-js too, which is left what can not be compiled', async () => {
    const { data, errors } = await execute(
      parse(`query($representations: [_Any!]!, $on: Boolean = true) {
        whole: _entities(representations: $representations) ${SELECTION}
        part: _entities(representations: $representations) { ... on Thing { name @include(if: $on) } }
      }`),
      { representations: [{ __typename: 'Thing', id: 'shared' }], on: null },
      {},
    );
    expect(JSON.parse(JSON.stringify(data))).toEqual({ whole: [{ __typename: 'Thing', name: 'shared' }], part: [null] });
    expect(errors?.map(({ path }) => path)).toEqual([['part', 0]]);
  });
});
