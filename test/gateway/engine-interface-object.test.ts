import { expect, it } from 'vitest';
import { smallEngine } from '../support/small-engine.ts';

it('an object stays of its own type when a subgraph that knows only its interface answers after the one that knows both', async () => {
  const { ask, sent, close } = await smallEngine({
    media: {
      sdl: `
        interface Medium @key(fields: "id") { id: ID! title: String }
        type Film implements Medium @key(fields: "id") { id: ID! title: String minutes: Int! }
        type Book implements Medium @key(fields: "id") { id: ID! title: String pages: Int! }
      `,
      resolvers: {
        Medium: {
          __resolveReference: async ({ id }: { id: string }) =>
            id === 'f1' ? { __typename: 'Film', id, title: 'Ran', minutes: 160 } : { __typename: 'Book', id, title: 'Emma', pages: 448 },
        },
      },
    },
    likes: {
      sdl: 'type Query { liked: [Medium!] } type Medium @key(fields: "id") @interfaceObject { id: ID! likes: Int }',
      resolvers: {
        Query: { liked: () => [{ id: 'f1' }, { id: 'b1' }] },
        Medium: {
          __resolveReference: async ({ id }: { id: string }) => ({ id }),
          likes: ({ id }: { id: string }) => (id === 'f1' ? 5 : 7),
        },
      },
    },
  });
  expect(
    await ask(
      '{ liked { title ...F kind: __typename ... on Book { pages } } } fragment F on Medium { ...G } fragment G on Film { __typename nr: id minutes likes }',
    ),
  ).toEqual({
    data: {
      liked: [
        { title: 'Ran', __typename: 'Film', nr: 'f1', minutes: 160, likes: 5, kind: 'Film' },
        { title: 'Emma', kind: 'Book', pages: 448 },
      ],
    },
  });
  expect(sent.map(({ service }) => service)).toEqual(['likes', 'media', 'likes']);
  await close();
});

it('tells a fault of a field that is answered for all of an interface, and only where the client asked for it', async () => {
  const { ask, close } = await smallEngine({
    media: {
      sdl: `
        interface Medium @key(fields: "id") { id: ID! }
        type Film implements Medium @key(fields: "id") { id: ID! }
        type Book implements Medium @key(fields: "id") { id: ID! }
      `,
      resolvers: {
        Medium: { __resolveReference: async ({ id }: { id: string }) => ({ __typename: id.startsWith('f') ? 'Film' : 'Book', id }) },
      },
    },
    likes: {
      sdl: 'type Query { liked: [Medium!] } type Medium @key(fields: "id") @interfaceObject { id: ID! likes: Int }',
      resolvers: {
        Query: { liked: () => ['f1', 'b1', 'f2', 'b2'].map((id) => ({ id })) },
        Medium: {
          __resolveReference: async ({ id }: { id: string }) => ({ id }),
          likes: ({ id }: { id: string }) => {
            if (id !== 'f1') throw new Error(id);
            return 5;
          },
        },
      },
    },
  });
  expect(await ask('{ liked { ... on Film { likes } ... on Book { id } } }')).toEqual({
    data: { liked: [{ likes: 5 }, { id: 'b1' }, { likes: null }, { id: 'b2' }] },
    errors: [
      {
        message: 'The likes service could not answer this.',
        path: ['liked', 2, 'likes'],
        extensions: { code: 'SUBGRAPH_ERROR', service: 'likes' },
      },
    ],
  });
  await close();
});
