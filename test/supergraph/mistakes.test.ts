import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { openStack, SHAPES, type Stack } from '../support/stack.ts';

type Input = Record<string, unknown>;
const nobody = 'cus_00000000000000000000';
const line = { sku: 'TEA-100', quantity: '1', unitPrice: '9.50' };
const order = (customer: string) => ({ customer, number: 'M-1', placedAt: '2026-02-01T10:00:00Z', currency: 'EUR', lines: [line] });

/** The twenty likeliest: what is sent for Ada, the code of the refusal, the field that it names, and the remedy in its message. */
const REFUSED: readonly [mistake: string, mutation: string, input: (ada: Person) => Input, code: string, field: string, remedy: RegExp][] =
  [
    ['a customer nobody knows', 'pointsAccrue', () => ({ customer: nobody, points: 5 }), 'CUSTOMER_UNKNOWN', 'customer', /look/],
    [
      'a customer id that is an e-mail',
      'caseOpen',
      () => ({ customer: 'a@b.example', type: 'ENQUIRY' }),
      'CUSTOMER_UNKNOWN',
      'customer',
      /look/,
    ],
    [
      'more points than there are',
      'pointsRedeem',
      ({ id }) => ({ customer: id, points: 9999 }),
      'POINTS_INSUFFICIENT',
      'points',
      /at most/,
    ],
    ['no points', 'pointsRedeem', ({ id }) => ({ customer: id, points: 0 }), 'POINTS_INVALID', 'points', /from 1 to/],
    ['points below zero', 'pointsAccrue', ({ id }) => ({ customer: id, points: -5 }), 'POINTS_INVALID', 'points', /from 1 to/],
    ['a transaction nobody knows', 'pointsReverse', () => ({ transaction: 'ptx_x' }), 'TRANSACTION_UNKNOWN', 'transaction', /take its id/],
    [
      'an empty idempotency key',
      'pointsAccrue',
      ({ id }) => ({ customer: id, points: 5, idempotencyKey: '' }),
      'TEXT_INVALID',
      'idempotencyKey',
      /1 to 200/,
    ],
    ['an order without lines', 'orderRecord', ({ id }) => ({ ...order(id), lines: [] }), 'LINES_EMPTY', 'lines', /at least one/],
    [
      'a quantity below zero',
      'orderRecord',
      ({ id }) => ({ ...order(id), lines: [{ ...line, quantity: '-1' }] }),
      'QUANTITY_INVALID',
      'lines.0.quantity',
      /returnRecord/,
    ],
    [
      'a price in thirds of a cent',
      'paymentRecord',
      ({ id }) => ({ customer: id, number: 'P-1', status: 'PAID', amount: { amount: '1.005', currencyCode: 'EUR' } }),
      'AMOUNT_INVALID',
      'amount.amount',
      /round/,
    ],
    ['an order number that is empty', 'orderRecord', ({ id }) => ({ ...order(id), number: '' }), 'TEXT_INVALID', 'number', /1 to 200/],
    [
      'an NPS of 11',
      'surveyResponseSubmit',
      ({ id }) => ({ customer: id, metric: 'NPS', score: 11 }),
      'SCORE_OUT_OF_RANGE',
      'score',
      /0 to 10/,
    ],
    [
      'a CSAT of 0',
      'surveyResponseSubmit',
      ({ id }) => ({ customer: id, metric: 'CSAT', score: 0 }),
      'SCORE_OUT_OF_RANGE',
      'score',
      /1 to 5/,
    ],
    [
      'a voucher that is not theirs',
      'voucherRedeem',
      ({ id }) => ({ customer: id, code: 'NOPE' }),
      'VOUCHER_UNKNOWN',
      'code',
      /loyalty.vouchers/,
    ],
    [
      'a QR code that is none of ours',
      'voucherRedeem',
      ({ id }) => ({ customer: id, token: `V1${'0'.repeat(70)}` }),
      'VOUCHER_TOKEN_INVALID',
      'token',
      /none of a voucher of this customer/,
    ],
    [
      'a PIN of letters',
      'voucherIssue',
      ({ id }) => ({ customer: id, occasion: 'TIER', benefit: 'Tea', bearerAuth: 'PIN', pin: 'secret' }),
      'PIN_INVALID',
      'pin',
      /4 to 12 digits/,
    ],
    ['a case nobody knows', 'caseClose', () => ({ case: 'cas_x' }), 'CASE_UNKNOWN', 'case', /take its id/],
    [
      'feedback nobody knows',
      'feedbackLoopClose',
      () => ({ feedbackItem: 'fbk_x', by: 'ann' }),
      'FEEDBACK_UNKNOWN',
      'feedbackItem',
      /take its id/,
    ],
    [
      'consent that ends before it begins',
      'customerConsentSet',
      ({ id }) => ({
        customer: id,
        purpose: 'MARKETING',
        status: 'GRANTED',
        lawfulBasis: 'CONSENT',
        recordedAt: '2026-01-02T00:00:00Z',
        expiresAt: '2026-01-01T00:00:00Z',
      }),
      'TIME_INVALID',
      'expiresAt',
      /leave it out/,
    ],
    [
      'an e-mail that is none',
      'customerUpsert',
      () => ({ identifiers: [{ namespace: 'EMAIL', value: 'ada.example.com' }] }),
      'IDENTIFIER_INVALID',
      'identifiers.0.value',
      /such as/,
    ],
    [
      'a phone number without its country',
      'customerUpsert',
      () => ({ identifiers: [{ namespace: 'PHONE', value: '090-1234-5678' }] }),
      'IDENTIFIER_INVALID',
      'identifiers.0.value',
      /use \+81/,
    ],
    ['no identifier', 'customerUpsert', () => ({ identifiers: [] }), 'IDENTIFIER_INVALID', 'identifiers', /1 to 20/],
  ];

describe('mistakes in a mutation', () => {
  let stack: Stack;
  let ada: Person;
  beforeAll(async () => {
    stack = await openStack(SHAPES[0]);
    ada = await person(stack, 'ada', { consent: true });
  });
  afterAll(() => stack.close());

  it.each(REFUSED)('%s', async (mistake, mutation, input, code, field, remedy) => {
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    const { data, errors } = await stack.ask(
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code field message } } }`,
      { input: { idempotencyKey: mistake, ...input(ada) } },
    );
    expect(errors).toBeUndefined();
    expect(data[mutation].userErrors).toEqual([{ code, field: ['input', ...field.split('.')], message: expect.stringMatching(remedy) }]);
    // What was sent is not repeated: it may be personal.
    expect(data[mutation].userErrors[0].message).not.toMatch(/ada\.example|090-1234|a@b/);
  });
});
