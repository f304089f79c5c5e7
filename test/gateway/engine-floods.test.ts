import { afterEach, expect, it } from 'vitest';
import { type SmallEngine, smallEngine } from '../support/small-engine.ts';

let open: SmallEngine | undefined;
afterEach(() => open?.close());

const MESSAGE = 'The texts service could not answer this.';

/** `count` books, each of which has the same author; `texts` answers for them and for the author by `answer`. */
async function library(count: number, answer: (entities: number) => object): Promise<SmallEngine> {
  const books = Array.from({ length: count }, (_, id) => ({ id: `${id}`, author: { id: 'ada' } }));
  open = await smallEngine(
    {
      books: {
        sdl: `type Query { books: [Book] open: Boolean } type Book @key(fields: "id") { id: ID! author: Author }
          type Author @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { books: () => books, open: () => true } },
      },
      texts: {
        sdl: `scalar Anything type Book @key(fields: "id") { id: ID! title: String } type Author @key(fields: "id") { id: ID! life: Life }
          type Life { notes: Anything }`,
        resolvers: {},
      },
    },
    { instead: (fetch) => (fetch.operation.service === 'texts' ? Promise.resolve(answer(fetch.objects()?.length ?? 0)) : undefined) },
  );
  return open;
}

/** Ten seconds of this process's work: the machine may be busy with something else. */
const MOST_CPU_US = 10_000_000;
const worked = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

it('ten thousand faults of ten thousand objects are told at once, each at its object', async () => {
  const { ask } = await library(10_000, (count) => ({
    data: { _entities: times(count, () => ({ title: null })) },
    errors: times(count, (index) => ({ message: 'no', path: ['_entities', index, 'title'] })),
  }));
  const before = worked();
  const { errors } = await ask('{ books { title } }');
  expect(worked() - before).toBeLessThan(MOST_CPU_US);
  expect(errors).toHaveLength(10_000);
  expect(errors?.[9_999]).toEqual({
    message: MESSAGE,
    path: ['books', 9_999, 'title'],
    extensions: { code: 'SUBGRAPH_ERROR', service: 'texts' },
  });
});

it('ten thousand faults of all objects together are told once of each', async () => {
  const { ask } = await library(2_000, () => ({ data: null, errors: times(10_000, () => ({ message: 'no', path: ['_entities'] })) }));
  const before = worked();
  const { errors } = await ask('{ books { title } }');
  expect(worked() - before).toBeLessThan(MOST_CPU_US);
  expect(errors?.map(({ path }) => path)).toEqual(times(2_000, (index) => ['books', index, 'title']));
});

it('ten thousand faults of one field are told once at each place where its object stands', async () => {
  const { ask } = await library(3, () => ({
    data: { _entities: [{ life: null }] },
    errors: times(10_000, () => ({ message: 'no', path: ['_entities', 0, 'life'] })),
  }));
  const { errors } = await ask('{ books { author { life { notes } } } }');
  expect(errors?.map(({ path }) => path)).toEqual([0, 1, 2].map((index) => ['books', index, 'author', 'life']));
});

const deep = (): unknown => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);

it('a value that is nested too deeply to be written is null, with an error, beside all others', async () => {
  const { ask } = await library(1, () => ({ data: { _entities: [{ life: { notes: deep() } }] } }));
  expect(await ask('{ open books { author { life { notes } } } }')).toEqual({
    data: { open: true, books: [{ author: { life: { notes: null } } }] },
    errors: [
      {
        message: 'A value that is always there was missing.',
        path: ['books', 0, 'author', 'life', 'notes'],
        extensions: { code: 'SUBGRAPH_ERROR' },
      },
    ],
  });
});

it('a subgraph whose answer is nested too deeply to be copied to a second place is taken as lost', async () => {
  const { ask } = await library(2, () => ({ data: { _entities: [{ life: { notes: deep() } }] } }));
  const { data, errors } = await ask('{ open books { id author { life { notes } } } }');
  expect(data).toMatchObject({ open: true, books: [{ id: '0' }, { id: '1', author: { life: null } }] });
  expect(errors).toContainEqual({
    message: 'The texts service is unavailable.',
    path: ['books', 1, 'author', 'life'],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'texts' },
  });
});
