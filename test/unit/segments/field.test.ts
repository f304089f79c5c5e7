import { describe, expect, it } from 'vitest';
import { fieldOfCustomer } from '../../../subgraphs/segments/rules/field.ts';
import { SCHEMA } from './schema.ts';

const read = (path: string) => {
  const field = fieldOfCustomer(path, SCHEMA);
  return typeof field === 'string'
    ? field
    : { type: String(field.type), many: field.many, names: field.steps.map(({ name }) => name).join('.') };
};

describe('a field of a customer', () => {
  it('is found by its path, with its type and whether it lies in a list', () => {
    expect(read('id')).toEqual({ type: 'ID', many: false, names: 'id' });
    expect(read('purchases.summary.orderCount')).toEqual({ type: 'Int', many: false, names: 'purchases.summary.orderCount' });
    expect(read('purchases.orders(first: 50).nodes.lines.sku')).toMatchObject({ type: 'String', many: true });
    expect(read('colours')).toEqual({ type: 'Colour', many: true, names: 'colours' });
    expect(read('grid')).toMatchObject({ type: 'Int', many: true });
    expect(read('named.name')).toMatchObject({ type: 'String', many: false });
  });

  it('says which objects on the way tell what they could not learn', () => {
    const statuses = (path: string) => {
      const field = fieldOfCustomer(path, SCHEMA);
      return typeof field === 'string' ? field : field.steps.map((step) => step.statuses);
    };
    expect(statuses('purchases.summary.orderCount')).toEqual([[], ['sourceStatus'], []]);
    expect(statuses('offers.score')).toEqual([[], ['sourceStatus']]);
    // Whatever tells so beside it counts, unless it has to be given something.
    expect(statuses('ranked.model')).toEqual([[], ['sourceStatus', 'sources']]);
  });

  it('keeps arguments as they are written, and durations for instants to be told later', () => {
    const args = (path: string) => {
      const field = fieldOfCustomer(path, SCHEMA);
      return typeof field === 'string' ? field : field.steps.flatMap((step) => step.args);
    };
    expect(args('purchases.summary(since: "-P1Y", until: "2026-01-01T00:00:00Z").total')).toEqual([
      { name: 'since', value: { type: 'DateTime', duration: '-P1Y' } },
      { name: 'until', value: '"2026-01-01T00:00:00Z"' },
    ]);
    expect(args('offers(first: 3, colour: RED, context: {store: "a.b", tags: ["x"]}).id')).toEqual([
      { name: 'first', value: '3' },
      { name: 'colour', value: 'RED' },
      { name: 'context', value: '{store: "a.b", tags: ["x"]}' },
    ]);
    expect(args('offers(record: false).id')).toEqual([{ name: 'record', value: 'false' }]);
  });

  it('chooses from a list by plain fields of what is in it', () => {
    const where = (path: string) => {
      const field = fieldOfCustomer(path, SCHEMA);
      return typeof field === 'string'
        ? field
        : field.steps.flatMap((step) => step.where.map(({ name, kind, operands }) => [step.name, name, kind, operands.map((of) => of(0))]));
    };
    expect(where('purchases.orders.nodes[number: "o-1", total: [5, "7.5"]].lines[quantity: 2].sku')).toEqual([
      ['nodes', 'number', 'text', ['o-1']],
      ['nodes', 'total', 'number', [5, 7.5]],
      ['lines', 'quantity', 'number', [2]],
    ]);
    expect(where('purchases[sourceStatus: OK].orders.nodes.number')).toBe(
      'chooses from purchases, which is no list of objects; leave the square brackets out',
    );
    expect(where('colours[name: RED]')).toBe('chooses from colours, which is no list of objects; leave the square brackets out');
    expect(where('offers[tilte: "x"].id')).toBe('names tilte, which Offer has not; take title, if that is meant');
    expect(where('offers[sourceStatus: OK].id')).toBe(
      'chooses from offers by sourceStatus, which is not a plain value; choose by another field',
    );
    expect(where('offers[score: "many"].id')).toBe('chooses from offers by a score that is not a number, such as 12 or 0.5');
    expect(where('offers[score: {a: 1}].id')).toBe('chooses from offers by a score that is not a plain value');
    expect(where('offers[score: $n].id')).toBe('chooses from offers by a score that is not a plain value');
  });

  it.each([
    ['', 'is not a path of fields; write names with dots in between, and arguments in brackets, such as purchases.summary.orderCount'],
    ['purchases { summary', expect.stringMatching(/^is not a path of fields; write /)],
    ['deep.deep.deep.deep.deep.deep.deep.deep.deep.deep.deep.deep.text', 'is longer than 12 fields; end it sooner'],
    ['purchases.sumary', 'names sumary, which Purchases has not; take summary, if that is meant'],
    ['purchases.weather', 'names weather, which Purchases has not; it has sourceStatus, summary, on, orders'],
    ['wide.zzzzzzz', 'names zzzzzzz, which Wide has not; it has a1, a2, a3, a4, a5, a6, a7, a8, a9, b1, b2, b3 and others'],
    ['__typename', expect.stringMatching(/^names __typename, which Customer has not; /)],
    ['name.first', 'goes on after name, which has no fields; end it there'],
    ['mixed.id', 'goes on after mixed, which is one of several types; end it before, and take another field'],
    ['mixed', 'ends at Mixed; go on to one of its fields'],
    ['purchases', 'ends at Purchases; go on to one of its fields, such as purchases.sourceStatus'],
    ['named', 'ends at Named; go on to one of its fields, such as named.name'],
    ['segments.text', "asks for segments; a rule can't rest on segments, so copy the other one's conditions"],
    ['friends.name', 'comes back to a Customer at friends; a rule is about one customer, so end it before'],
    ['purchases.orders.nodes.buyer.id', 'comes back to a Customer at buyer; a rule is about one customer, so end it before'],
    ['name(short: true)', 'gives name an argument short; it takes none'],
    ['purchases.summary(from: 1).total', 'gives summary an argument from; it takes since, until'],
    ['offers(first: 1, first: 2).id', 'gives offers an argument first twice; give it once'],
    ['offers(first: "1").id', 'gives offers a value for first that is not a Int; correct first'],
    ['purchases.orders(first: 101).nodes.number', 'asks for the first 101 of orders; give 1 to 100'],
    ['offers(first: -1).id', 'asks for the first -1 of offers; give 1 to 100'],
    ['offers(colour: PINK).id', 'gives offers a value for colour that is not a Colour; give RED or GREEN or BLUE, without quotes'],
    ['offers(colour: "RED").id', expect.stringMatching(/ is not a Colour; give RED or GREEN or BLUE, without quotes$/)],
    ['purchases.on.total', 'leaves out the argument day of on; give a Date! in brackets'],
    // A variable that nobody gives would spoil the question for every other rule.
    ['offers(first: $n).id', 'gives offers a variable in first; write the value itself'],
    ['offers(context: {store: $s}).id', 'gives offers a variable in context; write the value itself'],
    ['offers(context: {tags: [$t]}).id', 'gives offers a variable in context; write the value itself'],
    // What is counted every night shall not fill a log of decisions.
    ['offers(record: true).id', 'makes offers keep what it answers; a rule only reads, so leave record out'],
  ])('is refused as %j: %s', (path, message) => {
    expect(read(path)).toEqual(message);
  });
});
