import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type FieldOfCustomer, fieldOfCustomer } from '../../../subgraphs/segments/rules/field.ts';
import { Question } from '../../../subgraphs/segments/rules/question.ts';
import { SCHEMA } from './schema.ts';

const field = (path: string): FieldOfCustomer => {
  const read = fieldOfCustomer(path, SCHEMA);
  if (typeof read === 'string') throw new Error(`${path} ${read}`);
  return read;
};
function asked(...paths: readonly string[]) {
  const question = new Question();
  const places = paths.map((path) => question.add(field(path)));
  expect(validate(SCHEMA, parse(question.text()))).toEqual([]);
  return {
    question,
    text: question.text(),
    names: places.map(({ names }) => names.join('.')),
    statuses: places.map(({ statuses }) => [...statuses]),
  };
}
const of = (selection: string, variables = '') => `query Segments($ids: [ID!]!${variables}) { customers(ids: $ids) ${selection} }`;

describe('a question', () => {
  it('asks for the id alone while there is no field', () => {
    expect(asked().text).toBe(of('{ id }'));
    expect(asked('id').text).toBe(of('{ id id }'));
  });

  it('asks once for what several fields share', () => {
    const { text, names } = asked('purchases.summary.orderCount', 'name', 'purchases.summary.total', 'purchases.summary.orderCount');
    expect(text).toBe(of('{ id purchases { sourceStatus { state } summary { orderCount total } } name }'));
    expect(names).toEqual(['purchases.summary.orderCount', 'name', 'purchases.summary.total', 'purchases.summary.orderCount']);
  });

  it('names a field anew where it has other arguments, whatever their order', () => {
    const { text, names } = asked(
      'offers(first: 3, colour: RED).id',
      'offers(colour: RED, first: 3).score',
      'offers.id',
      'offers(first: 5).title',
    );
    expect(names).toEqual(['offers.id', 'offers.score', 'offers__2.id', 'offers__3.title']);
    expect(text).toBe(
      of(
        '{ id offers(colour: RED, first: 3) { sourceStatus { state } id score }' +
          ' offers__2: offers { sourceStatus { state } id } offers__3: offers(first: 5) { sourceStatus { state } title } }',
      ),
    );
  });

  it('says where on the way a domain tells that it could not', () => {
    expect(asked('purchases.summary.total', 'offers.score', 'name').statuses).toEqual([
      [[1, ['sourceStatus']]],
      [[1, ['sourceStatus']]],
      [],
    ]);
    expect(asked('ranked.model').text).toBe(of('{ id ranked { sourceStatus { state } sources { state } model } }'));
  });

  it('asks for the status beside one that a rule names itself', () => {
    expect(asked('purchases.sourceStatus.service').text).toBe(of('{ id purchases { sourceStatus { state } sourceStatus { service } } }'));
  });

  it('asks for what filters go by, and says where they hold', () => {
    const place = (path: string) => new Question().add(field(path));
    expect(asked('purchases.orders.nodes[number: "1"].total', 'purchases.orders.nodes.number').text).toBe(
      of('{ id purchases { sourceStatus { state } orders { nodes { number total } } } }'),
    );
    const { names, filters } = place('purchases.orders.nodes[number: "1"].lines[sku: "a"].quantity');
    expect(names.join('.')).toBe('purchases.orders.nodes.lines.quantity');
    expect([...filters].map(([at, all]) => [at, all.map(({ name }) => name)])).toEqual([
      [3, ['number']],
      [4, ['sku']],
    ]);
  });

  it('has the same text at any time, and tells instants as variables, each once', () => {
    const { question, text } = asked(
      'purchases.summary(since: "-P1Y").total',
      'purchases.summary(since: "-P1Y", until: "-P30D").total',
      'purchases.summary(since: "2026-01-01T00:00:00Z").orderCount',
    );
    expect(text).toBe(
      of(
        '{ id purchases { sourceStatus { state } summary(since: $at0) { total } summary__2: summary(since: $at0, until: $at1) { total }' +
          ' summary__3: summary(since: "2026-01-01T00:00:00Z") { orderCount } } }',
        ', $at0: DateTime, $at1: DateTime',
      ),
    );
    expect(question.variables(Date.UTC(2026, 2, 1, 12))).toEqual({ at0: '2025-03-01T12:00:00.000Z', at1: '2026-01-30T12:00:00.000Z' });
    expect(question.variables(Date.UTC(2026, 2, 2, 12))).toEqual({ at0: '2025-03-02T12:00:00.000Z', at1: '2026-01-31T12:00:00.000Z' });
    expect(question.text()).toBe(text);
  });
});
