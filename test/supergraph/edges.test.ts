import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/graph-client.ts';
import { mutate, type Person, person } from '../support/people.ts';
import { openStack, openStockStack, SHAPES, type Stack } from '../support/stack.ts';

/** What has to come out equal, however the customer was reached. */
const CUSTOMER = `customer {
  id
  recommendations {
    sourceStatus { service state }
    offers(first: 20) { id template personalized consentBasis reasons { code evidence { name value } } }
    rfm { score }
  }
}`;
const DIRECT = `query ($id: ID!) { ${CUSTOMER.replace('customer', 'customer(id: $id)')} }`;

/** Every edge that leads from something of a customer's to the customer, by the way there from the customer. */
const EDGES = `query ($id: ID!) { customer(id: $id) {
  profile { interactions(first: 5) { nodes { ${CUSTOMER} } } cases(first: 5) { nodes { ${CUSTOMER} } } }
  purchases { orders(first: 5) { nodes { ${CUSTOMER} } } returns(first: 5) { nodes { ${CUSTOMER} } } payments(first: 5) { nodes { ${CUSTOMER} } } }
  loyalty { account { ${CUSTOMER} } transactions(first: 5) { nodes { ${CUSTOMER} } } vouchers(first: 5) { nodes { ${CUSTOMER} } } }
  digital { sessions(first: 5) { nodes { ${CUSTOMER} } } events(first: 5) { nodes { ${CUSTOMER} } } campaignTouches(first: 5) { nodes { ${CUSTOMER} } } }
  feedback { items(first: 5) { nodes { ${CUSTOMER} } } }
} }`;
const WAYS: readonly string[] = [
  'profile.interactions.nodes.0',
  'profile.cases.nodes.0',
  'purchases.orders.nodes.0',
  'purchases.returns.nodes.0',
  'purchases.payments.nodes.0',
  'loyalty.account',
  'loyalty.transactions.nodes.0',
  'loyalty.vouchers.nodes.0',
  'digital.sessions.nodes.0',
  'digital.events.nodes.0',
  'digital.campaignTouches.nodes.0',
  'feedback.items.nodes.0',
];

/** Every mutation that answers with something of a customer's, in an order in which each is accepted. */
function mutations(of: Person, name: string, now: number): readonly [mutation: string, input: object, payload: string][] {
  const at = new Date(now - 3_600_000).toISOString();
  const line = { sku: 'TEA-100', name: 'Tea', quantity: '1', unitPrice: '9.50' };
  return [
    ['customerUpsert', { identifiers: [{ namespace: 'USER_ID', value: `user-${name}` }] }, 'customer'],
    ['customerConsentSet', { customer: of.id, purpose: 'SERVICE', status: 'GRANTED', lawfulBasis: 'CONTRACT' }, 'customer'],
    [
      'interactionRecord',
      { customer: of.id, channel: 'PHONE', direction: 'INBOUND', startedAt: at, summary: 'Asked about tea.' },
      'interaction',
    ],
    ['caseOpen', { customer: of.id, type: 'ENQUIRY', subject: 'Tea' }, 'case'],
    ['orderRecord', { customer: of.id, number: `${name}-2002`, placedAt: at, currency: 'EUR', lines: [line] }, 'order'],
    [
      'returnRecord',
      { customer: of.id, number: `${name}-R1`, orderNumber: `${name}-2002`, returnedAt: at, currency: 'EUR', lines: [line] },
      'return',
    ],
    [
      'paymentRecord',
      { customer: of.id, number: `${name}-P1`, status: 'PAID', paidAt: at, amount: { amount: '9.50', currencyCode: 'EUR' } },
      'payment',
    ],
    ['pointsAccrue', { customer: of.id, points: 20 }, 'transaction'],
    ['pointsAccrue', { customer: of.id, points: 20 }, 'account'],
    ['pointsRedeem', { customer: of.id, points: 10 }, 'transaction'],
    ['pointsReverse', { transaction: of.transaction }, 'transaction'],
    ['voucherIssue', { customer: of.id, occasion: 'CAMPAIGN', benefit: 'A free tea' }, 'voucher'],
    [
      'eventsTrack',
      { events: [{ messageId: `${name}-2`, type: 'PAGE', name: 'Home', timestamp: at, customer: of.id, channel: 'WEB' }] },
      'events',
    ],
    ['campaignTouchRecord', { customer: of.id, campaign: 'spring', channel: 'EMAIL', state: 'SENT', at }, 'campaignTouch'],
    ['surveyResponseSubmit', { customer: of.id, metric: 'CSAT', score: 5, submittedAt: at }, 'feedbackItem'],
    ['reviewImport', { customer: of.id, source: 'shop', number: `${name}-V1`, product: 'TEA-100', stars: 5 }, 'feedbackItem'],
    ['mentionImport', { customer: of.id, network: 'forum', number: `${name}-M1`, text: 'Nice tea.' }, 'feedbackItem'],
  ];
}

