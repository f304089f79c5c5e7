import { type DocumentNode, execute, type GraphQLObjectType, getNamedType, isLeafType, isNonNullType, isObjectType, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDemoStore } from '../../demo/fill.ts';
import { crmId } from '../../demo/identifiers.ts';
import type { RequestScope, Subgraph } from '../../kernel/subgraph.ts';
import { SUBGRAPH_NAMES } from '../../kernel/subgraph-names.ts';
import { TEST_NOW, type TestCompany, testCompany } from '../support/company.ts';

/** graphql-js and the subgraph's own execution, over the same store. */

let company: TestCompany;
let customers: readonly object[];

beforeAll(async () => {
  company = await testCompany();
  const intakes = [...company.subgraphs.values()].flatMap((subgraph) => subgraph.intakes);
  const { storage, directory } = company;
  await fillDemoStore({ storage, directory, intakes, customers: 30, seed: 'execution', now: TEST_NOW });
  const identity = company.subgraphs.get('identity')!;
  const lookup = parse(
    'query ($identifier: IdentifierInput!) { customerBy(identifier: $identifier) { __typename id members permissions } }',
  );
  const found: object[] = [];
  for (let i = 0; i < 30; i++) {
    const { data } = await identity.execute(lookup, { identifier: crmId(i) }, identity.context(scope()));
    if (data?.customerBy) found.push(data.customerBy);
  }
  customers = [...found, { __typename: 'Customer', id: 'nobody', members: ['nobody'], permissions: null }];
}, 60_000);
afterAll(() => company.close());

const scope = (): RequestScope => ({ requestId: 'test', now: TEST_NOW });

/** Everything below a type that can be asked without naming an argument, `depth` objects deep. */
function everything(type: GraphQLObjectType, depth: number): string {
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some((argument) => isNonNullType(argument.type) && argument.defaultValue === undefined)) return [];
    const named = getNamedType(field.type);
    if (isLeafType(named)) return [field.name];
    return isObjectType(named) && depth > 0 ? [`${field.name} ${everything(named, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
}

function document(subgraph: Subgraph): DocumentNode {
  const customer = subgraph.schema.getType('Customer') as GraphQLObjectType;
  return parse(`query All($representations: [_Any!]!) { _service { __typename } _entities(representations: $representations) {
    __typename ... on Customer ${everything(customer, 5)} } }`);
}

async function both(subgraph: Subgraph, all: DocumentNode, representations: readonly object[]) {
  const copies = () => ({ representations: structuredClone(representations) });
  const schema = subgraph.schema;
  const expected = await execute({ schema, document: all, variableValues: copies(), contextValue: subgraph.context(scope()) });
  const actual = await subgraph.execute(all, copies(), subgraph.context(scope()));
  return { expected, actual };
}

describe.each(SUBGRAPH_NAMES)('%s', (name) => {
  it('answers for customers as graphql-js does, whole and in the same order', async () => {
    const subgraph = company.subgraphs.get(name)!;
    const { expected, actual } = await both(subgraph, document(subgraph), customers);
    expect(expected.errors).toBeUndefined();
    expect(JSON.stringify(actual).length).toBeGreaterThan(5_000);
    expect(JSON.stringify(actual)).toBe(JSON.stringify(expected));
  });

  it('reports what goes wrong with some customers as graphql-js does, and answers for the others', async () => {
    const subgraph = company.subgraphs.get(name)!;
    const wrong = [{ __typename: 'Customer', id: 7, members: 'no list' }, { __typename: 'Customer' }, { __typename: 'Customer', id: null }];
    const { expected, actual } = await both(subgraph, document(subgraph), [...wrong, ...customers.slice(0, 3)]);
    expect(JSON.parse(JSON.stringify(actual))).toEqual(JSON.parse(JSON.stringify(expected)));
    for (const [i, error] of (expected.errors ?? []).entries())
      expect(actual.errors?.[i]?.originalError?.message).toBe(error.originalError?.message);
  });
});

it('answers for what follows a type that it does not have as @apollo/subgraph does: with an error for all', async () => {
  const subgraph = company.subgraphs.get('pos')!;
  const { expected, actual } = await both(subgraph, document(subgraph), [{ __typename: 'Nothing', id: '1' }, ...customers.slice(0, 2)]);
  expect(actual.data).toBeNull();
  expect(actual.errors?.map(({ message, path }) => ({ message, path }))).toEqual(
    expected.errors?.map(({ message, path }) => ({ message, path })),
  );
});
