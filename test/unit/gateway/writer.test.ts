import fc from 'fast-check';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Conditions } from '../../../gateway/engine/compile/conditions.ts';
import { compileWriter, type Notes } from '../../../gateway/engine/compile/writer.ts';
import { fragmentsOf } from '../../../gateway/engine/document.ts';

const schema = buildSchema(`
  enum Colour { RED GREEN }
  type Thing { id: ID! key: ID name: String title: String! size: Int colour: Colour flag: Boolean tags: [String] grid: [[String!]] parts: [Thing] whole: Thing }
  type Query { thing: Thing things: [Thing!]! }
`);

const notes = (): Notes => ({ flawed: false, flaws: [], misfits: [], path: [], variables: {}, plain: false, quoted: new Map() });

/** The answer's text, null and all, and whether something was amiss. */
function written(query: string, data: object, variables: Readonly<Record<string, boolean>> = {}, explains = false) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const conditions = new Conditions(operation);
  const context = { schema, operation, fragments: fragmentsOf(document), conditions, renames: new Map(), introspect: () => '{}' };
  const noted = notes();
  const text = compileWriter(context, explains)(data, conditions.values(variables), noted);
  return { text, flawed: noted.flawed };
}

const text = fc.oneof(fc.constantFrom('', '"', '\\', '{', '[', ',', 'ü', '\u2028', '\ud800', 'x'.repeat(120)), fc.string());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const { thing } = fc.letrec((tie) => ({
  thing: fc.record({
    id: fc.oneof(text, fc.integer()),
    key: maybe(fc.oneof(text, fc.integer())),
    name: maybe(text),
    title: text,
    size: maybe(fc.integer()),
    colour: maybe(fc.constantFrom('RED', 'GREEN')),
    flag: maybe(fc.boolean()),
    tags: maybe(fc.array(maybe(text), { maxLength: 3 })),
    grid: maybe(fc.array(maybe(fc.array(text, { maxLength: 2 })), { maxLength: 3 })),
    parts: maybe(fc.array(maybe(fc.oneof({ maxDepth: 2 }, fc.constant(null), tie('thing'))), { maxLength: 2 })),
    whole: maybe(fc.oneof({ maxDepth: 2 }, fc.constant(null), tie('thing'))),
  }),
}));

const LEAVES = ['id', 'key', 'name', 'title', 'size', 'colour', 'flag', 'tags', 'grid', '__typename'] as const;

interface Selected {
  readonly name: string;
  /** The variable of an @include, if any. */
  readonly when: string | null;
  readonly below: readonly Selected[] | null;
}

const selection = (depth: number): fc.Arbitrary<readonly Selected[]> =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...LEAVES, ...(depth > 0 ? ['parts', 'whole'] : [])),
      when: fc.constantFrom(null, null, 'a', 'b'),
      below: depth > 0 ? selection(depth - 1) : fc.constant(null),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  );

const isComposite = (name: string) => name === 'parts' || name === 'whole';

function print(selected: readonly Selected[]): string {
  const fields = selected.map(
    ({ name, when, below }) => `${name}${when ? ` @include(if: $${when})` : ''}${isComposite(name) && below ? print(below) : ''}`,
  );
  return `{ ${fields.join(' ')} }`;
}

/** What the selection says of a value, in plain objects. */
function projected(value: unknown, selected: readonly Selected[], variables: Readonly<Record<string, boolean>>): unknown {
  if (Array.isArray(value)) return value.map((item) => projected(item, selected, variables));
  if (value === null) return null;
  const object: Record<string, unknown> = {};
  for (const { name, when, below } of selected) {
    if (when && !variables[when]) continue;
    const field = (value as Record<string, unknown>)[name];
    object[name] = name === '__typename' ? 'Thing' : isComposite(name) && below ? projected(field, below, variables) : field;
  }
  return object;
}

describe('the text of an answer', () => {
  it.each([false, true])('is the JSON of what was selected, in its order (explaining: %s)', (explains) => {
    fc.assert(
      fc.property(selection(2), thing, fc.record({ a: fc.boolean(), b: fc.boolean() }), (selected, data, variables) => {
        const query = `query ($a: Boolean!, $b: Boolean!) { thing ${print(selected)} things ${print(selected)} }`;
        const all = { thing: data, things: [data, data] };
        const given = written(query, all, variables, explains);
        expect(given).toEqual({
          text: JSON.stringify({
            thing: projected(data, selected, variables),
            things: [projected(data, selected, variables), projected(data, selected, variables)],
          }),
          flawed: false,
        });
      }),
      { numRuns: 300 },
    );
  });

  // Each conditional constant once doubled the code: a hundred would never end.
  it('stays in proportion to the operation', () => {
    const names = Array.from({ length: 100 }, (_, i) => `t${i}`);
    const query = `query ($a: Boolean!) { thing { ${names.map((name) => `${name}: __typename @include(if: $a)`).join(' ')} title } }`;
    const thing = { title: 'x' };
    expect(written(query, { thing }, { a: false }).text).toBe('{"thing":{"title":"x"}}');
    const all = Object.fromEntries(names.map((name) => [name, 'Thing']));
    expect(written(query, { thing }, { a: true }).text).toBe(JSON.stringify({ thing: { ...all, title: 'x' } }));
  });

  it('puts null where one is allowed for a value that must be there and is not', () => {
    const things = { id: '1', title: 'a', whole: { id: '2', title: null }, parts: [{ id: '3' }, { id: '4', title: 'b' }] };
    expect(written('{ thing { name title whole { id title } parts { title } } }', { thing: things })).toEqual({
      text: '{"thing":{"name":null,"title":"a","whole":null,"parts":[null,{"title":"b"}]}}',
      flawed: true,
    });
    expect(written('{ thing { id } things { title } }', { thing: { id: '1' }, things: [{ title: 'a' }, {}] })).toEqual({
      text: null,
      flawed: true,
    });
  });
});
