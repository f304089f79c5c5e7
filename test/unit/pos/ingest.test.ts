import { describe, expect, it } from 'vitest';
import type { Arrival, Outcome } from '../../../kernel/intake.ts';
import { foldOrder, foldPayment, foldReturn } from '../../../subgraphs/pos/ingest.ts';
import type { OrderRecord } from '../../../subgraphs/pos/records.ts';
import { headerOf, linesOf, orderAmounts } from '../../../subgraphs/pos/rules.ts';
import { type OrderRow, readOrder, readPayment, readReturn } from '../../../subgraphs/pos/source.ts';

const KEY = { owner: 'cus_a', id: 'x' };
let rows = 0;

function arrival(row: Record<string, string>, origin = `run/${++rows}`, occurrence = 1): Arrival<OrderRow> {
  const read = readOrder({ source: 'shop', number: '7', currency: 'GBP', ...row });
  if (!read.ok) throw new Error(read.reason.message);
  return { record: read.record, owner: KEY.owner, origin, occurrence };
}

/** The order after the arrivals, one by one, and their outcomes. */
function take(...arrivals: Arrival<OrderRow>[]): { order: OrderRecord; outcomes: Outcome[] } {
  let order: OrderRecord | null = null;
  const outcomes: Outcome[] = [];
  for (const each of arrivals) {
    const folded = foldOrder(order, KEY, [each]);
    order = folded.doc ?? order;
    outcomes.push(...folded.outcomes);
  }
  return { order: order!, outcomes };
}

const first = { quantity: '3', unit_price: '0.335', placed_at: '2011-01-04T10:00:00Z' };
const second = { quantity: '1', unit_price: '2.5', placed_at: '2011-01-04T09:58:00Z' };

describe('lines of an order', () => {
  it('are summed exactly and rounded half up once', () => {
    // 1.005 + 2.5 = 3.505 is 3.51; 1.005 + 1.005 is 2.01, where rounding each line first would give 2.02
    expect(take(arrival(first), arrival(second)).order.totalMinor).toBe(351);
    expect(take(arrival(first), arrival(first, 'run/b', 2)).order.totalMinor).toBe(201);
  });

  it('of equal content all count, by occurrence, and a redelivered one does not', () => {
    const { order, outcomes } = take(
      arrival(second, 'run/1', 1),
      arrival(second, 'run/2', 2),
      arrival(second, 'again/1', 1),
      arrival(second, 'run/2', 2),
    );
    expect(outcomes).toEqual(['stored', 'stored', 'duplicate', 'stored']);
    expect([order.lines.length, order.totalMinor]).toEqual([2, 500]);
  });

  it('of many decimals are summed without loss', () => {
    const weighed = { ...first, quantity: '1.000000001', unit_price: '1.000000001' };
    expect(take(arrival(weighed), arrival({ ...weighed, line_total: '0.004999998' })).order.totalMinor).toBe(101);
    expect(take(arrival(weighed), arrival({ ...weighed, line_total: '0.004999997' })).order.totalMinor).toBe(100);
  });

  it('place the order at the earliest of their times, wherever that stands', () => {
    expect(take(arrival(first), arrival(second)).order.placedAt).toBe(Date.UTC(2011, 0, 4, 9, 58));
    expect(take(arrival(second), arrival(first)).order.placedAt).toBe(Date.UTC(2011, 0, 4, 9, 58));
  });

  it('with a number are corrected, and the correction survives the old row coming again', () => {
    const old = { ...second, line_number: '1' };
    const { order, outcomes } = take(arrival(old), arrival({ ...old, quantity: '2' }), arrival(old, 'again/1'));
    expect(outcomes).toEqual(['stored', 'stored', 'duplicate']);
    expect([order.totalMinor, linesOf(order.lines).length]).toEqual([500, 1]);
  });

  it('in another currency are refused', () => {
    const { order, outcomes } = take(arrival(first), arrival({ ...second, currency: 'EUR' }));
    expect(outcomes[1]).toMatchObject({ code: 'CURRENCY_MISMATCH', field: 'currency' });
    expect(order.lines).toHaveLength(1);
  });

  it('that cost nothing make an order', () => {
    expect(take(arrival({ ...second, unit_price: '0' })).order).toMatchObject({ totalMinor: 0, tally: 'GBP' });
  });
});

