import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLResolveInfo,
  GraphQLUnionType,
  isInterfaceType,
  isObjectType,
  parse,
  responsePathAsArray,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { compiledExecution } from '../../../kernel/execution/compiled.ts';

/** graphql-js is what the compiled execution is compared with, over a schema whose resolvers give everything that a resolver can give. */
const schema = buildSchema(`
  enum Colour { RED GREEN }
  input Pair { left: Int = 7, right: [Colour!] }
  interface Named { name: String }
  type Node implements Named {
    name: String id: ID! node: Node required: Node! nodes: [Node] all: [Node!]! rows: [[Node!]] number: Int sure: Int! colour: Colour
    numbers: [Int!] colours: [[Colour!]!]! named: Named thing: Thing things: [Thing!]!
    given(first: Int! = 3, pair: Pair, colours: [Colour!], text: String): String
  }
  type Leaf implements Named { name: String sure: Boolean! required: Node! size: Float }
  union Thing = Node | Leaf
  type Query { node: Node required: Node! nodes: [Node!]! named: Named! things: [Thing] given(first: Int!, pair: Pair, text: String!): String }
  type Mutation { node: Node required: Node! nodes: [Node!] named: Named }
`);

/** What decides over a run; the same for the same seed. */
interface Chance {
  readonly seed: number;
  /** How many of a thousand values go wrong in some way. */
  readonly faults: number;
  /** What resolvers were asked. */
  readonly asked: string[];
}

function hashed(...parts: readonly (string | number)[]): number {
  let hash = 2166136261;
  for (const character of parts.join(' ')) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0;
  return Math.imul(hash ^ (hash >>> 15), 2246822519) >>> 0;
}

class Forbidden extends Error {
  readonly extensions = { code: 'FORBIDDEN' };
}

/** Runs in which nothing is a promise. */
const atOnce = ({ seed }: Chance) => seed % 4 === 0;

/**
 * A value of the type named by `type`: fine or faulty, at once or later. Where anything comes later, list items do: graphql-js forgets the
 * promises of a list in which an item fails at once, and what they say is then an unhandled rejection.
 */
function made(type: string, path: string, chance: Chance, item = false): unknown {
  const roll = hashed(chance.seed, path, type);
  const value = () => (hashed(roll) % 1000 < chance.faults ? faulty(roll, path) : sound(type.replace(/!$/, ''), path, roll, chance));
  return atOnce(chance) || (roll % 3 === 0 && !item) ? value() : waited(roll % 4).then(value);
}

async function waited(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await null;
}

function faulty(roll: number, path: string): unknown {
  if (roll % 7 === 0) return null;
  if (roll % 7 === 1) return undefined;
  if (roll % 7 === 2) return new Error(`an error as a value at ${path}`);
  if (roll % 7 === 3) throw new GraphQLError(`refused at ${path}`, { extensions: { code: 'BAD_USER_INPUT' } });
  if (roll % 7 === 4) throw new Forbidden(`forbidden at ${path}`);
  if (roll % 7 === 5) throw `no error at ${path}`;
  return Symbol('of no type');
}

function sound(type: string, path: string, roll: number, chance: Chance): unknown {
  if (type.startsWith('['))
    return Array.from({ length: roll % 4 }, (_, index) => made(type.slice(1, -1), `${path}.${index}`, chance, true));
  if (type === 'Int' || type === 'Float') return roll % 100;
  if (type === 'Boolean') return roll % 2 === 0;
  if (type === 'Colour') return 'RED';
  if (type === 'String' || type === 'ID') return `text ${roll % 10}`;
  const kind = type === 'Thing' || type === 'Named' ? ['Node', 'Leaf'][roll % 2] : type;
  // names are read by the default resolver: a method, a promise or a plain value
  return { kind, name: [() => waited(2).then(() => 'later'), Promise.resolve('promised'), 'plain'][roll % 3] };
}

const resolveType = ({ kind }: { readonly kind?: string }, chance: Chance) => {
  const { seed, faults } = chance;
  const roll = hashed(seed, kind ?? '') % 1000;
  if (roll < faults / 4) return 'Query';
  if (roll < faults / 2) throw new Error('nobody knows its type');
  return roll % 2 === 0 || atOnce(chance) ? kind : Promise.resolve(kind);
};

