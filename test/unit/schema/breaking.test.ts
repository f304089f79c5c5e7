import { expect, it } from 'vitest';
import { breakingChanges } from '../../../schema/breaking.ts';

const baseline = 'type Query { customer(id: ID!): String  nps: Float  csat: Float }';

it('lets a schema grow', () => {
  expect(breakingChanges(baseline, 'type Query { customer(id: ID!, at: Int): String  nps: Float  csat: Float  ces: Float }')).toEqual([]);
});

it('names a removed field, a changed type and a new required argument', () => {
  expect(breakingChanges(baseline, 'type Query { customer(id: ID!, reason: String!): String  csat: Float }').toSorted()).toEqual([
    'A required arg reason on Query.customer was added.',
    'Query.nps was removed.',
  ]);
  expect(breakingChanges(baseline, 'type Query { customer(id: ID!): Int  nps: Float  csat: Float }')).toEqual([
    'Query.customer changed type from String to Int.',
  ]);
});
