import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SourceRow } from '../../kernel/record.ts';
import { pos } from '../../subgraphs/pos/module.ts';
import { type Domain, openDomain } from '../support/domain.ts';
import { customersOf, ingestRows, mutation } from '../support/domain-calls.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
let domain: Domain;
let ada: string;
let people = 0;

beforeAll(async () => {
  domain = await openDomain(pos);
});
// One store for all tests: each has customers of its own.
beforeEach(async () => {
  domain.time.now = NOW;
  ada = await someone();
  domain.calls.clear();
});
afterAll(() => domain.close());

const someone = () => domain.customer(`someone-${people++}`);

const fromTills = (row: SourceRow) => ({ source: 'tills', currency: 'GBP', ...row });
const ingest = (kind: string, owner: string, rows: readonly SourceRow[], run?: string) =>
  ingestRows(domain, kind, owner, rows.map(fromTills), run);
const mutate = (field: string, input: object, selection: string) => mutation(domain, field, input, selection);

async function purchases(members: readonly string[], selection: string) {
  return (await customersOf(domain, [{ members }], `{ purchases ${selection} }`))[0].purchases;
}

describe('orderRecord', () => {
  const input = (more: object = {}) => ({
    idempotencyKey: `key-${ada}`,
    customer: ada,
    number: `web-${ada}`,
    placedAt: '2026-02-20T10:00:00Z',
    status: 'PLACED',
    channel: 'WEB',
    currency: 'EUR',
    lines: [{ sku: 'A-1', quantity: '2', unitPrice: '9.995' }],
    shipping: '4.90',
    total: '24.89',
    ...more,
  });
  const ORDER = 'order { number status total { amount currencyCode } lines { name quantity } }';

  it('records an order once, however often it is asked to', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => mutate('orderRecord', input(), ORDER)));
    const expected = {
      order: {
        number: `web-${ada}`,
        status: 'PLACED',
        total: { amount: '24.89', currencyCode: 'EUR' },
        lines: [{ name: null, quantity: '2' }],
      },
      userErrors: [],
    };
    expect(answers).toEqual([expected, expected, expected, expected]);
    expect((await purchases([ada], '{ summary { orderCount totalSpent { amount } } }')).summary).toMatchObject({
      orderCount: 1,
      totalSpent: [{ amount: '24.89' }],
    });
  });

  it('states a new status under the same number, and refuses other lines', async () => {
    await mutate('orderRecord', input(), ORDER);
    domain.time.now += 1000;
    const shipped = await mutate('orderRecord', input({ idempotencyKey: `second-${ada}`, status: 'SHIPPED' }), ORDER);
    expect(shipped.order.status).toBe('SHIPPED');
    // The first request coming again does not take it back.
    expect((await mutate('orderRecord', input(), ORDER)).order.status).toBe('SHIPPED');
    const other = input({ idempotencyKey: `third-${ada}`, lines: [{ sku: 'A-1', quantity: '3', unitPrice: '9.995' }], total: null });
    expect(await mutate('orderRecord', other, ORDER)).toEqual({
      order: null,
      userErrors: [{ code: 'ORDER_NUMBER_TAKEN', field: ['input', 'number'] }],
    });
  });

  it('is found by what files say of the same number', async () => {
    await mutate('orderRecord', input({ source: 'tills' }), ORDER);
    expect(await domain.directory.ownersOf([{ kind: 'order', source: 'tills', number: `web-${ada}` }])).toEqual([ada]);
    await ingest('payment', ada, [{ number: `for-${ada}`, order_number: `web-${ada}`, amount: '24.89', currency: 'EUR' }]);
    expect((await purchases([ada], '{ payments { nodes { order { number } } } }')).payments.nodes).toEqual([
      { order: { number: `web-${ada}` } },
    ]);
  });

  it.each([
    ['an unknown customer', { customer: 'cus_00000000000000000000' }, [{ code: 'CUSTOMER_UNKNOWN', field: ['input', 'customer'] }]],
    ['no lines', { lines: [], total: null }, [{ code: 'LINES_EMPTY', field: ['input', 'lines'] }]],
    ['a total that does not add up', { total: '24.88' }, [{ code: 'TOTAL_MISMATCH', field: ['input', 'total'] }]],
    ['a total that is more exact than money', { total: '24.891' }, [{ code: 'TOTAL_MISMATCH', field: ['input', 'total'] }]],
    [
      'a negative quantity and a bad sku',
      { lines: [{ sku: 'A 1', quantity: '-2', unitPrice: '1' }], total: null },
      [
        { code: 'SKU_INVALID', field: ['input', 'lines', '0', 'sku'] },
        { code: 'QUANTITY_INVALID', field: ['input', 'lines', '0', 'quantity'] },
      ],
    ],
    [
      'a discount above the price',
      { lines: [{ sku: 'A-1', quantity: '1', unitPrice: '1', discount: '1.01' }], total: null },
      [{ code: 'DISCOUNT_INVALID', field: ['input', 'lines', '0', 'discount'] }],
    ],
    ['a time in the future', { placedAt: '2026-03-01T12:00:01Z' }, [{ code: 'TIME_IN_FUTURE', field: ['input', 'placedAt'] }]],
    ['an empty key', { idempotencyKey: '' }, [{ code: 'TEXT_INVALID', field: ['input', 'idempotencyKey'] }]],
  ])('refuses %s and records nothing', async (_, more, userErrors) => {
    const answer = await mutate('orderRecord', input(more), ORDER);
    expect(answer).toMatchObject({ order: null, userErrors });
    expect(await purchases([ada], '{ summary { orderCount } }')).toBeNull();
  });

  const line = { sku: 'A-1', quantity: '1', unitPrice: '10000000000' };
  it.each([
    ['an order that comes to more than can be summed up', [line, line]],
    ['discounts of more than that', Array(1000).fill({ ...line, quantity: '2', discount: '10000000000', unitPrice: '5000000000' })],
    ['taxes of more than that', Array(1000).fill({ ...line, unitPrice: '1', tax: '10000000000' })],
  ])('refuses %s', async (_, lines) => {
    const { order, userErrors } = await mutate('orderRecord', input({ currency: 'KWD', lines, shipping: null, total: null }), ORDER);
    expect(order).toBeNull();
    expect(userErrors[0]).toMatchObject({ code: 'AMOUNT_INVALID', field: ['input', 'lines'] });
  });

  it('refuses a used key for another order, and a number of another customer', async () => {
    await mutate('orderRecord', input(), ORDER);
    expect((await mutate('orderRecord', input({ number: 'other' }), ORDER)).userErrors).toEqual([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] },
    ]);
    const ben = await someone();
    expect((await mutate('orderRecord', input({ customer: ben, idempotencyKey: `ben-${ben}` }), ORDER)).userErrors).toEqual([
      { code: 'ORDER_NUMBER_TAKEN', field: ['input', 'number'] },
    ]);
  });

  it('states anew what was ordered as a visitor, once for the person', async () => {
    const visitor = await domain.visitor(`cookie-of-${ada}`);
    await mutate('orderRecord', input({ customer: visitor }), ORDER);
    const person = await domain.visitor(`cookie-of-${ada}`, `user-of-${ada}`);
    const shipped = await mutate('orderRecord', input({ idempotencyKey: `again-${ada}`, customer: person, status: 'SHIPPED' }), ORDER);
    expect(shipped).toMatchObject({ order: { status: 'SHIPPED' }, userErrors: [] });
    expect(await purchases([person, visitor], '{ summary { orderCount } }')).toEqual({ summary: { orderCount: 1 } });
  });

  it('refuses an unknown currency before it is looked at', async () => {
    const { errors } = await domain.ask('mutation ($input: OrderRecordInput!) { orderRecord(input: $input) { userErrors { code } } }', {
      input: input({ currency: 'XYZ' }),
    });
    expect(errors?.[0]?.message).toContain('ISO 4217');
  });
});