const STACKS: readonly (readonly [name: string, open: () => Promise<Stack>])[] = [
  ...SHAPES.map((shape) => [shape, () => openStack(shape)] as const),
  ['behind stock @apollo/gateway', openStockStack],
];

describe.each(STACKS)('recommendations are the same by every way to a customer: %s', (_, open) => {
  let stack: Stack;
  const people = new Map<string, Person>();

  /** What each mutation's payload said of the customer, and what a query said at once after it. */
  const payloads = new Map<string, { readonly mutation: string; readonly reached: Json; readonly asked: Json }[]>();

  beforeAll(async () => {
    stack = await open();
    for (const [name, consent] of [
      ['ada', true],
      ['ben', false],
    ] as const) {
      const of = await person(stack, name, { consent });
      people.set(name, of);
      const seen = [];
      for (const [mutation, input, payload] of mutations(of, name, stack.company.time.now)) {
        const selection = payload === 'customer' ? CUSTOMER : `${payload} { ${CUSTOMER} }`;
        const { [payload]: subject } = await mutate(stack, mutation, input, selection);
        const reached = payload === 'customer' ? subject : [subject].flat()[0].customer;
        seen.push({ mutation, reached, asked: await direct(name) });
      }
      payloads.set(name, seen);
    }
  }, 120_000);
  afterAll(() => stack.close());

  async function direct(name: string): Promise<Json> {
    const { data, errors } = await stack.ask(DIRECT, { id: people.get(name)?.id });
    expect(errors).toBeUndefined();
    return data.customer;
  }

  it.each(['ada', 'ben'])("through the payload of each mutation about %s's things", (name) => {
    const seen = payloads.get(name) ?? [];
    expect(seen).toHaveLength(17);
    for (const { mutation, reached, asked } of seen) expect([mutation, reached]).toEqual([mutation, asked]);
  });

  it('through each edge, for who consented', async () => {
    const expected = await direct('ada');
    expect(expected.recommendations.sourceStatus.map((source: Json) => source.state)).toEqual(['OK', 'OK', 'OK', 'OK', 'OK']);
    expect(expected.recommendations.offers.some((offer: Json) => offer.personalized)).toBe(true);
    const { data, errors } = await stack.ask(EDGES, { id: people.get('ada')?.id });
    expect(errors).toBeUndefined();
    for (const way of WAYS) expect([way, at(data.customer, way)?.customer]).toEqual([way, expected]);
  });

  it('through each edge, for who did not', async () => {
    const expected = await direct('ben');
    expect(expected.recommendations.sourceStatus.map((source: Json) => source.state)).toEqual(Array(5).fill('WITHHELD'));
    expect(expected.recommendations.rfm).toBeNull();
    expect(expected.recommendations.offers.map((offer: Json) => offer.personalized)).toEqual([false]);
    const { data, errors } = await stack.ask(EDGES, { id: people.get('ben')?.id });
    expect(errors).toBeUndefined();
    for (const way of WAYS) {
      const reached = at(data.customer, way);
      // What may not be read leads nowhere, rather than to someone else.
      if (reached !== undefined) expect([way, reached.customer]).toEqual([way, expected]);
    }
  });

  it('through an order found by its own id', async () => {
    const ada = people.get('ada')!;
    const { data, errors } = await stack.ask(`query ($id: ID!) { order(id: $id) { number ${CUSTOMER} } }`, { id: ada.order });
    expect(errors).toBeUndefined();
    expect(data.order).toEqual({ number: 'ada-1001', customer: await direct('ada') });
  });

  it('through a group that they are in', async () => {
    await mutate(stack, 'segmentDefine', { id: 'tea', name: 'Tea', list: true }, 'segment { id }');
    await mutate(stack, 'segmentListChange', { segment: 'tea', add: [people.get('ada')?.id] }, 'added');
    const { data, errors } = await stack.ask(`{ segment(id: "tea") { members(first: 5) { nodes { ${CUSTOMER} } } } }`);
    expect(errors).toBeUndefined();
    expect(data.segment.members.nodes).toEqual([{ customer: await direct('ada') }]);
  });
});

function at(value: Json, way: string): Json {
  return way.split('.').reduce((inner, part) => inner?.[part], value);
}
