import type { GraphQLFormattedError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { findValues, Lost } from '../../../subgraphs/segments/rules/answer.ts';
import type { Filter } from '../../../subgraphs/segments/rules/field.ts';

const error = (...path: readonly (string | number)[]): GraphQLFormattedError => ({ message: 'lost', path });

/** What is found of `names` in the fields of customer 3; `statuses` by the number of names before them. */
function found(
  fields: unknown,
  names: string,
  errors: readonly GraphQLFormattedError[] = [],
  statuses: Readonly<Record<number, readonly string[]>> = {},
  filters: Readonly<Record<number, readonly Filter[]>> = {},
) {
  const place = {
    names: names.split('.'),
    statuses: new Map(Object.entries(statuses).map(([at, status]) => [Number(at), status])),
    filters: new Map(Object.entries(filters).map(([at, filter]) => [Number(at), filter])),
  };
  return findValues({ fields, lost: new Lost(errors) }, 'customers/3', place, 0);
}

describe('what is found in an answer', () => {
  it('is a value, or its absence', () => {
    expect(found({ a: { b: 5 } }, 'a.b')).toEqual({ values: [5], known: true });
    expect(found({ a: { b: null } }, 'a.b')).toEqual({ values: [], known: true });
    expect(found({ a: null }, 'a.b')).toEqual({ values: [], known: true });
    expect(found({}, 'a.b')).toEqual({ values: [], known: true });
    expect([0, '', false].map((value) => found({ a: value }, 'a').values)).toEqual([[0], [''], [false]]);
  });

  it('is every value of lists, in their order, without nulls', () => {
    expect(found({ a: [{ b: [1, null, 2] }, null, { b: [] }, { b: [3] }] }, 'a.b')).toEqual({ values: [1, 2, 3], known: true });
    expect(found({ a: [[1, 2], [3]] }, 'a')).toEqual({ values: [1, 2, 3], known: true });
    expect(found({ a: [] }, 'a.b')).toEqual({ values: [], known: true });
  });

  it('is not known where an error took it', () => {
    expect(found({ a: { b: null } }, 'a.b', [error('customers', 3, 'a', 'b')])).toEqual({ values: [], known: false });
    // Of another customer, of another field, and of the same field beside it.
    expect(found({ a: { b: null } }, 'a.b', [error('customers', 4, 'a', 'b')]).known).toBe(true);
    expect(found({ a: { b: null } }, 'a.b', [error('customers', 3, 'a', 'c')]).known).toBe(true);
    expect(found({ a: { b: null } }, 'a.b', [error('customers', 33, 'a', 'b')]).known).toBe(true);
    expect(found({ a: { b: 5 } }, 'a.b', [error('customers', 3, 'a', 'c')])).toEqual({ values: [5], known: true });
  });

  it('is not known where a null above stands for an error below', () => {
    expect(found({ a: null }, 'a.b.c', [error('customers', 3, 'a', 'b', 'c')])).toEqual({ values: [], known: false });
    expect(found({ a: [{ b: 1 }, null] }, 'a.b', [error('customers', 3, 'a', 1, 'b')])).toEqual({ values: [1], known: false });
    expect(found({ a: [{ b: 1 }, null] }, 'a.b', [error('customers', 3, 'a', 0, 'c')])).toEqual({ values: [1], known: true });
  });

  it('keeps what the other elements of a list say', () => {
    expect(found({ a: [{ b: null }, { b: 2 }] }, 'a.b', [error('customers', 3, 'a', 0, 'b')])).toEqual({ values: [2], known: false });
  });

  it('is not known where a domain says that it could not be asked', () => {
    const one = (state: string) => ({ a: { sourceStatus: { state }, b: null } });
    expect(found(one('UNAVAILABLE'), 'a.b', [], { 1: ['sourceStatus'] })).toEqual({ values: [], known: false });
    expect(found(one('WITHHELD'), 'a.b', [], { 1: ['sourceStatus'] })).toEqual({ values: [], known: true });
    const many = (...states: readonly string[]) => ({ a: { sourceStatus: states.map((state) => ({ state })), b: 5 } });
    expect(found(many('OK', 'UNAVAILABLE'), 'a.b', [], { 1: ['sourceStatus'] })).toEqual({ values: [5], known: false });
    expect(found(many('OK', 'NO_DATA'), 'a.b', [], { 1: ['sourceStatus'] })).toEqual({ values: [5], known: true });
    const two = (state: string) => ({ a: { sourceStatus: { state: 'OK' }, sources: [{ state: 'OK' }, { state }], b: 5 } });
    expect(found(two('UNAVAILABLE'), 'a.b', [], { 1: ['sourceStatus', 'sources'] })).toEqual({ values: [5], known: false });
    expect(found(two('OK'), 'a.b', [], { 1: ['sourceStatus', 'sources'] })).toEqual({ values: [5], known: true });
    expect(found({ a: { sourceStatus: null, b: 5 } }, 'a.b', [], { 1: ['sourceStatus'] })).toEqual({ values: [5], known: true });
  });

  it('is of what filters choose alone, of one object each', () => {
    const is = (name: string, ...values: readonly string[]): Filter => ({
      name,
      kind: 'text',
      operands: values.map((value) => () => value),
    });
    const spent = {
      spent: [
        { amount: '2004518', currency: 'JPY' },
        { amount: '5.00', currency: 'EUR' },
        { amount: '7', currency: null },
      ],
    };
    expect(found(spent, 'spent.amount', [], {}, { 1: [is('currency', 'EUR')] })).toEqual({ values: ['5.00'], known: true });
    expect(found(spent, 'spent.amount', [], {}, { 1: [is('currency', 'EUR', 'JPY')] }).values).toEqual(['2004518', '5.00']);
    expect(found(spent, 'spent.amount', [], {}, { 1: [is('currency', 'EUR'), is('amount', '9')] }).values).toEqual([]);
    // What was lost of the last one may have been EUR.
    const lost = [error('customers', 3, 'spent', 2, 'currency')];
    expect(found(spent, 'spent.amount', lost, {}, { 1: [is('currency', 'EUR')] })).toEqual({ values: ['5.00'], known: false });
  });

  it('is told of errors without a place that they are nowhere', () => {
    expect(found({ a: null }, 'a', [{ message: 'lost' }])).toEqual({ values: [], known: true });
    expect(new Lost(undefined).has('customers')).toBe(false);
    expect(new Lost([error('customers', 3)]).has('customers/3')).toBe(true);
  });
});
