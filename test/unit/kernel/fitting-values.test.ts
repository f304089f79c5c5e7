import fc from 'fast-check';
import { buildSchema, coerceInputValue, type GraphQLInputType, isInputType, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { fits, ownValue, variableOf } from '../../../kernel/execution/fitting-values.ts';

const schema = buildSchema(`
  scalar Anything
  enum Colour { RED GREEN }
  input Point { x: Int! y: Float = 1.5 label: String tags: [String!] next: Point colour: Colour odd: Anything }
  input Either @oneOf { a: String b: Int }
  type Query { q(int: Int, float: Float!, string: String!, id: ID, flag: Boolean, colour: Colour!, point: Point!, points: [[Point!]]!, either: Either, any: Anything): Int }
`);
const types = new Map<string, GraphQLInputType>(
  (schema.getQueryType()?.getFields().q?.args ?? []).map(({ name, type }) => [name, type] as const),
);

/** By graphql-js. */
function coerced(value: unknown, type: GraphQLInputType): unknown {
  return coerceInputValue(value, type, (path, _, error) => {
    throw new Error(`${path.join('.')}: ${error.message}`);
  });
}

const leaf = fc.oneof(
  fc.constantFrom(null, 'RED', 'BLUE', 2 ** 31, -(2 ** 31), 2 ** 31 - 1, 0.5, Number.NaN, '__proto__'),
  fc.integer(),
  fc.string(),
  fc.boolean(),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record(
      {
        x: fc.integer(),
        y: leaf,
        label: leaf,
        tags: tie('value'),
        next: tie('value'),
        colour: leaf,
        odd: leaf,
        a: leaf,
        b: leaf,
        more: leaf,
      },
      { requiredKeys: [] },
    ),
  ),
})).value;

describe('a value that certainly fits its type', () => {
  it('is one that graphql-js takes as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types.values()), json, (type, value) => {
        if (isInputType(type) && fits(type)(value)) expect(coerced(value, type)).toEqual(value);
      }),
      { numRuns: 20_000 },
    );
  });

  // Otherwise the property above would hold for a check that lets nothing through.
  it.each<[string, unknown]>([
    ['int', -5],
    ['int', null],
    ['float', 1.5],
    ['string', ''],
    ['id', 'x'],
    ['flag', false],
    ['colour', 'GREEN'],
    ['point', { x: 1, y: null, label: 'a', tags: ['b'], next: { x: 2, y: 0.5 }, colour: 'RED' }],
    ['points', [[{ x: 1, y: 2 }], null]],
  ])('is found without asking: %s %j', (name, value) => {
    expect(fits(types.get(name)!)(value)).toBe(true);
  });
});

describe('a variable', () => {
  const defined = (definition: string) => {
    const [operation] = parse(`query (${definition}) { q }`).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('no operation');
    return variableOf(schema, operation.variableDefinitions![0]!);
  };

  it.each([
    ['$x: Int!', { required: true, optional: false }],
    ['$x: Int! = 1', { required: false, optional: false }],
    ['$x: Int', { required: false, optional: true }],
    ['$x: Int = 1', { required: false, optional: false }],
    ['$x: Int = null', { required: false, optional: false }],
  ])('may be left out, has a default, or has to be given: %s', (definition, expected) => {
    const variable = defined(definition);
    expect(variable).toMatchObject({ name: 'x', ...expected });
    expect([undefined, 1, 'one'].map((value) => variable?.fits(value))).toEqual([false, true, false]);
  });

  it.each(['$x: Nothing', '$x: [Nothing!]', '$x: Query'])('is none where the schema has no such input type: %s', (definition) => {
    expect(defined(definition)).toBeNull();
  });

  it('is not given by what every object inherits', () => {
    expect(ownValue({}, 'constructor')).toBeUndefined();
    expect(ownValue({ constructor: 1 }, 'constructor')).toBe(1);
  });
});
