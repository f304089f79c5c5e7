import { describe, expect, it } from 'vitest';
import { candidates } from '../../../subgraphs/recommendations/offers/rules.ts';
import { lapseMs } from '../../../subgraphs/recommendations/offers/selling-rules.ts';
import type { Subject } from '../../../subgraphs/recommendations/records.ts';
import { DAY, NOW, subject } from './subjects.ts';

const HOUR = DAY / 24;
const templates = (of: Subject) => candidates(of).map((offer) => offer.template);
const reasons = (of: Subject) => candidates(of).flatMap((offer) => offer.reasons);
const ago = (ms: number) => NOW - ms;

describe('the welcome', () => {
  it('is for the first 30 days after the sign-up, and ends 3 days after the first order', () => {
    expect(templates(subject({ crm: { customerSince: ago(30 * DAY) } }))).toEqual(['WELCOME']);
    expect(templates(subject({ crm: { customerSince: ago(30 * DAY + 1) } }))).toEqual(['GENERAL']);
    expect(templates(subject({ pos: { orderCount: 1, firstOrderAt: ago(3 * DAY - 1) } }))).toEqual(['WELCOME']);
    expect(templates(subject({ pos: { orderCount: 1, firstOrderAt: ago(3 * DAY) } }))).toEqual(['ONBOARDING']);
    expect(templates(subject({ crm: { customerSince: ago(DAY) }, pos: { orderCount: 1, firstOrderAt: ago(400 * DAY) } }))).toEqual([
      'GENERAL',
    ]);
  });

  it('ends with the third order', () => {
    expect(templates(subject({ pos: { orderCount: 2, firstOrderAt: ago(DAY) } }))).toEqual(['WELCOME']);
    expect(templates(subject({ pos: { orderCount: 3, firstOrderAt: ago(DAY) } }))).toEqual(['GENERAL']);
  });

  it('names since when, and how many orders', () => {
    expect(reasons(subject({ pos: { orderCount: 1, firstOrderAt: ago(DAY) } }))).toEqual([
      { code: 'NEW_CUSTOMER', evidence: { since: { at: ago(DAY) }, orderCount: 1 } },
    ]);
  });
});

describe('the birthday offer', () => {
  it('begins 7 days before and does not tell the date of birth', () => {
    // Now is 1 March.
    expect(reasons(subject({ crm: { birthDate: '1990-03-08' } }))).toEqual([{ code: 'BIRTHDAY_NEAR', evidence: { daysUntil: 7 } }]);
    expect(templates(subject({ crm: { birthDate: '1990-03-09' } }))).toEqual(['GENERAL']);
    expect(templates(subject({ crm: { birthDate: '1990-02-28' } }))).toEqual(['GENERAL']);
    expect(templates(subject({ crm: { birthDate: '1990-03-01' } }))).toEqual(['BIRTHDAY']);
  });
});

describe('expiring points', () => {
  it('are added up over 60 days and named with the first day', () => {
    const expiring = [
      { points: 300, at: NOW + 10 * DAY },
      { points: 200, at: NOW + 60 * DAY },
      { points: 999, at: NOW + 60 * DAY + 1 },
      { points: 888, at: NOW },
    ];
    expect(reasons(subject({ loyalty: { member: true, expiring } }))).toEqual([
      { code: 'POINTS_EXPIRE', evidence: { points: 500, at: { at: NOW + 10 * DAY } } },
    ]);
  });
});

describe('the next tier', () => {
  it('is near with at most 200 points missing', () => {
    const missing = (pointsToNextTier: number) => subject({ loyalty: { member: true, nextTierCode: 'GOLD', pointsToNextTier } });
    expect(reasons(missing(200))).toEqual([{ code: 'TIER_NEAR', evidence: { tier: 'GOLD', pointsMissing: 200 } }]);
    expect(templates(missing(201))).toEqual(['GENERAL']);
    expect(templates(missing(0))).toEqual(['GENERAL']);
  });
});

describe('winning back', () => {
  it('waits for half a year, or twice the usual interval if that is longer', () => {
    // 4 orders over 300 days: every 100 days, twice that is 200. 3 orders over 20 days: every 10, so half a year rules.
    expect(lapseMs(4, 0, 300 * DAY)).toBe(200 * DAY);
    expect(lapseMs(3, 0, 20 * DAY)).toBe(180 * DAY);
    const bought = (days: number) =>
      subject({ pos: { orderCount: 4, firstOrderAt: ago((days + 300) * DAY), lastOrderAt: ago(days * DAY) } });
    expect(templates(bought(200))).toEqual(['GENERAL']);
    expect(templates(bought(201))).toEqual(['WIN_BACK']);
  });

  it('is not for a single order, nor for who owes a payment', () => {
    const old = { firstOrderAt: ago(900 * DAY), lastOrderAt: ago(890 * DAY) };
    expect(templates(subject({ pos: { ...old, orderCount: 2 } }))).toEqual(['WIN_BACK']);
    expect(templates(subject({ pos: { ...old, orderCount: 1 } }))).toEqual(['GENERAL']);
    expect(templates(subject({ pos: { ...old, orderCount: 2, latePaymentCount: 1 } }))).toEqual(['LATE_PAYMENT_HELP']);
  });
});

