import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { supergraphOf } from '../support/federated-plan.ts';
import { type SmallEngine, type SmallEngineOptions, type SmallSubgraph, sdlOf, smallEngine } from '../support/small-engine.ts';

const BOOKS: Readonly<Record<string, { isbn: string; title: string | null; author: string }>> = {
  1: { isbn: '1', title: 'Emma', author: 'jane' },
  2: { isbn: '2', title: null, author: 'jane' },
  3: { isbn: '3', title: 'Dubliners', author: 'james' },
};

/** A shop: `catalogue` has books and authors, `stock` knows how many there are, `ratings` what people think. */
const PARTS: Readonly<Record<string, SmallSubgraph>> = {
  catalogue: {
    sdl: `
      type Query { books: [Book] best: Book shelf: [Book!]! things: [Thing] }
      type Mutation { rename(isbn: ID!): Book }
      union Thing = Book | Author
      interface Named { name: String }
      type Book @key(fields: "isbn") { isbn: ID! title: String strictTitle: String! author: Author again: Author weight(unit: Unit = G): Float }
      type Author implements Named @key(fields: "id") { id: ID! name: String books: [Book] }
      enum Unit { G KG }
    `,
    resolvers: {
      Query: {
        books: () => ['1', '2', '3', '1'].map((isbn) => BOOKS[isbn]),
        best: () => BOOKS[1],
        shelf: () => ['1', '2'].map((isbn) => BOOKS[isbn]),
        things: () => [BOOKS[1], { id: 'jane', name: 'Jane' }, null],
      },
      Mutation: { rename: (_: unknown, { isbn }: { isbn: string }) => BOOKS[isbn] },
      Thing: { __resolveType: (thing: object) => ('isbn' in thing ? 'Book' : 'Author') },
      Book: {
        strictTitle: ({ title }: { title: string | null }) => title,
        author: ({ author }: { author: string }) => ({ id: author, name: author }),
        again: ({ author }: { author: string }) => ({ id: author, name: author }),
        weight: (_: unknown, { unit }: { unit: string }) => (unit === 'KG' ? 0.5 : 500),
        __resolveReference: async ({ isbn }: { isbn: string }) => BOOKS[isbn] ?? null,
      },
      Author: {
        __resolveReference: async ({ id }: { id: string }) => ({ id, name: id }),
        books: ({ id }: { id: string }) => Object.values(BOOKS).filter(({ author }) => author === id),
      },
    },
  },
  stock: {
    sdl: `
      type Book @key(fields: "isbn") { isbn: ID! copies: Int mustHave: Int! label: String @requires(fields: "title") title: String @external }
    `,
    resolvers: {
      Book: {
        __resolveReference: async (book: object) => book,
        copies: ({ isbn }: { isbn: string }) => {
          if (isbn === '3') throw new Error('the shelf of 10.0.0.7 is broken');
          return Number(isbn) * 10;
        },
        mustHave: ({ isbn }: { isbn: string }) => (isbn === '2' ? null : 1),
        label: ({ isbn, title }: { isbn: string; title: string | null }) => `${isbn}: ${title ?? 'no title'}`,
      },
    },
  },
  ratings: {
    sdl: 'type Author @key(fields: "id") { id: ID! stars: Float fans: [Fan!] } type Fan { name: String! }',
    resolvers: {
      Author: {
        __resolveReference: async (author: object) => author,
        stars: ({ id }: { id: string }) => id.length,
        fans: () => [{ name: 'Ann' }, { name: 'Bob' }],
      },
    },
  },
};

const open: SmallEngine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0)) await engine.close();
});
/** The same one for every test, or one of its own for a test in which something is different. */
async function shop(options?: SmallEngineOptions): Promise<SmallEngine> {
  if (!options) {
    common ??= smallEngine(PARTS);
    return common;
  }
  const engine = await smallEngine(PARTS, options);
  open.push(engine);
  return engine;
}
let common: Promise<SmallEngine> | undefined;
afterAll(async () => (await common)?.close());

