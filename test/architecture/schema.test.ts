import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type TypeNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { subgraphSdl } from '../../kernel/subgraph.ts';
import { SUBGRAPH_NAMES } from '../../kernel/subgraph-names.ts';

const api = (source: string) => buildASTSchema(parse(source));
const committed = readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8');

/** The fields of Customer that another subgraph than identity answers, and identity's own, by their names in the SDL. */
const identityFields = new Set(fieldsOf(subgraphSdl('identity'), 'Customer'));

function fieldsOf(sdl: string, typeName: string): readonly string[] {
  return parse(sdl).definitions.flatMap((definition) =>
    (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) &&
    definition.name.value === typeName
      ? (definition.fields ?? []).map((field) => field.name.value)
      : [],
  );
}

/** Each domain is its own blast wall: a field of Customer that may not be null would take the whole customer with it. */
function nonNullDomainFields(source: string): readonly string[] {
  const customer = api(source).getType('Customer');
  if (!isObjectType(customer)) throw new Error('The API has no Customer.');
  return Object.values(customer.getFields())
    .filter((field) => !identityFields.has(field.name) && isNonNullType(field.type))
    .map((field) => field.name);
}

/** Fields that give a Customer, in a subgraph that does not know permissions (docs/decisions/0004). */
function customerFields(sdl: string): readonly string[] {
  const named = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type));
  return parse(sdl).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (definition.fields ?? [])
          .filter((field) => named(field.type) === 'Customer')
          .map((field) => `${definition.name.value}.${field.name.value}`)
      : [],
  );
}

/** What a reader of the schema is left to guess. */
function undescribed(source: string): readonly string[] {
  const missing: string[] = [];
  const check = (name: string, description: string | null | undefined) => {
    if (!description?.trim()) missing.push(name);
  };
  const schema = api(source);
  const roots = new Set<GraphQLNamedType | null | undefined>([schema.getQueryType(), schema.getMutationType()]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || (type.astNode === undefined && !isObjectType(type))) continue;
    if (!roots.has(type)) check(type.name, type.description);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field.description);
        for (const argument of field.args) check(`${type.name}.${field.name}(${argument.name}:)`, argument.description);
      }
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field.description);
    } else if (isEnumType(type)) {
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.description);
    }
  }
  return missing;
}

describe('the schema', () => {
  it('lets every domain of a customer be null', () => {
    expect(nonNullDomainFields(committed)).toEqual([]);
    expect(nonNullDomainFields(committed.replace(/^( {2}purchases: \w+)$/m, '$1!'))).toEqual(['purchases']);
  });

  it('has its six domains, and fields of recommendations that need less than all of them', () => {
    const customer = api(committed).getType('Customer');
    const fields = isObjectType(customer) ? Object.keys(customer.getFields()).filter((name) => !identityFields.has(name)) : [];
    const domains = ['digital', 'feedback', 'loyalty', 'profile', 'purchases', 'recommendations'];
    expect(fields.sort()).toEqual([...domains, 'experiments', 'insights', 'nextPurchase', 'productRecommendations', 'segments'].sort());
  });

  it('lets nobody but identity lead to a customer', () => {
    // A group of customers is a list of them, and nothing else can be asked of it; it names who answers for a person now.
    const groups = ['SegmentJudgement.customer', 'SegmentMember.customer'];
    for (const name of SUBGRAPH_NAMES)
      if (name !== 'identity') expect(customerFields(subgraphSdl(name))).toEqual(name === 'segments' ? groups : []);
    expect(customerFields('type Order { id: ID! buyers: [Customer!]! }')).toEqual(['Order.buyers']);
  });

  it('leads from each thing that belongs to a customer to that customer', () => {
    const edges = customerFields(subgraphSdl('identity')).filter((field) => field.endsWith('.customer') && !field.startsWith('Query.'));
    const owned = [
      'CampaignTouch',
      'Case',
      'DigitalEvent',
      'FeedbackItem',
      'Interaction',
      'LoyaltyAccount',
      'Order',
      'Payment',
      'PointsTransaction',
      'Return',
      'Session',
      'Voucher',
    ];
    expect(edges).toEqual(expect.arrayContaining(owned.map((type) => `${type}.customer`)));
  });

  it('keeps what only the gateway needs from clients', () => {
    // Groups of customers have members of their own, which are for clients.
    const others = committed.replaceAll(/^type Segment(Count)? \{.*?^\}/gms, '');
    expect(others.length).toBeLessThan(committed.length);
    expect(others).not.toMatch(/\b(members|permissions|owner|\w+Signals)\b\s*[:(]/);
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribed(committed)).toEqual([]);
    expect(undescribed('"A root." type Query { a(b: Int): E } enum E { C }')).toEqual(['Query.a', 'Query.a(b:)', 'E', 'E.C']);
  });

  it('gives every root field and every mutation room to fail alone', () => {
    const schema = api(committed);
    for (const root of [schema.getQueryType(), schema.getMutationType()])
      for (const field of Object.values(root?.getFields() ?? {}))
        expect([field.name, isNonNullType(field.type)]).toEqual([field.name, false]);
  });

  it('gives every list of pages room to fail alone: a wrong cursor costs the list and not what holds it', () => {
    const wide = (source: string) =>
      Object.values(api(source).getTypeMap()).flatMap((type) =>
        isObjectType(type)
          ? Object.values(type.getFields())
              .filter((field) => isNonNullType(field.type) && getNamedType(field.type).name.endsWith('Connection'))
              .map((field) => `${type.name}.${field.name}`)
          : [],
      );
    expect(wide(committed)).toEqual([]);
    expect(wide('type Query { all: AConnection! } type AConnection { a: Int }')).toEqual(['Query.all']);
  });

  it('lets every mutation be repeated and refused', () => {
    const refusable: string[] = [];
    for (const field of Object.values(api(committed).getMutationType()?.getFields() ?? {})) {
      const [input] = field.args;
      const type = input ? getNamedType(input.type) : undefined;
      const payload = getNamedType(field.type);
      const repeatable = isInputObjectType(type) && ('idempotencyKey' in type.getFields() || field.name === 'eventsTrack');
      if (
        field.args.length !== 1 ||
        input?.name !== 'input' ||
        !repeatable ||
        !isObjectType(payload) ||
        !('userErrors' in payload.getFields())
      )
        refusable.push(field.name);
    }
    expect(refusable).toEqual([]);
  });
});
