import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/graph-client.ts';
import { mutate, type Person, person } from '../support/people.ts';
import { modulesOf, textOf } from '../support/qr-reader.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

/** The README's query. */
const README = `query ($id: ID!) {
  customer(id: $id) {
    profile { name { display } }
    purchases { summary { orderCount totalSpent { amount currencyCode } averageOrderValue { amount } firstOrderAt } }
    loyalty { number points { available } }
    digital { lastSeenAt cart { lines { name quantity } } }
    feedback { nps { score category } }
    recommendations { offers(first: 3) { template reasons { code } } sourceStatus { service state } }
  }
}`;

describe.each(SHAPES)('the graph, in %s', (shape) => {
  let stack: Stack;
  let ada: Person;
  let ben: Person;

  beforeAll(async () => {
    stack = await openStack(shape);
    ada = await person(stack, 'ada', { consent: true });
    ben = await person(stack, 'ben', { consent: false });
  }, 60_000);
  afterAll(() => stack.close());

  async function data(query: string, variables: Record<string, unknown> = {}): Promise<Json> {
    const answer = await stack.ask(query, variables);
    expect(answer.errors).toBeUndefined();
    return answer.data;
  }

  it('answers the README query from all six domains', async () => {
    expect(await data(README, { id: ada.id })).toEqual({
      customer: {
        profile: { name: { display: 'ada Example' } },
        // Two teas at 9.50.
        purchases: {
          summary: {
            orderCount: 1,
            totalSpent: [{ amount: '19.00', currencyCode: 'EUR' }],
            averageOrderValue: { amount: '19.00' },
            firstOrderAt: '2026-02-27T12:00:00.000Z',
          },
        },
        loyalty: { number: expect.any(String), points: { available: 500 } },
        digital: { lastSeenAt: '2026-03-01T07:00:00.000Z', cart: { lines: [{ name: 'Tea', quantity: 1 }] } },
        feedback: { nps: { score: 9, category: 'PROMOTER' } },
        recommendations: {
          offers: expect.arrayContaining([{ template: 'CART_REMINDER', reasons: [{ code: 'CART_LEFT' }] }]),
          sourceStatus: ['crm', 'pos', 'loyalty', 'digital', 'feedback'].map((service) => ({ service, state: 'OK' })),
        },
      },
    });
  });

  it('finds a customer by id, by identifier, in a list and by text', async () => {
    const found = await data(
      `query ($id: ID!, $ids: [ID!]!) {
        customer(id: $id) { id }
        customers(ids: $ids) { id }
        customerBy(identifier: { namespace: "EMAIL", value: " ADA@example.com " }) { id }
        customerSearch(text: "ad exam", first: 5) { nodes { id } pageInfo { hasNextPage } }
      }`,
      { id: ada.id, ids: [ben.id, 'cus_00000000000000000000', ada.id] },
    );
    expect(found).toEqual({
      customer: { id: ada.id },
      customers: [{ id: ben.id }, null, { id: ada.id }],
      customerBy: { id: ada.id },
      customerSearch: { nodes: [{ id: ada.id }], pageInfo: { hasNextPage: false } },
    });
  });

  it('answers null, without an error, for what is not there', async () => {
    expect(
      await data(
        '{ customer(id: "nonsense") { id } customerBy(identifier: { namespace: "EMAIL", value: "nobody@example.com" }) { id } order(id: "ord_x") { id } product(sku: "NONE") { name } store(id: "none") { name } }',
      ),
    ).toEqual({ customer: null, customerBy: null, order: null, product: null, store: null });
  });

  it('answers the root fields of the other domains', async () => {
    const found = await data('query ($id: ID!) { order(id: $id) { number total { amount } } metricReport(metric: NPS) { __typename } }', {
      id: ada.order,
    });
    expect(found).toEqual({ order: { number: 'ada-1001', total: { amount: '19.00' } }, metricReport: { __typename: 'MetricReport' } });
  });

  it('shows at once what a mutation recorded, in its payload and to every domain', async () => {
    const { order } = await mutate(
      stack,
      'orderRecord',
      {
        customer: ben.id,
        number: 'ben-3003',
        placedAt: '2026-02-28T12:00:00Z',
        currency: 'JPY',
        lines: [{ sku: 'CUP-1', name: 'Cup', quantity: '3', unitPrice: '400' }],
      },
      'order { number total { amount currencyCode } customer { purchases { summary { orderCount } } } }',
    );
    expect(order).toEqual({
      number: 'ben-3003',
      total: { amount: '1200', currencyCode: 'JPY' },
      customer: { purchases: { summary: { orderCount: 2 } } },
    });
  });

  it('issues a voucher with a QR code, and redeems it by what a scanner reads from that', async () => {
    const input = { customer: ben.id, occasion: 'RECOVERY', benefit: 'Tea for two' };
    const { voucher } = await mutate(stack, 'voucherIssue', input, 'voucher { qr customer { id } }');
    expect(voucher.customer).toEqual({ id: ben.id });
    const redeemed = await mutate(
      stack,
      'voucherRedeem',
      { customer: ben.id, token: textOf(modulesOf(voucher.qr, 4)) },
      'voucher { status qr }',
    );
    expect(redeemed.voucher).toEqual({ status: 'REDEEMED', qr: null });
  });

  it('answers a repeated mutation with the same result, and a reused key with a refusal', async () => {
    const redeem = (points: number) =>
      data(
        'mutation ($input: PointsRedeemInput!) { pointsRedeem(input: $input) { transaction { id } account { points { available } } userErrors { code } } }',
        {
          input: { idempotencyKey: `redeem-${shape}`, customer: ben.id, points },
        },
      );
    const first = await redeem(100);
    expect(first.pointsRedeem).toMatchObject({ account: { points: { available: 400 } }, userErrors: [] });
    expect(await redeem(100)).toEqual(first);
    expect((await redeem(200)).pointsRedeem).toMatchObject({ transaction: null, userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }] });
  });

  it('refuses what concerns somebody who is not known', async () => {
    const { loyaltyEnroll } = await data(
      'mutation { loyaltyEnroll(input: { idempotencyKey: "nobody", customer: "cus_00000000000000000000" }) { account { id } userErrors { code field } } }',
    );
    expect(loyaltyEnroll).toEqual({ account: null, userErrors: [{ code: 'CUSTOMER_UNKNOWN', field: ['input', 'customer'] }] });
  });

  it('lets a client read refusals of every mutation by their interface', async () => {
    const selection = 'userErrors { __typename ... on UserError { message field } ... on OrderRecordUserError { code } }';
    const { orderRecord, loyaltyEnroll } = await data(
      `mutation ($order: OrderRecordInput!) {
        orderRecord(input: $order) { ${selection} }
        loyaltyEnroll(input: { idempotencyKey: "by-interface", customer: "cus_00000000000000000000" }) { userErrors { ...Problem } }
      }
      fragment Problem on UserError { __typename field message }`,
      {
        order: {
          idempotencyKey: 'by-interface',
          customer: ben.id,
          number: '1',
          placedAt: '2026-01-01T12:00:00Z',
          currency: 'EUR',
          lines: [],
        },
      },
    );
    expect(orderRecord.userErrors).toEqual([
      { __typename: 'OrderRecordUserError', message: 'Give at least one line.', field: ['input', 'lines'], code: 'LINES_EMPTY' },
    ]);
    expect(loyaltyEnroll.userErrors).toEqual([
      {
        __typename: 'LoyaltyEnrollUserError',
        field: ['input', 'customer'],
        message: 'There is no such customer; look them up with customerBy.',
      },
    ]);
  });

  it('pages through a list without a gap or a repeat, newest first', async () => {
    for (let day = 1; day <= 5; day++)
      await mutate(
        stack,
        'orderRecord',
        {
          customer: ada.id,
          number: `page-${day}`,
          placedAt: `2026-01-0${day}T12:00:00Z`,
          currency: 'EUR',
          lines: [{ sku: 'TEA-100', quantity: '1', unitPrice: '1' }],
        },
        'order { id }',
      );
    const numbers: string[] = [];
    let after: string | null = null;
    do {
      const found: Json = await data(
        'query ($id: ID!, $after: String) { customer(id: $id) { purchases { orders(first: 2, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } } } }',
        { id: ada.id, after },
      );
      const { nodes, pageInfo } = found.customer.purchases.orders;
      numbers.push(...nodes.map((node: Json) => node.number));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(numbers).toEqual(['ada-1001', 'page-5', 'page-4', 'page-3', 'page-2', 'page-1']);
  });

  it.each([
    ['first', 'orders(first: 101) { nodes { number } }'],
    ['after', 'orders(after: "nonsense") { nodes { number } }'],
  ])('tells a client which argument of a list is wrong: %s', async (argument, list) => {
    const { data: answered, errors } = await stack.ask(`query ($id: ID!) { customer(id: $id) { id purchases { ${list} } } }`, {
      id: ada.id,
    });
    expect(answered.customer.id).toBe(ada.id);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', service: 'pos', argument } });
    expect(errors?.[0]?.path?.slice(0, 3)).toEqual(['customer', 'purchases', 'orders']);
  });
});