it('records returns and payments once, and a new status of a payment', async () => {
  const lines = [{ sku: 'A-1', quantity: '1', unitPrice: '9.99' }];
  const back = {
    idempotencyKey: `r-${ada}`,
    customer: ada,
    number: `r-${ada}`,
    returnedAt: '2026-02-21T10:00:00Z',
    reason: 'too small',
    currency: 'EUR',
    lines,
  };
  for (let i = 0; i < 2; i++)
    expect(await mutate('returnRecord', back, 'return { reason total { amount } }')).toEqual({
      return: { reason: 'too small', total: { amount: '9.99' } },
      userErrors: [],
    });
  const payment = { customer: ada, number: `p-${ada}`, dueAt: '2026-02-01T00:00:00Z', amount: { amount: '9.99', currencyCode: 'EUR' } };
  const record = (idempotencyKey: string, status: string) =>
    mutate('paymentRecord', { ...payment, idempotencyKey, status }, 'payment { status }');
  expect(await record(`p1-${ada}`, 'PENDING')).toEqual({ payment: { status: 'LATE' }, userErrors: [] });
  domain.time.now += 1000;
  expect((await record(`p2-${ada}`, 'PAID')).payment).toEqual({ status: 'PAID' });
  expect((await record(`p1-${ada}`, 'PENDING')).payment).toEqual({ status: 'PAID' });
  expect((await record(`p3-${ada}`, 'LATE')).userErrors).toEqual([{ code: 'STATUS_INVALID', field: ['input', 'status'] }]);
  expect(await purchases([ada], '{ returns { nodes { lines { quantity } } } payments { nodes { status } } }')).toEqual({
    returns: { nodes: [{ lines: [{ quantity: '1' }] }] },
    payments: { nodes: [{ status: 'PAID' }] },
  });
});
