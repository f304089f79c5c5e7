import { describe, expect, it } from 'vitest';
import { inShort, planned, supergraphOf } from '../support/federated-plan.ts';

const plan = (supergraph: string, query: string) => inShort(planned(supergraph, query).plan.node);

describe('a key that its subgraph does not resolve', () => {
  it('is not what the gateway comes back with after @requires', () => {
    const supergraph = supergraphOf({
      a: 'type A @key(fields: "id") @key(fields: "code", resolvable: false) { id: ID! code: ID! name: String }',
      b: `type Query { a: A }
        type A @key(fields: "code", resolvable: false) @key(fields: "id") { id: ID! code: ID! name: String @external shout: String @requires(fields: "name") }`,
    });
    expect(plan(supergraph, '{ a { shout } }')).toEqual([
      'b {a{__typename id}}',
      'a @a {...on A{__typename id}} {...on A{name}}',
      'b @a {...on A{__typename name id}} {...on A{shout}}',
    ]);
  });
});

describe('fields that are required with arguments', () => {
  const supergraph = supergraphOf({
    shop: `type Query { products: [Product] }
      type Product @key(fields: "upc") { upc: ID! name: String price(in: String! = "GBP"): Int tags(first: Int): [Tag] }
      type Tag { text(upper: Boolean): String }`,
    post: `type Product @key(fields: "upc") { upc: ID!
        price(in: String! = "GBP"): Int @external
        tags(first: Int): [Tag] @external
        dollars: Int @requires(fields: "price(in: \\"USD\\")")
        euros: Int @requires(fields: "price(in: \\"EUR\\")")
        cents(of: Int): Int @requires(fields: "price(in: \\"EUR\\")")
        pounds: Int @requires(fields: "price")
        label(size: Int): String @requires(fields: "tags(first: 3) { text(upper: true) }")
        weight: Int }
      type Tag @external { text(upper: Boolean): String }`,
  });

  it('do not take the place of what the client asks for under the same name', () => {
    expect(plan(supergraph, '{ products { price(in: "CHF") dollars } }')).toEqual([
      'shop {products{__typename upc price(in:"CHF")_requires__price_0:price(in:"USD")}}',
      'post @products.@ {...on Product{__typename upc _requires__price_0:price}} {...on Product{dollars}}',
    ]);
  });

  it('are asked for once for all who require them with the same arguments', () => {
    expect(plan(supergraph, '{ products { euros cents(of: 5) } }')).toEqual([
      'shop {products{__typename upc _requires__price_1:price(in:"EUR")}}',
      'post @products.@ {...on Product{__typename upc _requires__price_1:price}} {...on Product{euros cents(of:5)}}',
    ]);
  });

  it('are handed on in fetches side by side where they differ, each with its own fields and variables', () => {
    const { plan: both } = planned(supergraph, 'query($of: Int) { products { dollars weight cents(of: $of) pounds } }');
    expect(inShort(both.node)).toEqual([
      'shop {products{__typename upc _requires__price_2:price _requires__price_1:price(in:"EUR")_requires__price_0:price(in:"USD")}}',
      {
        together: [
          'post @products.@ {...on Product{__typename upc _requires__price_0:price}} {...on Product{dollars weight}}',
          'post @products.@ {...on Product{__typename upc _requires__price_1:price}} {...on Product{cents(of:$of)}}',
          'post @products.@ {...on Product{__typename upc _requires__price_2:price}} {...on Product{pounds}}',
        ],
      },
    ]);
    const usages = JSON.stringify(both).match(/"variableUsages":\[.*?\]/g);
    expect(usages).toEqual(['[]', '[]', '["of"]', '[]'].map((list) => `"variableUsages":${list}`));
  });

  it('keep what is required of them', () => {
    expect(plan(supergraph, '{ products { tags(first: 1) { text } label(size: 1) } }')).toEqual([
      'shop {products{__typename upc tags(first:1){text}_requires__tags_4:tags(first:3){_requires__text_3:text(upper:true)}}}',
      'post @products.@ {...on Product{__typename upc _requires__tags_4:tags{_requires__text_3:text}}} {...on Product{label(size:1)}}',
    ]);
  });
});

describe("a client's alias", () => {
  it('never decides which object a subgraph is asked about, nor what it is told of it', () => {
    const supergraph = supergraphOf({
      a: 'type Query { me: A } type A @key(fields: "id") { id: ID! owner: ID friend: ID nick: ID }',
      b: 'type A @key(fields: "id") { id: ID! owner: ID @external secret: String @requires(fields: "owner") }',
    });
    const { plan: safe, renames } = planned(supergraph, '{ me { id: friend owner: nick secret } }');
    expect(inShort(safe.node)).toEqual([
      'a {me{__typename id _client__id:friend _client__owner:nick owner}}',
      'b @me {...on A{__typename id owner}} {...on A{secret}}',
    ]);
    expect(Object.fromEntries(renames)).toEqual({ _client__id: 'id', _client__owner: 'owner' });
  });
});