describe('the cart reminder', () => {
  const left = (ms: number) =>
    subject({
      digital: {
        cart: [
          { sku: 'kettle', name: 'Kettle', quantity: 2 },
          { sku: 'mug', name: null, quantity: 1 },
        ],
        cartUpdatedAt: ago(ms),
      },
    });

  it('comes after an hour and not after 14 days', () => {
    expect(templates(left(HOUR))).toEqual(['GENERAL']);
    expect(templates(left(HOUR + 1))).toEqual(['CART_REMINDER']);
    expect(templates(left(14 * DAY - 1))).toEqual(['CART_REMINDER']);
    expect(templates(left(14 * DAY))).toEqual(['GENERAL']);
  });

  it('counts items, not lines, also those beyond the lines that are told with their names', () => {
    expect(reasons(left(DAY))).toEqual([{ code: 'CART_LEFT', evidence: { items: 3, at: { at: ago(DAY) } } }]);
    const digital = { cart: [{ sku: 'mug', name: null, quantity: 1 }], cartItems: 60, cartUpdatedAt: ago(DAY) };
    expect(reasons(subject({ digital }))).toEqual([{ code: 'CART_LEFT', evidence: { items: 60, at: { at: ago(DAY) } } }]);
  });
});

describe('an open complaint', () => {
  const openCase = (type: string, id = 'case_1', openedAt = ago(DAY)) => ({ id, type, openedAt });
  const birthday = { birthDate: '1990-03-01' };

  it('silences everything that sells, and says what', () => {
    expect(candidates(subject({ crm: { ...birthday, openCases: [openCase('COMPLAINT')] } }))).toEqual([
      expect.objectContaining({
        template: 'SERVICE_RECOVERY',
        reasons: [
          { code: 'OPEN_CASE', evidence: { case: 'case_1', type: 'COMPLAINT', openedAt: { at: ago(DAY) } } },
          { code: 'SELLING_SUPPRESSED', evidence: { templates: 'BIRTHDAY' } },
        ],
      }),
    ]);
  });

  it.each(['COMPLAINT', 'OUTAGE', 'ACCOUNT_LOCK'])('of type %s leaves recovery alone', (type) => {
    expect(templates(subject({ crm: { ...birthday, openCases: [openCase(type)] } }))).toEqual(['SERVICE_RECOVERY']);
  });

  it('is not the same as an open return, which leaves the rest standing', () => {
    expect(templates(subject({ crm: { ...birthday, openCases: [openCase('RETURN')] } }))).toEqual(['SERVICE_RECOVERY', 'BIRTHDAY']);
  });

  it('is no enquiry or late payment', () => {
    expect(templates(subject({ crm: { openCases: [openCase('ENQUIRY'), openCase('LATE_PAYMENT')] } }))).toEqual(['GENERAL']);
  });

  it('may be bad feedback that nobody followed up', () => {
    const feedback = { openDetractor: 'feedback_7', openDetractorAt: ago(DAY) };
    expect(templates(subject({ crm: birthday, feedback }))).toEqual(['SERVICE_RECOVERY']);
    expect(reasons(subject({ feedback }))).toEqual([
      { code: 'OPEN_DETRACTOR', evidence: { feedback: 'feedback_7', at: { at: ago(DAY) } } },
    ]);
  });

  it('may be an urgent text that nobody answered', () => {
    const urgentItem = { id: 'feedback_8', level: 'CRITICAL', reasons: ['SAFETY', 'MONEY_LOST'], at: ago(DAY) };
    expect(templates(subject({ crm: birthday, feedback: { urgentItem } }))).toEqual(['SERVICE_RECOVERY']);
    expect(reasons(subject({ feedback: { urgentItem, openDetractor: 'feedback_7' } }))).toEqual([
      {
        code: 'URGENT_FEEDBACK',
        evidence: { feedback: 'feedback_8', level: 'CRITICAL', reasons: 'SAFETY MONEY_LOST', at: { at: ago(DAY) } },
      },
      { code: 'OPEN_DETRACTOR', evidence: { feedback: 'feedback_7' } },
    ]);
  });

  it('comes first among several cases, then the newest', () => {
    const openCases = [openCase('RETURN', 'a', ago(1)), openCase('COMPLAINT', 'b', ago(3)), openCase('COMPLAINT', 'c', ago(2))];
    expect(reasons(subject({ crm: { openCases } })).map(({ evidence }) => evidence.case)).toEqual(['c', 'b', 'a']);
  });
});

describe('a lost domain', () => {
  it('costs its own offers only', () => {
    const left = {
      digital: { cart: [{ sku: 'kettle', name: 'Kettle', quantity: 1 }], cartUpdatedAt: ago(DAY) },
      crm: { birthDate: '1990-03-01' },
    };
    expect(templates(subject(left))).toEqual(['CART_REMINDER', 'BIRTHDAY']);
    expect(templates(subject({ ...left, lost: ['digital'] }))).toEqual(['BIRTHDAY']);
    expect(templates(subject({ ...left, lost: ['crm', 'pos', 'loyalty', 'feedback'] }))).toEqual(['CART_REMINDER']);
  });

  it('that could have told of a complaint is named in what is sold', () => {
    const left = { digital: { cart: [{ sku: 'kettle', name: 'Kettle', quantity: 1 }], cartUpdatedAt: ago(DAY) } };
    const codes = (lost: readonly ('crm' | 'pos' | 'feedback')[]) => reasons(subject({ ...left, lost })).map(({ code }) => code);
    expect(codes(['pos'])).toEqual(['CART_LEFT']);
    expect(codes(['crm'])).toEqual(['CART_LEFT', 'COMPLAINTS_UNCHECKED']);
    expect(reasons(subject({ ...left, lost: ['crm', 'feedback'] }))[1]!.evidence).toEqual({ services: 'crm feedback' });
  });
});
