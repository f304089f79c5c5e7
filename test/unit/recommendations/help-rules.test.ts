import { describe, expect, it } from 'vitest';
import { errorHelp } from '../../../subgraphs/recommendations/offers/help-rules.ts';
import { rankedOffers } from '../../../subgraphs/recommendations/offers/offers.ts';
import { candidates } from '../../../subgraphs/recommendations/offers/rules.ts';
import { DAY, NOW, subject } from './subjects.ts';

const HOUR = DAY / 24;
const failed = (kind: string, hours: number) => ({ error: { kind, at: NOW - hours * HOUR } });
const templates = (of: Parameters<typeof subject>[0]) => candidates(subject(of)).map(({ template }) => template);

describe('help with an error', () => {
  it('is offered for two days, in the words for its kind', () => {
    const words = (kind: string) => errorHelp(subject({ digital: failed(kind, 1) }))?.variant;
    expect(['ACCOUNT_LOCKED', 'PAYMENT_FAILED', 'OUTAGE', 'SOMETHING_NEW'].map(words)).toEqual([
      'ERROR_HELP_ACCOUNT',
      'ERROR_HELP_PAYMENT',
      null,
      undefined,
    ]);
    expect(errorHelp(subject({ digital: failed('OUTAGE', 48) }))?.reasons).toEqual([
      { code: 'ERROR_MET', evidence: { kind: 'OUTAGE', at: { at: NOW - 2 * DAY } } },
    ]);
    expect(errorHelp(subject({ digital: failed('OUTAGE', 49) }))).toBeNull();
  });

  it('is not offered where the matter is in hand, or was overcome', () => {
    const open = (type: string) => ({ openCases: [{ id: 'c', type, openedAt: NOW }] });
    expect(templates({ digital: failed('OUTAGE', 1), crm: open('OUTAGE') })).toEqual(['SERVICE_RECOVERY']);
    expect(templates({ digital: failed('ACCOUNT_LOCKED', 1), crm: open('ENQUIRY') })).toEqual(['ERROR_HELP']);
    const ordered = (hours: number) => ({ pos: { orderCount: 9, firstOrderAt: 0, lastOrderAt: NOW - hours * HOUR } });
    expect(templates({ digital: failed('PAYMENT_FAILED', 2), ...ordered(1) })).toEqual(['GENERAL']);
    expect(templates({ digital: failed('PAYMENT_FAILED', 2), ...ordered(3) })).toEqual(['ERROR_HELP']);
    expect(templates({ digital: failed('OUTAGE', 2), ...ordered(1) })).toEqual(['ERROR_HELP']);
  });

  it('stands beside recovery, and before all that sells', () => {
    const crm = { birthDate: '1990-03-01', openCases: [{ id: 'c', type: 'COMPLAINT', openedAt: NOW }] };
    expect(templates({ crm, digital: failed('OUTAGE', 1) })).toEqual(['SERVICE_RECOVERY', 'ERROR_HELP']);
    const cart = { cart: [{ sku: 'mug', name: null, quantity: 1 }], cartUpdatedAt: NOW - HOUR - 1 };
    const offers = rankedOffers(
      subject({ crm: { birthDate: '1990-03-01' }, digital: { ...cart, ...failed('OUTAGE', 47) }, pos: { latePaymentCount: 1 } }),
    );
    expect(offers.map(({ template }) => template)).toEqual(['ERROR_HELP', 'LATE_PAYMENT_HELP', 'CART_REMINDER', 'BIRTHDAY']);
  });
});

describe('help with a late payment', () => {
  it('counts the payments and needs no consent to MARKETING', () => {
    const [help] = rankedOffers(subject({ pos: { latePaymentCount: 2 }, marketing: false }));
    expect(help).toMatchObject({
      template: 'LATE_PAYMENT_HELP',
      reasons: [{ code: 'PAYMENT_LATE', evidence: { payments: 2 } }],
      channels: ['STORE', 'WEB', 'APP', 'CHAT', 'EMAIL', 'PHONE'],
      heldBack: [],
    });
  });
});
