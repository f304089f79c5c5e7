import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';

const api = (source: string) => buildASTSchema(parse(source));
const committed = readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8');

const mutations = (schema: GraphQLSchema) => Object.values(schema.getMutationType()?.getFields() ?? {});
const capitalised = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`;

/** Mutations whose payload is not named for them. */
function misnamedPayloads(source: string): readonly string[] {
  return mutations(api(source))
    .filter(({ name, type }) => String(type) !== `${capitalised(name)}Payload`)
    .map(({ name, type }) => `${name}: ${type}`);
}

/** Mutations whose `userErrors` are not of a type of their own that implements UserError and has a code enum of its own. */
function sharedErrors(source: string): readonly string[] {
  const schema = api(source);
  return mutations(schema)
    .filter(({ name, type }) => !hasOwnErrors(schema, capitalised(name), type))
    .map(({ name }) => name);
}

function hasOwnErrors(schema: GraphQLSchema, noun: string, type: GraphQLOutputType): boolean {
  const payload = getNamedType(type);
  const errors: GraphQLField<unknown, unknown> | undefined = isObjectType(payload) ? payload.getFields().userErrors : undefined;
  const error = errors && getNamedType(errors.type);
  if (String(errors?.type) !== `[${noun}UserError!]!` || !isObjectType(error)) return false;
  return (
    implementsUserError(error) &&
    String(error.getFields().code?.type) === `${noun}ErrorCode!` &&
    isEnumType(schema.getType(`${noun}ErrorCode`))
  );
}

function implementsUserError(type: GraphQLObjectType): boolean {
  return type.getInterfaces().some(({ name }) => name === 'UserError');
}

/** Words that say what is done, which a field that only reads leaves to its verb-less noun. */
const VERBS = new Set(
  'assign calculate check compute describe evaluate explain fetch find get list load lookup make query read resolve retrieve show'.split(
    ' ',
  ),
);

/** Queries that are named for what is done, at their beginning or end, and not for what is answered. */
function verbQueries(source: string): readonly string[] {
  const wordsOf = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ');
  return Object.keys(api(source).getQueryType()?.getFields() ?? {}).filter((name) =>
    [wordsOf(name)[0], wordsOf(name).at(-1)].some((word) => VERBS.has(word ?? '')),
  );
}

/** Fields whose argument `first` has no default, or whose default no page may have. */
function unboundedPages(source: string): readonly string[] {
  return everyField(api(source)).flatMap(({ coordinate, field }) =>
    field.args
      .filter(
        ({ name, defaultValue }) => name === 'first' && !(typeof defaultValue === 'number' && defaultValue >= 1 && defaultValue <= 100),
      )
      .map(() => coordinate),
  );
}

/** Fields that answer a connection and cannot be asked for the next page. */
function unpagedConnections(source: string): readonly string[] {
  return everyField(api(source))
    .filter(({ field }) => getNamedType(field.type).name.endsWith('Connection'))
    .filter(({ field }) => !['first', 'after'].every((name) => field.args.some((argument) => argument.name === name)))
    .map(({ coordinate }) => coordinate);
}

function everyField(schema: GraphQLSchema) {
  return Object.values(schema.getTypeMap()).flatMap((type) =>
    (isObjectType(type) || isInterfaceType(type)) && !type.name.startsWith('__')
      ? Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, field }))
      : [],
  );
}

/** Everything that has a description: its coordinate, the names that a reader sees beside the description, and the description. */
function described(schema: GraphQLSchema) {
  const roots: readonly unknown[] = [schema.getQueryType(), schema.getMutationType()];
  return Object.values(schema.getTypeMap())
    .filter((type) => type.astNode && !type.name.startsWith('__'))
    .flatMap((type) => {
      const inner = (name: string, description: string | null | undefined) => ({
        coordinate: `${type.name}.${name}`,
        names: [type.name, name],
        description: description ?? '',
      });
      const itself = roots.includes(type) ? [] : [{ coordinate: type.name, names: [type.name], description: type.description ?? '' }];
      if (isEnumType(type)) return [...itself, ...type.getValues().map((value) => inner(value.name, value.description))];
      if (isInputObjectType(type))
        return [...itself, ...Object.values(type.getFields()).map((field) => inner(field.name, field.description))];
      if (!isObjectType(type) && !isInterfaceType(type)) return itself;
      const fields = Object.values(type.getFields());
      const args = fields.flatMap((field) =>
        field.args.map(({ name, description }) => ({
          coordinate: `${type.name}.${field.name}(${name}:)`,
          names: [type.name, field.name, name],
          description: description ?? '',
        })),
      );
      return [...itself, ...fields.map((field) => inner(field.name, field.description)), ...args];
    });
}

const FILLING = new Set('a an and are by for in is it its of on one or that the this to was with'.split(' '));

/** Words of a text or name, each without its ending, so that `orders`, `Order` and `ordered` are one word. */
function stems(text: string): readonly string[] {
  const apart = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .replace(/'s\b/g, '')
    .toLowerCase();
  return (apart.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/ies$/, 'y').replace(/(s|ed|d)$/, ''));
}

/** Descriptions without a word that the names of field and type do not say already. */
function restated(source: string): readonly string[] {
  return described(api(source))
    .filter(({ names, description }) => {
      const known = new Set([...names.flatMap(stems), ...[...FILLING].flatMap(stems)]);
      return stems(description).every((word) => known.has(word));
    })
    .map(({ coordinate }) => coordinate);
}

/** A schema in which one mutation keeps the conventions, but for what is replaced. */
function planted(from: string, to: string): string {
  const right = `
    interface UserError { field: [String!] message: String! }
    type Query { a: Int }
    type Mutation { orderRecord(input: Int): OrderRecordPayload }
    type OrderRecordPayload { userErrors: [OrderRecordUserError!]! }
    type OrderRecordUserError implements UserError { code: OrderRecordErrorCode! field: [String!] message: String! }
    enum OrderRecordErrorCode { A }
    enum ErrorCode { A }`;
  expect(right).toContain(from);
  return right.replace(from, to);
}

describe('a mutation', () => {
  it('answers a payload that is named for it', () => {
    expect(misnamedPayloads(committed).filter((name) => !/^(experiment|segment)/.test(name))).toEqual([]);
    expect(misnamedPayloads(planted('A }', 'A }'))).toEqual([]);
    expect(misnamedPayloads('type Query { a: Int } type Mutation { orderRecord: Order } type Order { id: ID }')).toEqual([
      'orderRecord: Order',
    ]);
  });

  it('refuses by a type of its own, which implements UserError, with codes of its own', () => {
    expect(sharedErrors(committed).filter((name) => !/^(experiment|segment)/.test(name))).toEqual([]);
    expect(sharedErrors(planted('A }', 'A }'))).toEqual([]);
    expect(sharedErrors(planted(' implements UserError', ''))).toEqual(['orderRecord']);
    expect(sharedErrors(planted('code: OrderRecordErrorCode!', 'code: ErrorCode!'))).toEqual(['orderRecord']);
    expect(sharedErrors(planted('code: OrderRecordErrorCode!', 'code: OrderRecordErrorCode'))).toEqual(['orderRecord']);
    expect(sharedErrors(planted('[OrderRecordUserError!]!', '[UserError!]!'))).toEqual(['orderRecord']);
    expect(sharedErrors(planted('[OrderRecordUserError!]!', '[OrderRecordUserError!]'))).toEqual(['orderRecord']);
  });
});

describe('a query', () => {
  it('is named for what it answers, not for what is done', () => {
    expect(verbQueries(committed).filter((name) => name !== 'experimentAssign')).toEqual([]);
    const names = ['getOrder', 'orderLookup', 'listing', 'order', 'findings', 'explainDecision', 'experimentAssign'];
    expect(verbQueries(`type Query { ${names.map((name) => `${name}: Int`).join(' ')} }`)).toEqual([
      'getOrder',
      'orderLookup',
      'explainDecision',
      'experimentAssign',
    ]);
  });
});

describe('a list that is asked for in pages', () => {
  it('has a page size where none is given', () => {
    expect(unboundedPages(committed)).toEqual([]);
    expect(
      unboundedPages('type Query { a(first: Int): Int b(first: Int = 20): Int c(first: Int = 0): Int d(first: Int = 101): Int }'),
    ).toEqual(['Query.a', 'Query.c', 'Query.d']);
  });

  it('can be asked for what follows', () => {
    expect(unpagedConnections(committed)).toEqual([]);
    const connection = 'type AConnection { a: Int }';
    expect(unpagedConnections(`type Query { a(first: Int): AConnection b(first: Int, after: String): AConnection } ${connection}`)).toEqual(
      ['Query.a'],
    );
  });
});

describe('a description', () => {
  it('says more than the name', () => {
    expect(
      restated(committed).filter((coordinate) => !/^(Experiment|Segment|(Query|Mutation)\.(experiment|segment))/.test(coordinate)),
    ).toEqual([]);
    const planted = `
      "Orders of a customer."
      type CustomerOrder { "The order's number." number: Int "The number on the receipt." receipt: Int }
      "A kind." enum Kind { "Of this kind: FIRST." FIRST "Made before all others." SECOND }
      type Query { "An order." order("The order's id." id: ID): CustomerOrder }`;
    expect(restated(planted)).toEqual(['CustomerOrder', 'CustomerOrder.number', 'Kind', 'Kind.FIRST', 'Query.order', 'Query.order(id:)']);
  });
});