for (const type of Object.values(schema.getTypeMap())) {
  if (type.name.startsWith('__')) continue;
  if (isInterfaceType(type) || type instanceof GraphQLUnionType) type.resolveType = resolveType;
  if (type.name === 'Leaf' && isObjectType(type))
    type.isTypeOf = ({ kind }, chance: Chance) =>
      chance.seed % 2 === 0 || atOnce(chance) ? kind === 'Leaf' : Promise.resolve(kind === 'Leaf');
  if (!isObjectType(type)) continue;
  for (const field of Object.values(type.getFields()))
    if (field.name !== 'name')
      field.resolve = (_source, args: object, chance: Chance, info: GraphQLResolveInfo) => {
        const path = responsePathAsArray(info.path).join('.');
        chance.asked.push(`${path} ${info.parentType}.${info.fieldName}: ${info.returnType} ${JSON.stringify(args)} ${info.path.typename}`);
        return field.name === 'given' ? JSON.stringify(args) : made(String(field.type), path, chance);
      };
}

const compiled = compiledExecution(schema);

/** What an error says, without what we leave out: values of a wrong type are not quoted, and runtime types not explained. */
const said = (message = '') =>
  message
    .replace(/^(Expected value of type "\w+").*/, '$1')
    .replace(/^Abstract type "(\w+)".*/, 'Abstract type "$1"')
    .replace(/^Expected `?(\w+)\.serialize\b.*/, 'Expected $1.serialize');

/** An error with all that anybody reads of it. */
const shown = ({ message, path, locations, extensions, originalError }: GraphQLError) =>
  JSON.stringify([said(message), path, locations, extensions, said(originalError?.message)]);

/** The place, at or above that of the error, which became null. */
function nullAbove(data: unknown, path: readonly (string | number)[]): string {
  let value = data;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, depth).join('.');
    value = (value as Record<string | number, unknown>)[key];
  }
  return path.join('.');
}

async function both(source: string, variables: Readonly<Record<string, unknown>>, seed: number, faults: number, operationName?: string) {
  const document = parse(source);
  expect(validate(schema, document).map(({ message }) => message)).toEqual([]);
  const run = async (by: (chance: Chance) => ExecutionResult | Promise<ExecutionResult>) => {
    const asked: string[] = [];
    return { result: await by({ seed, faults, asked }), asked };
  };
  const expected = await run((contextValue) => execute({ schema, document, variableValues: variables, contextValue, operationName }));
  const actual = await run((contextValue) => compiled(document, variables, contextValue, operationName));
  return { expected, actual };
}

function compare({ expected, actual }: Awaited<ReturnType<typeof both>>): void {
  expect(JSON.stringify(actual.result.data)).toBe(JSON.stringify(expected.result.data));
  expect(Object.keys(actual.result).sort()).toEqual(Object.keys(expected.result).sort());
  const ours = actual.result.errors ?? [];
  const theirs = expected.result.errors ?? [];
  const shownBy = { ours: new Set(ours.map(shown)), theirs: new Set(theirs.map(shown)) };
  const { data } = actual.result;
  const nulls = {
    ours: new Set(ours.map(({ path = [] }) => nullAbove(data, path))),
    theirs: new Set(theirs.map(({ path = [] }) => nullAbove(data, path))),
  };
  // Of several errors below one null, which of them come first or come in time is chance.
  expect(nulls.ours).toEqual(nulls.theirs);
  for (const error of ours)
    if (!shownBy.theirs.has(shown(error))) expect(nullAbove(data, error.path ?? [])).not.toBe(error.path?.join('.'));
  for (const error of theirs)
    if (!shownBy.ours.has(shown(error))) expect(nullAbove(data, error.path ?? [])).not.toBe(error.path?.join('.'));
  // ...and what an object would hold that became null, nobody needs to ask.
  if (ours.length === 0) expect(actual.asked.toSorted()).toEqual(expected.asked.toSorted());
}

const LEAVES = {
  Node: ['id', 'name', 'number', 'sure', 'colour', 'numbers', 'colours', '__typename'],
  Leaf: ['name', 'sure', 'size', '__typename'],
};
const OBJECTS = { Node: ['node', 'required', 'nodes', 'all', 'rows'], Leaf: ['required'] };
const CONDITIONS = [
  '',
  '',
  '',
  '',
  '@include(if: $yes)',
  '@skip(if: $yes)',
  '@include(if: $no)',
  '@skip(if: $no)',
  '@include(if: true)',
  '@skip(if: true)',
];
const GIVEN = [
  'given',
  'given(first: $n)',
  'given(pair: { left: $n, right: GREEN })',
  'given(pair: $pair, colours: RED)',
  'given(colours: $colours)',
  'given(text: null)',
  'given(text: $text, pair: {})',
];

/** Selections of a Node or a Leaf; every alias says what it is of, so that fields of one name always merge. */
const selections = (type: 'Node' | 'Leaf', depth: number): fc.Arbitrary<string> => {
  const leaf = fc
    .tuple(fc.constantFrom(...LEAVES[type]), fc.constantFrom(...CONDITIONS))
    .map(([name, condition]) => `${name} ${condition}`);
  const given = fc.constantFrom(...GIVEN).map((call) => `g${GIVEN.indexOf(call)}: ${call}`);
  if (depth === 0) return fc.array(leaf, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '));
  const object = fc
    .tuple(fc.constantFrom(...OBJECTS[type]), fc.constantFrom(...CONDITIONS), selections('Node', depth - 1))
    .map(([name, condition, inner]) => `${name} ${condition} { ${inner} }`);
  const abstract = fc
    .tuple(fc.constantFrom('named', 'thing', 'things'), selections('Node', depth - 1), selections('Leaf', depth - 1))
    .map(
      ([name, node, other]) =>
        `${name} { __typename ... on Node { ${node} } ... on Leaf { l${depth}: sure lr${depth}: required { id } ${other.replace(/\b(sure|required)\b/g, `lx${depth}: $1`)} } }`,
    );
  const fragment = fc.constant(type === 'Node' ? '...Parts' : '... on Named { name }');
  const parts = type === 'Node' ? [leaf, leaf, object, object, abstract, given, fragment] : [leaf, object, fragment];
  return fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
};

const VARIABLES = '($yes: Boolean!, $no: Boolean = false, $n: Int! = 5, $pair: Pair, $colours: [Colour!], $text: String)';
const variables = fc.record(
  {
    yes: fc.boolean(),
    no: fc.boolean(),
    n: fc.integer({ min: 0, max: 9 }),
    pair: fc.constantFrom(null, {}, { left: 1, right: 'RED' }),
    colours: fc.constantFrom(null, 'RED', ['RED', 'GREEN']),
    text: fc.constantFrom(null, 'x'),
  },
  { requiredKeys: ['yes'] },
);

const documents = fc
  .tuple(
    fc.constantFrom('query', 'mutation'),
    fc.array(fc.tuple(fc.constantFrom('node', 'required', 'nodes'), selections('Node', 2)), { minLength: 1, maxLength: 3 }),
    selections('Node', 0),
  )
  .map(([kind, roots, parts]) => {
    const fields = roots.map(([name, inner], i) => `a${i}: ${name} { ${inner} }`).join(' ');
    return `${kind} Random${VARIABLES} { ${fields} named { name ...Parts } used: __typename @include(if: $yes) @skip(if: $no) t: named { ... on Node { g: given(text: $text, pair: $pair, colours: $colours, first: $n) } } } fragment Parts on Node { ${parts} }`;
  })
  .filter((source) => validate(schema, parse(source)).length === 0);

const ITSELF = 'query A($first: Int!, $on: Boolean = true) { given(first: $first, text: "x") @include(if: $on) } query B { __typename }';

describe('compiled execution', () => {
  it.each([0, 30, 250])('answers as graphql-js does where %i of 1,000 values go wrong', async (faults) => {
    await fc.assert(
      fc.asyncProperty(documents, variables, fc.integer(), async (source, given, seed) => compare(await both(source, given, seed, faults))),
      { numRuns: 250, seed: 3 },
    );
  });

  it.each<[string, string, Record<string, unknown>, string | undefined]>([
    ['a variable that is missing', ITSELF, {}, 'A'],
    ['a variable of another type', ITSELF, { first: 'secret' }, 'A'],
    ['a condition that is null', ITSELF, { first: 1, on: null }, 'A'],
    ['an operation that is not there', ITSELF, {}, 'C'],
    ['several operations and no name', ITSELF, {}, undefined],
    ['the second of two operations', ITSELF, {}, 'B'],
    [
      'introspection',
      '{ __schema { types { name fields(includeDeprecated: true) { name type { ofType { name } } } } } __type(name: "Node") { name } }',
      {},
      undefined,
    ],
  ])('says of %s what graphql-js says', async (_, source, given, operationName) => {
    const { expected, actual } = await both(source, given, 1, 0, operationName);
    expect(JSON.parse(JSON.stringify(actual.result))).toEqual(JSON.parse(JSON.stringify(expected.result)));
  });

  it('keeps the thrown error, with its code', async () => {
    const thrown = new Forbidden('not for you');
    const small = buildSchema('type Query { at: Int later: Int }');
    const fields = small.getQueryType()?.getFields() ?? {};
    Object.assign(fields.at ?? {}, {
      resolve: () => {
        throw thrown;
      },
    });
    Object.assign(fields.later ?? {}, { resolve: () => Promise.reject(thrown) });
    const { errors = [] } = await compiledExecution(small)(parse('{ at later }'), {}, {});
    expect(errors.map(({ path, extensions }) => ({ path, extensions }))).toEqual([
      { path: ['at'], extensions: { code: 'FORBIDDEN' } },
      { path: ['later'], extensions: { code: 'FORBIDDEN' } },
    ]);
    for (const { originalError } of errors) expect(originalError).toBe(thrown);
  });

  it('runs the fields of a mutation one after the other, and none after one that took all with it', async () => {
    const events: string[] = [];
    const serial = buildSchema('type Query { a: Int } type Mutation { a: Step b: Step! c: Step } type Step { done: Int }');
    for (const field of Object.values(serial.getMutationType()?.getFields() ?? {}))
      field.resolve = async () => {
        events.push(`${field.name} begins`);
        await waited(3);
        return { done: () => waited(3).then(() => events.push(`${field.name} ends`)) };
      };
    const run = compiledExecution(serial);
    expect(JSON.stringify(await run(parse('mutation { a { done } b { done } }'), {}, {}))).toBe('{"data":{"a":{"done":2},"b":{"done":4}}}');
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);

    Object.assign(serial.getMutationType()?.getFields().b ?? {}, { resolve: async () => null });
    expect((await run(parse('mutation { a { done } b { done } c { done } }'), {}, {})).data).toBeNull();
    expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'a begins', 'a ends']);
  });

  it('hears what the rest of a list says after an item took the list with it', async () => {
    const lists = buildSchema('type Query { list: [Int!] }');
    const list = () => [null, Promise.reject(new Error('unheard, this would fail the test'))];
    Object.assign(lists.getQueryType()?.getFields().list ?? {}, { resolve: list });
    const { data, errors } = await compiledExecution(lists)(parse('{ list }'), {}, {});
    expect(JSON.stringify(data)).toBe('{"list":null}');
    expect(errors?.map(({ path }) => path)).toEqual([['list', 0]]);
  });

  it('takes a field named like a property of every object for what it is', async () => {
    const { expected, actual } = await both('{ __proto__: __typename constructor: __typename toString: node { __proto__: id } }', {}, 2, 0);
    expect(JSON.stringify(actual.result)).toBe(JSON.stringify(expected.result));
    expect(JSON.stringify(actual.result)).toContain('"__proto__":"Query"');
  });

  it.each<[string, () => object]>([
    [
      'getters that throw',
      () => ({
        get text() {
          throw new Forbidden('no text');
        },
        get sure() {
          throw new Error('unsure');
        },
        number: 1,
      }),
    ],
    ['values of no type', () => ({ text: Symbol('text'), sure: 'yes', number: Symbol('number'), colour: 'BLUE', at: Symbol('at') })],
    ['big integers', () => ({ text: 1n, sure: 1n, number: 1n, colour: 1n, at: 1n })],
    ['values that are serialized', () => ({ text: 7, sure: 1, number: '7', colour: 'RED', at: 0 })],
    ['what serializes to nothing', () => ({ text: '', sure: true, at: 'never' })],
    ['what can not be serialized', () => ({ sure: true, at: Number.NaN })],
    [
      'errors, promises and methods',
      () => ({ text: new Error('no text'), sure: Promise.resolve(true), number: () => 7, at: () => Promise.resolve(0) }),
    ],
    ['arguments that nobody reads', () => ({ sure: true, asked: 'plain' })],
    ['a method with arguments', () => ({ sure: true, asked: ({ text }: { text: string }) => text })],
    ['a source that is a function', () => Object.assign(() => {}, { text: 'a', sure: true })],
    ['a source without properties', () => Object(1)],
  ])('says of %s in plain fields what graphql-js says', async (_, source) => {
    const plain = buildSchema(`
      scalar Instant
      enum Colour { RED }
      type Plain { text: String sure: Boolean! number: Int colour: Colour at: Instant asked(text: String = "asked"): String }
      type Query { plain: Plain resolved: Plain primitive: Plain }
    `);
    Object.assign(plain.getType('Instant') ?? {}, {
      serialize: (value: unknown) => (value === 'never' ? null : new Date(value as number).toISOString()),
    });
    const { plain: at, resolved, primitive } = plain.getQueryType()?.getFields() ?? {};
    Object.assign(at ?? {}, { resolve: source });
    Object.assign(resolved ?? {}, { resolve: () => Promise.resolve(source()) });
    Object.assign(primitive ?? {}, { resolve: () => 1 });
    const document = parse(
      `{ plain { ...All } resolved { ...All } primitive { number asked } }
      fragment All on Plain { text number colour at asked sure }`,
    );
    const expected = await execute({ schema: plain, document, contextValue: {} });
    const actual = await compiledExecution(plain)(document, {}, {});
    expect(JSON.stringify(actual.data)).toBe(JSON.stringify(expected.data));
    expect(actual.errors?.map(shown).toSorted()).toEqual(expected.errors?.map(shown).toSorted());
  });

  it('takes a thenable that throws, or calls back at once or twice, for one promise', async () => {
    const thenables = buildSchema('type Query { throws: Int atOnce: Int twice: Int items: [Int] rest: [Int!] }');
    const thenable = (then: (found: (value: unknown) => void) => void) => ({ then });
    const throwing = () =>
      thenable(() => {
        throw new Error('no promise');
      });
    const values: Record<string, () => unknown> = {
      throws: throwing,
      atOnce: () => thenable((found) => found(1)),
      twice: () =>
        thenable((found) => {
          found(2);
          found(3);
        }),
      items: () => [throwing(), 4],
      rest: () => [null, throwing()],
    };
    for (const field of Object.values(thenables.getQueryType()?.getFields() ?? {})) Object.assign(field, { resolve: values[field.name] });
    const { data, errors } = await compiledExecution(thenables)(parse('{ throws atOnce twice items rest }'), {}, {});
    expect(JSON.stringify(data)).toBe('{"throws":null,"atOnce":1,"twice":2,"items":[null,4],"rest":null}');
    expect(errors?.map(({ message, path }) => `${path?.join('.')}: ${message}`).toSorted()).toEqual([
      'items.0: no promise',
      'rest.0: Cannot return null for non-nullable field Query.rest.',
      'throws: no promise',
    ]);
  });

  it('answers where an error can not be read, and where a promise has a "then" of its own that throws', async () => {
    const odd = buildSchema('type Query { revoked: Int getter: Int own: Int fine: Int }');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const getter = Object.defineProperty(new Error('hidden'), 'path', {
      get() {
        throw new Error('no path');
      },
    });
    const own = Object.assign(Promise.resolve(1), {
      // biome-ignore lint/suspicious/noThenProperty: the very thing that is tried
      then() {
        throw new Error('no promise');
      },
    });
    const values: Record<string, () => unknown> = {
      revoked: () => Promise.reject(proxy),
      getter: async () => {
        throw getter;
      },
      own: () => own,
      fine: () => Promise.resolve(2),
    };
    for (const field of Object.values(odd.getQueryType()?.getFields() ?? {})) Object.assign(field, { resolve: values[field.name] });
    const { data, errors } = await compiledExecution(odd)(parse('{ revoked getter own fine }'), {}, {});
    expect(JSON.stringify(data)).toBe('{"revoked":null,"getter":null,"own":null,"fine":2}');
    expect(errors?.map(({ path }) => path?.join('.')).toSorted()).toEqual(['getter', 'own', 'revoked']);
  });

  it('answers the items that a list has while it is read', async () => {
    const lists = buildSchema('type Query { shrinks: [Item!] grows: [Item!] } type Item { number: Int }');
    const changing = (count: number, change: (list: object[]) => void) => {
      const list: object[] = Array.from({ length: count }, (_, number) => ({ number }));
      list[0] = { number: () => change(list) };
      return list;
    };
    const values: Record<string, () => unknown> = {
      shrinks: () => changing(4, (list) => void list.splice(2)),
      grows: () => changing(1, (list) => void list.push({ number: 7 })),
    };
    for (const field of Object.values(lists.getQueryType()?.getFields() ?? {})) Object.assign(field, { resolve: values[field.name] });
    const document = parse('{ shrinks { number } grows { number } }');
    const actual = JSON.stringify(await compiledExecution(lists)(document, {}, {}));
    expect(actual).toBe('{"data":{"shrinks":[{"number":null},{"number":1}],"grows":[{"number":null},{"number":7}]}}');
    expect(actual).toBe(JSON.stringify(await execute({ schema: lists, document })));
  });

  it('gives no run what another made of a literal', async () => {
    const literals = buildSchema('input In { list: [Int!] } type Query { sum(in: In): Int }');
    const resolve = (_: unknown, args: { in: { list: number[] } }) => args.in.list.push(1);
    Object.assign(literals.getQueryType()?.getFields().sum ?? {}, { resolve });
    const run = compiledExecution(literals);
    const document = parse('{ sum(in: { list: [1] }) }');
    for (let i = 0; i < 2; i++) {
      const { data, errors } = await run(document, {}, {});
      expect(JSON.stringify(data)).toBe('{"sum":null}');
      expect(errors?.[0]?.message).toMatch(/not extensible/);
    }
  });
});