describe('an operation with a root field that no subgraph can answer', () => {
  const supergraph = supergraphOf({
    a: 'interface Node @key(fields: "id") { id: ID! } type Query { a: Node other: Int }',
    b: 'type Node @key(fields: "id", resolvable: false) @interfaceObject { id: ID! field: String } type Query { b: Node }',
  });

  it('is refused by the name that the client gave it', () => {
    expect(() => planned(supergraph, '{ other id: a { field } }')).toThrow('No subgraph can answer what is selected of "id".');
  });

  it('is planned when that field is not there, or is introspection', () => {
    expect(plan(supergraph, '{ other a @include(if: false) { field } ...F @skip(if: true) } fragment F on Query { a { field } }')).toBe(
      'a {other}',
    );
    const never =
      'query($if: Boolean!) { other b @include(if: $if) @skip(if: $if) { id } ... @skip(if: $if) { ...F } } fragment F on Query { x: b @include(if: $if) { id } }';
    expect(plan(supergraph, never)).toBe('a {other}');
    expect(plan(supergraph, '{ other b { ... @include(if: false) { id } } }')).toEqual({
      together: ['a {other}', 'b {b{...@include(if:false){id}}}'],
    });
    const emptied = 'query($if: Boolean!) { other b @include(if: $if) { id @skip(if: true) } }';
    expect(plan(supergraph, emptied)).toBe('a {other}');
    expect(planned(supergraph, '{ __typename x: __schema { queryType { name } } }').plan.node).toBeUndefined();
  });
});

describe('a fragment that is meant for another type than the root', () => {
  const supergraph = supergraphOf({
    a: `type Query implements Counted { count: Int field: Int } type Mutation implements Counted { count: Int field: Int }
      interface Counted { count: Int }`,
  });

  it('is left out of a query', () => {
    expect(plan(supergraph, '{ field ... on Counted { ... on Mutation { other: field } } }')).toBe('a {field}');
  });

  it('is left out of a mutation, and nothing of it is executed', () => {
    const query = 'mutation { ... on Counted { ...F ... on Mutation { count } } } fragment F on Query { field }';
    expect(plan(supergraph, query)).toBe('a mutation{count}');
  });
});

describe('the fields of a mutation', () => {
  const supergraph = supergraphOf({
    a: 'type Query { q: Int } type Mutation { add: Sum other: Int } type Sum { total: Int count: Int last: Int }',
    b: 'type Mutation { far: Int }',
  });

  it.each([
    ['from a fragment among others', 'mutation { one: add { total } ...F two: add { count } } fragment F on Mutation { other }'],
    [
      'from a fragment in a fragment',
      'mutation { one: add { total } ... { ...F } two: add { count } } fragment F on Mutation { ... { other } }',
    ],
    [
      'from a fragment that the planner could use again',
      'mutation { one: add { total } ...F } fragment F on Mutation { other two: add { count } }',
    ],
    ['from a fragment that is always there', 'mutation { one: add { total } ... @include(if: true) { other } two: add { count } }'],
  ])('are executed in their order: %s', (_, query) => {
    expect(plan(supergraph, query)).toEqual('a mutation{one:add{total}other two:add{count}}');
  });

  it.each([
    [
      'with a condition that always holds',
      'mutation { add @include(if: true) { total } other add { count } }',
      'a mutation{add{total count}other}',
    ],
    [
      'with a condition that never holds, at the place of the other',
      'mutation { add @include(if: false) { total } other add { count } }',
      'a mutation{other add{count}}',
    ],
    [
      'with a condition and without',
      'mutation($all: Boolean!) { add { total } other add @include(if: $all) { count } }',
      'a mutation($all:Boolean!){add{total ...@include(if:$all){count}}other}',
    ],
    [
      'with a condition, and without after another field',
      'mutation($all: Boolean!) { add @include(if: $all) { total } other add { count } }',
      'a mutation($all:Boolean!){...@include(if:$all){add{total count}}other ...@skip(if:$all){add{count}}}',
    ],
    [
      'under two conditions',
      'mutation($a: Boolean!, $b: Boolean!) { add @include(if: $a) { total } add @skip(if: $b) { count } }',
      'a mutation($a:Boolean!$b:Boolean!){...@include(if:$a){add{total ...@skip(if:$b){count}}}...@skip(if:$b){...@skip(if:$a){add{count}}}}',
    ],
    [
      'in fragments with conditions, and without',
      'mutation($all: Boolean!) { add { total } ...More @include(if: $all) } fragment More on Mutation { add @skip(if: false) { last } }',
      'a mutation($all:Boolean!){add{total ...@include(if:$all){last}}}',
    ],
    [
      'under conditions that exclude each other',
      'mutation($a: Boolean!) { add @include(if: $a) { total } add @skip(if: $a) { count } }',
      'a mutation($a:Boolean!){...@include(if:$a){add{total}}...@skip(if:$a){add{count}}}',
    ],
  ])('are executed once: %s', (_, query, expected) => {
    expect(plan(supergraph, query)).toEqual(expected);
  });

  it('are executed in their order under one condition again and again, whatever stands between', () => {
    const changes =
      'mutation($all: Boolean!) { add @include(if: $all) { total } other two: add { last } more: other @include(if: $all) last: other }';
    expect(plan(supergraph, changes)).toEqual([
      'a mutation($all:Boolean!){...@include(if:$all){add{total}}other two:add{last}}',
      'a mutation($all:Boolean!){...@include(if:$all){more:other}last:other}',
    ]);
  });

  it('are not executed where a condition inside of another rules them out', () => {
    const never = 'mutation($not: Boolean!) { ... @skip(if: $not) { ... @skip(if: true) { other } add @include(if: $not) { total } } }';
    expect(planned(supergraph, never).plan.node).toBeUndefined();
  });

  it('are refused when nobody could tell in which case the field is selected first', () => {
    const variables = Array.from({ length: 8 }, (_, i) => [`$a${i}: Boolean!`, `$b${i}: Boolean!`, `$c${i}: Boolean!`]).flat();
    const selections = Array.from(
      { length: 8 },
      (_, i) => `... @include(if: $a${i}) { ... @skip(if: $b${i}) { add @include(if: $c${i}) { total } } }`,
    );
    expect(() => plan(supergraph, `mutation(${variables.join(' ')}) { ${selections.join(' ')} }`)).toThrow(
      '"add" is selected under too many different conditions. Select it in one place.',
    );
  });
});
