import { afterEach, expect, it } from 'vitest';
import { type SmallEngine, type SmallEngineOptions, smallEngine } from '../support/small-engine.ts';

const IDS = ['1', '2', '3'].map((id) => ({ id }));
const itself = async (object: object) => object;

let open: SmallEngine | undefined;
afterEach(() => open?.close());

/** `texts` fails to tell the title of book 1; `labels` makes labels of titles, and shouts them. */
async function library(options?: SmallEngineOptions): Promise<SmallEngine> {
  open = await smallEngine(
    {
      books: {
        sdl: `
          type Query { books: [Book] first: Book! kept: [Kept] }
          type Book @key(fields: "id") { id: ID! next: Book }
          interface Kept { id: ID! }
          type Box implements Kept { id: ID! size: Int }
          type Bag implements Kept { id: ID! size: String }
        `,
        resolvers: {
          Query: { books: () => IDS, first: () => IDS[0], kept: () => ['Box', 'Bag'].map((__typename) => ({ __typename, id: '9' })) },
          Book: { next: ({ id }: { id: string }) => IDS[Number(id)] ?? { id: '1' } },
          Box: {
            size: () => {
              throw new Error('no size');
            },
          },
          Bag: {
            size: () => {
              throw new Error('no size');
            },
          },
        },
      },
      texts: {
        sdl: 'type Book @key(fields: "id") { id: ID! title: String! subtitle: String }',
        resolvers: {
          Book: {
            __resolveReference: itself,
            title: ({ id }: { id: string }) => {
              if (id === '1') throw new Error('no title');
              return `T${id}`;
            },
            subtitle: ({ id }: { id: string }) => {
              if (id === '2') throw new Error('no subtitle');
              return null;
            },
          },
        },
      },
      labels: {
        sdl: `type Book @key(fields: "id") { id: ID! title: String! @external subtitle: String @external
          next: Book @external after: String @requires(fields: "next { title }") label: String @requires(fields: "title") sign: String @requires(fields: "subtitle") }`,
        resolvers: {
          Book: {
            __resolveReference: itself,
            after: ({ next }: { next: { title: string } | null }) => next?.title ?? 'the end',
            label: ({ title }: { title: string }) => title,
            sign: ({ subtitle }: { subtitle: string | null }) => subtitle ?? 'none',
          },
        },
      },
      shouts: {
        sdl: 'type Book @key(fields: "id") { id: ID! label: String @external shout: String @requires(fields: "label") }',
        resolvers: { Book: { __resolveReference: itself, shout: ({ label }: { label: string | null }) => `${label}!` } },
      },
    },
    options,
  );
  return open;
}

const failed = (service: string, ...path: (string | number)[]) => ({
  message: `The ${service} service could not answer this.`,
  path,
  extensions: { code: 'SUBGRAPH_ERROR', service },
});

it('a fault of a field that only the gateway asked for is told where it left a null', async () => {
  const { ask } = await library();
  const { data, errors } = await ask('{ books { id name: label shout subtitle } }');
  expect(data.books).toEqual([
    { id: '1', name: null, shout: null, subtitle: null },
    { id: '2', name: 'T2', shout: 'T2!', subtitle: null },
    { id: '3', name: 'T3', shout: 'T3!', subtitle: null },
  ]);
  expect(errors).toHaveLength(4);
  expect(errors).toEqual(
    expect.arrayContaining([
      failed('texts', 'books', 1, 'subtitle'),
      failed('texts', 'books', 0, 'name'),
      failed('texts', 'books', 0, 'shout'),
      failed('texts', 'books', 0, 'subtitle'),
    ]),
  );
});

it('a fault of a field that only the gateway asked for is not told where others could go on without it', async () => {
  const { ask } = await library();
  expect(await ask('{ books { sign } }')).toEqual({ data: { books: [{ sign: 'none' }, { sign: 'none' }, { sign: 'none' }] } });
  expect(await ask('{ books { after } }')).toEqual({ data: { books: [{ after: 'T2' }, { after: 'T3' }, { after: 'the end' }] } });
});

it('a fault of all entities at once is told at each null that it left', async () => {
  const refused = { data: null, errors: [{ message: 'who are you?', path: ['_entities'] }] };
  const { ask } = await library({ instead: ({ operation }) => (operation.service === 'texts' ? Promise.resolve(refused) : undefined) });
  expect(await ask('{ books { id subtitle } }')).toEqual({
    data: { books: IDS.map(({ id }) => ({ id, subtitle: null })) },
    errors: [failed('texts', 'books', 0, 'subtitle'), failed('texts', 'books', 1, 'subtitle'), failed('texts', 'books', 2, 'subtitle')],
  });
});

it('a fault of all entities at once is told where the null went that could not stay, and be it the whole answer', async () => {
  const refused = { data: null, errors: [{ message: 'who are you?', path: ['_entities'] }] };
  const { ask } = await library({ instead: ({ operation }) => (operation.service === 'texts' ? Promise.resolve(refused) : undefined) });
  expect(await ask('{ first { title } books { id } }')).toEqual({ data: null, errors: [failed('texts', 'first')] });
});

it('a fault is told by the name that the client knows where the planner had to give the field one of its own', async () => {
  const { ask, sent } = await library();
  expect(await ask('{ kept { ... on Box { size } ... on Bag { size } } }')).toEqual({
    data: { kept: [{ size: null }, { size: null }] },
    errors: [failed('books', 'kept', 0, 'size'), failed('books', 'kept', 1, 'size')],
  });
  expect(sent[0]?.query).toContain('size__alias_0:size');
});

it('a fault at a place that does not exist is told all the same', async () => {
  const lost = { data: { books: null }, errors: [{ message: 'lost', path: ['shelf', 7] }] };
  const { ask } = await library({ instead: () => Promise.resolve(lost) });
  const { path, ...nowhere } = failed('books');
  expect(await ask('{ books { id } }')).toEqual({ data: { books: null }, errors: [nowhere] });
});

it('a subgraph that answers nonsense is lost with all that it said, also by names that the planner made up', async () => {
  const shelf = {
    sdl: `
      type Query { kept: [Kept] }
      union Kept = Box | Bag
      type Box @key(fields: "id") { id: ID! }
      type Bag @key(fields: "id") { id: ID! }
    `,
    resolvers: { Query: { kept: () => ['Box', 'Bag'].map((__typename) => ({ __typename, id: '9' })) } },
  };
  const sizes = {
    sdl: `
      type Box @key(fields: "id") { id: ID! size: Int! @shareable maker: Maker }
      type Bag @key(fields: "id") { id: ID! size: Int maker: Maker }
      type Maker { name: String }
    `,
    resolvers: {},
  };
  const others = { sdl: 'type Box @key(fields: "id") { id: ID! size: Int @shareable }', resolvers: {} };
  const entities = [
    { size: 1, maker: null },
    { size__alias_0: 2, maker: 'banana' },
  ];
  const nonsense = { data: { _entities: entities } };
  open = await smallEngine(
    { shelf, sizes, others },
    { instead: ({ operation }) => (operation.service === 'sizes' ? Promise.resolve(nonsense) : undefined) },
  );
  const { data, errors } = await open.ask('{ kept { ... on Box { size maker { name } } ... on Bag { size maker { name } } } }');
  expect(data).toEqual({
    kept: [
      { size: null, maker: null },
      { size: null, maker: null },
    ],
  });
  expect(errors?.map(({ path }) => path?.join('.'))).toEqual(['kept.0.maker', 'kept.0.size', 'kept.1.maker', 'kept.1.size']);
});
