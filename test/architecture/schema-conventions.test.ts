import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
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
