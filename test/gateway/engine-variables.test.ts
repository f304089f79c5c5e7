import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmallEngine, smallEngine } from '../support/small-engine.ts';

let small: SmallEngine;
beforeAll(async () => {
  small = await smallEngine({
    people: {
      sdl: `
        type Query { me: Person pets: [Pet] }
        union Pet = Cat | Dog
        type Cat { name: String }
        type Dog { name: String friend: Pet }
        type Person @key(fields: "id") { id: ID! }
      `,
      resolvers: {
        Query: {
          me: () => ({ id: 'ada' }),
          pets: () => [
            { __typename: 'Cat', name: 'Tom' },
            { __typename: 'Dog', name: 'Rex', friend: { __typename: 'Cat', name: 'Kit' } },
          ],
        },
      },
    },
    secrets: {
      sdl: 'type Person @key(fields: "id") { id: ID! secret(of: [ID], loud: ID, calm: Boolean = true): String }',
      resolvers: {
        Person: {
          __resolveReference: async (person: object) => person,
          secret: ({ id }: { id: string }, given: object) => `${id} ${JSON.stringify(given)}`,
        },
      },
    },
  });
});
afterAll(() => small.close());

describe('variables', () => {
  it('of a client never take the place of what the gateway asks subgraphs about, whatever their names', async () => {
    const query = `query ($representations: [ID], $_client__representations: ID, $no: Boolean!) {
      me { secret(of: $representations, loud: $_client__representations) calm: secret(calm: $no) } }`;
    expect(await small.ask(query, { representations: ['eve'], _client__representations: 'x', no: false })).toEqual({
      data: { me: { secret: 'ada {"of":["eve"],"loud":"x","calm":true}', calm: 'ada {"calm":false}' } },
    });
    expect(small.sent[1]?.variables).toMatchObject({ representations: [{ __typename: 'Person', id: 'ada' }] });
    expect(await small.ask(query, { no: true })).toEqual({ data: { me: { secret: 'ada {"calm":true}', calm: 'ada {"calm":true}' } } });
  });

  it('may be named so in conditions and in introspection', async () => {
    const condition = 'query ($representations: Boolean!) { me { id secret @include(if: $representations) } }';
    expect(await small.ask(condition, { representations: true })).toEqual({ data: { me: { id: 'ada', secret: 'ada {"calm":true}' } } });
    expect(await small.ask(condition, { representations: false })).toEqual({ data: { me: { id: 'ada' } } });
    expect(
      await small.ask('query ($representations: String!) { __type(name: $representations) { kind } }', { representations: 'Pet' }),
    ).toEqual({ data: { __type: { kind: 'UNION' } } });
  });

  it('decide from the first request on, also where only some types of object ask them', async () => {
    const query = `query ($cats: Boolean!, $dogs: Boolean = true, $deep: Boolean!) { pets {
      ... on Cat { name @include(if: $cats) } ... on Dog { name @include(if: $dogs) friend { ... on Cat { name @skip(if: $deep) kind: __typename } } } } }`;
    expect(await small.ask(query, { cats: true, deep: true })).toEqual({
      data: { pets: [{ name: 'Tom' }, { name: 'Rex', friend: { kind: 'Cat' } }] },
    });
    expect(await small.ask(query, { cats: false, dogs: false, deep: false })).toEqual({
      data: { pets: [{}, { friend: { name: 'Kit', kind: 'Cat' } }] },
    });
  });

  it('decide on introspection inside of fragments, with data beside it or without', async () => {
    const beside = 'query ($if: Boolean!) { ...F @include(if: $if) ... @skip(if: $if) { me { id } } } fragment F on Query { ...G }';
    const query = `${beside} fragment G on Query { __type(name: "Cat") { ...T } } fragment T on __Type { name }`;
    expect(await small.ask(query, { if: true })).toEqual({ data: { __type: { name: 'Cat' } } });
    expect(await small.ask(query, { if: false })).toEqual({ data: { me: { id: 'ada' } } });
    const alone = 'query ($if: Boolean!) { ... @include(if: $if) { __schema { queryType { name } } } }';
    expect(await small.ask(alone, { if: true })).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
    expect(small.sent).toEqual([]);
    expect(await small.ask(alone, { if: false })).toEqual({ data: {} });
  });
});