describe('the engine', () => {
  it('answers in the order of the selection, whatever order the subgraphs answered in', async () => {
    const { ask } = await shop();
    const answer = await ask('{ best { label copies isbn author { stars name } title __typename } }');
    expect(JSON.stringify(answer)).toBe(
      '{"data":{"best":{"label":"1: Emma","copies":10,"isbn":"1","author":{"stars":4,"name":"jane"},"title":"Emma","__typename":"Book"}}}',
    );
  });

  it('asks for an entity once, however often the answer has it', async () => {
    const { ask, sent } = await shop();
    expect(await ask('{ books { isbn copies: label } }')).toEqual({
      data: {
        books: [
          { isbn: '1', copies: '1: Emma' },
          { isbn: '2', copies: '2: no title' },
          { isbn: '3', copies: '3: Dubliners' },
          { isbn: '1', copies: '1: Emma' },
        ],
      },
    });
    expect(sent.map(({ service }) => service)).toEqual(['catalogue', 'stock']);
    expect(sent[1]?.variables).toEqual({
      representations: [
        { __typename: 'Book', isbn: '1', title: 'Emma' },
        { __typename: 'Book', isbn: '2', title: null },
        { __typename: 'Book', isbn: '3', title: 'Dubliners' },
      ],
    });
  });

  it('does not ask again for an entity at another place of the plan', async () => {
    const { ask, sent } = await shop();
    const { data } = await ask('query Q { best { author { stars } again { stars } } }');
    expect(data).toEqual({ best: { author: { stars: 4 }, again: { stars: 4 } } });
    expect(sent.map(({ service }) => service)).toEqual(['catalogue', 'ratings']);
  });

  it('gives each place its own objects, so that what one of them gets later is not seen at the other', async () => {
    const { ask } = await shop();
    expect(await ask('{ best { author { fans { name } } again { fans { known: name } } } }')).toEqual({
      data: { best: { author: { fans: [{ name: 'Ann' }, { name: 'Bob' }] }, again: { fans: [{ known: 'Ann' }, { known: 'Bob' }] } } },
    });
  });

  it('names each place of an entity whose field failed', async () => {
    const { ask } = await shop();
    const { data, errors } = await ask('{ books { copies } best { author { books { copies } } } more: books { copies } }');
    expect(data.books).toEqual([{ copies: 10 }, { copies: 20 }, { copies: null }, { copies: 10 }]);
    expect(errors?.map(({ path }) => path)).toEqual([
      ['books', 2, 'copies'],
      ['more', 2, 'copies'],
    ]);
    expect(JSON.stringify(errors)).not.toContain('10.0.0.7');
  });

  it('takes a null as far up as the schema says', async () => {
    const { ask } = await shop();
    expect(await ask('{ books { isbn mustHave } }')).toEqual({
      data: { books: [{ isbn: '1', mustHave: 1 }, null, { isbn: '3', mustHave: 1 }, { isbn: '1', mustHave: 1 }] },
      errors: [
        {
          message: 'The stock service could not answer this.',
          path: ['books', 1, 'mustHave'],
          extensions: { code: 'SUBGRAPH_ERROR', service: 'stock' },
        },
      ],
    });
    expect((await ask('{ shelf { isbn mustHave } }')).data).toBeNull();
  });

  it('follows @skip and @include of variables, in fields, fragments and whole fetches', async () => {
    const { ask, sent } = await shop();
    const query = `query ($yes: Boolean!, $no: Boolean = false) { best {
      isbn @skip(if: $yes) title copies @include(if: $no) ...Tail @include(if: $yes) isbn } }
      fragment Tail on Book { author @skip(if: $no) { name } }`;
    expect(JSON.stringify(await ask(query, { yes: true }))).toBe('{"data":{"best":{"title":"Emma","author":{"name":"jane"},"isbn":"1"}}}');
    expect(sent.map(({ service }) => service)).toEqual(['catalogue']);
    expect(JSON.stringify(await ask(query, { yes: false, no: true }))).toBe('{"data":{"best":{"isbn":"1","title":"Emma","copies":10}}}');
  });

  it('tells the members of a union apart, and gives nothing for what no fragment fits', async () => {
    const { ask } = await shop();
    expect(await ask('{ things { __typename ... on Book { title copies } ... on Named { name } } }')).toEqual({
      data: { things: [{ __typename: 'Book', title: 'Emma', copies: 10 }, { __typename: 'Author', name: 'Jane' }, null] },
    });
    expect(await ask('{ things { ... on Author { name } } }')).toEqual({ data: { things: [{}, { name: 'Jane' }, null] } });
  });

  it('passes variables on with their defaults, and answers an alias with other arguments', async () => {
    const { ask } = await shop();
    expect(await ask('query ($u: Unit = KG) { best { a: weight(unit: $u) b: weight } }')).toEqual({ data: { best: { a: 0.5, b: 500 } } });
    expect(await ask('query ($u: Unit = KG) { best { a: weight(unit: $u) b: weight } }', { u: 'G' })).toEqual({
      data: { best: { a: 500, b: 500 } },
    });
  });

  it('answers introspection beside data, with fragments and variables', async () => {
    const { ask } = await shop();
    expect(
      await ask(
        `query ($name: String!) { type: __type(name: $name) { ...T } best { isbn } __typename }
         fragment T on __Type { name kind enumValues { name } }`,
        { name: 'Unit' },
      ),
    ).toEqual({
      data: { type: { name: 'Unit', kind: 'ENUM', enumValues: [{ name: 'G' }, { name: 'KG' }] }, best: { isbn: '1' }, __typename: 'Query' },
    });
  });

  it('answers for a subgraph that is lost: null at each place, and one error for each', async () => {
    const { ask } = await shop({
      instead: ({ operation }) => (operation.service === 'stock' ? Promise.reject(new Error('down')) : undefined),
    });
    const lost = (path: readonly (string | number)[]) => ({
      message: 'The stock service is unavailable.',
      path,
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'stock' },
    });
    expect(await ask('{ best { isbn n: copies author { stars } } }')).toEqual({
      data: { best: { isbn: '1', n: null, author: { stars: 4 } } },
      errors: [lost(['best', 'n'])],
    });
    expect(await ask('{ books { mustHave } }')).toEqual({
      data: { books: [null, null, null, null] },
      errors: [lost(['books', 0]), lost(['books', 1]), lost(['books', 2]), lost(['books', 3])],
    });
  });

  it('says where a value is missing that is always there, when no subgraph said why', async () => {
    const { ask } = await shop({
      instead: ({ operation }) =>
        operation.service === 'catalogue'
          ? Promise.resolve({ data: { books: [{ strictTitle: 'Emma' }, { strictTitle: null }] } })
          : undefined,
    });
    expect(await ask('{ books { strictTitle } }')).toEqual({
      data: { books: [{ strictTitle: 'Emma' }, null] },
      errors: [
        { message: 'A value that is always there was missing.', path: ['books', 1, 'strictTitle'], extensions: { code: 'SUBGRAPH_ERROR' } },
      ],
    });
  });

  it.each([
    ['a number for text', '{"data":{"best":{"title":7}}}', '{ best { title } }', ['best', 'title']],
    ['text for a number', '{"data":{"best":{"weight":"heavy"}}}', '{ best { weight } }', ['best', 'weight']],
    ['an unknown type name', '{"data":{"things":[{"__typename":"Secret"}]}}', '{ things { __typename } }', ['things', 0]],
  ])('shows no value that does not fit its type: %s', async (_, body, query, path) => {
    const { ask } = await shop({ instead: () => Promise.resolve(JSON.parse(body)) });
    const { errors, data } = await ask(query);
    expect(errors).toEqual([{ message: 'A value that is always there was missing.', path, extensions: { code: 'SUBGRAPH_ERROR' } }]);
    expect(JSON.stringify(data)).not.toMatch(/7|heavy|Secret/);
  });

  it('changes no prototype, whatever keys a subgraph sends', async () => {
    const { ask } = await shop({
      instead: ({ operation }) =>
        operation.service === 'ratings'
          ? Promise.resolve(
              JSON.parse('{"data":{"_entities":[{"fans":[{"name":"Eve","__proto__":{"admin":true}}],"__proto__":{"admin":true}}]}}'),
            )
          : undefined,
    });
    expect(await ask('{ best { author { fans { name } } again { fans { name } } } }')).toEqual({
      data: { best: { author: { fans: [{ name: 'Eve' }] }, again: { fans: [{ name: 'Eve' }] } } },
    });
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('gives a request no more time than it has, however many fetches it takes', async () => {
    const { ask } = await shop({
      deadlineMs: 600_000,
      requestDeadlineMs: 500,
      instead: ({ operation }) => (operation.service === 'stock' ? new Promise(() => {}) : undefined),
    });
    expect((await ask('{ best { isbn label } }')).data).toEqual({ best: { isbn: '1', label: null } });
  });

  it('keeps answering for one request on what it began with, while another supergraph is loaded', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let wasAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const small = await shop({
      instead: ({ operation }) => {
        if (operation.service !== 'stock') return undefined;
        wasAsked();
        return held.then(() => undefined as never);
      },
    });
    const { stock: _, ...others } = PARTS;
    const answer = small.ask('{ best { isbn label } }');
    await asked;
    await small.engine.load(supergraphOf(sdlOf(others)), 'another');
    release();
    expect((await answer).data.best.isbn).toBe('1');
    await expect(small.engine.load('type Query {', 'a broken one')).rejects.toThrow(/The supergraph was not loaded/);
    expect((await small.ask('{ best { title } }')).data).toEqual({ best: { title: 'Emma' } });
  });
});