describe('the header of an order', () => {
  const header = { placed_at: '2011-01-03T08:00:00Z', status: 'PLACED', channel: 'WEB' };

  it('decides the time, whether it comes before or after the lines', () => {
    for (const { order } of [take(arrival(header), arrival(second)), take(arrival(second), arrival(header))])
      expect([order.placedAt, order.totalMinor]).toEqual([Date.UTC(2011, 0, 3, 8), 250]);
  });

  it('is completed from several files and corrected by the last', () => {
    const { order } = take(arrival(header), arrival({ store: 'S1' }), arrival({ status: 'DELIVERED' }));
    expect(headerOf(order)).toMatchObject({ status: 'DELIVERED', channel: 'WEB', store: 'S1', placedAt: Date.UTC(2011, 0, 3, 8) });
  });

  it('does not go back when older news comes later', () => {
    const news = { status: 'DELIVERED', updated_at: '2011-01-09T00:00:00Z' };
    const old = { status: 'SHIPPED', updated_at: '2011-01-05T00:00:00Z' };
    expect(headerOf(take(arrival(news), arrival(old)).order).status).toBe('DELIVERED');
    expect(headerOf(take(arrival(old), arrival(news)).order).status).toBe('DELIVERED');
  });

  it('does not flip when a file with several of its states is read again', () => {
    const file = [arrival({ status: 'PLACED' }, 'a/1'), arrival({ status: 'SHIPPED' }, 'a/2')];
    const { order, outcomes } = take(...file, arrival({ status: 'PLACED' }, 'b/1'), arrival({ status: 'SHIPPED' }, 'b/2'));
    expect(outcomes).toEqual(['stored', 'stored', 'duplicate', 'duplicate']);
    expect(headerOf(order).status).toBe('SHIPPED');
  });

  it('may give the total, which counts before the lines', () => {
    expect(take(arrival({ ...header, total: '11.77' })).order).toMatchObject({ totalMinor: 1177, tally: 'GBP' });
    expect(take(arrival({ ...header, total: '2.40' }), arrival(second)).order.totalMinor).toBe(240);
  });

  it('takes a cancelled order out of every sum', () => {
    expect(take(arrival(second), arrival({ status: 'CANCELLED' })).order.tally).toBe('CANCELLED');
  });

  it('leaves an order without any time undated', () => {
    expect(take(arrival({ status: 'PLACED' })).order).toMatchObject({ placedAt: 0, tally: 'UNDATED' });
  });
});

it('adds delivery to what an order comes to', () => {
  const { order } = take(arrival({ ...second, discount: '0.5', tax: '0.4', shipping: '1.15' }), arrival({ shipping: '3' }));
  expect(orderAmounts(order)).toMatchObject({
    subtotal: { amountMinor: 250 },
    discountTotal: { amountMinor: 50 },
    taxTotal: { amountMinor: 40 },
    shippingTotal: { amountMinor: 415 },
    total: { amountMinor: 615, currency: 'GBP' },
  });
});

it('refuses what can not be kept exactly', () => {
  // 1,001 lines of 9,000,000,000.000 dinars are 9.009 x 10^15 fils, and 2^53 is 9.007 x 10^15
  const huge = { line_number: '1', quantity: '1', line_total: '9000000000', currency: 'KWD', placed_at: '2011-01-04T09:58:00Z' };
  const many = Array.from({ length: 1001 }, (_, i) => arrival({ ...huge, line_number: String(i) }));
  expect(foldOrder(null, KEY, many)).toMatchObject({
    doc: null,
    outcomes: expect.arrayContaining([expect.objectContaining({ code: 'AMOUNT_TOO_LARGE' })]),
  });
});

it('puts the lines of a return together and fills in what the first rows lack', () => {
  const row = { source: 'tills', number: 'C1', quantity: '-2', unit_price: '1.25', currency: 'GBP', returned_at: '2011-01-05T10:00:00Z' };
  const read = (more: Record<string, string>, origin: string) => {
    const record = readReturn({ ...row, ...more });
    if (!record.ok) throw new Error(record.reason.message);
    return { record: record.record, owner: KEY.owner, origin, occurrence: 1 };
  };
  const { doc, outcomes } = foldReturn(null, KEY, [
    read({}, 'a/1'),
    read({ sku: 'B', reason: 'too small', returned_at: '2011-01-04T10:00:00Z' }, 'a/2'),
  ]);
  expect(outcomes).toEqual(['stored', 'stored']);
  expect(doc).toMatchObject({ totalMinor: 500, reason: 'too small', returnedAt: Date.UTC(2011, 0, 4, 10) });
  expect(foldReturn(doc, KEY, [read({}, 'b/1')])).toEqual({ doc: null, outcomes: ['duplicate'] });
});

it('lets the newest statement of a payment hold', () => {
  const read = (more: Record<string, string>, origin: string) => {
    const record = readPayment({ source: 's', number: '1', amount: '10', currency: 'EUR', due_at: '2026-02-01T00:00:00Z', ...more });
    if (!record.ok) throw new Error(record.reason.message);
    return { record: record.record, owner: KEY.owner, origin, occurrence: 1 };
  };
  const pending = read({ status: 'PENDING', updated_at: '2026-01-01T00:00:00Z' }, 'a/1');
  const paid = read({ status: 'PAID', updated_at: '2026-01-20T00:00:00Z' }, 'a/2');
  const { doc, outcomes } = foldPayment(null, KEY, [paid, pending, { ...paid, origin: 'b/1' }]);
  expect(outcomes).toEqual(['stored', 'stored', 'duplicate']);
  expect(doc).toMatchObject({ status: 'PAID', tally: '' });
  expect(foldPayment(null, KEY, [pending]).doc).toMatchObject({ status: 'PENDING', tally: 'OPEN', at: Date.UTC(2026, 1, 1) });
});
