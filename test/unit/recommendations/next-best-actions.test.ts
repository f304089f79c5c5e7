import { describe, expect, it } from 'vitest';
import { nextBestActions } from '../../../subgraphs/recommendations/offers/next-best-actions.ts';
import { DAY, NOW, subject } from './subjects.ts';

const HOUR = DAY / 24;
const act = (of: Parameters<typeof subject>[0]) => nextBestActions(subject(of));
const kinds = (of: Parameters<typeof subject>[0]) => act(of).map(({ kind, offer }) => [kind, offer?.template ?? null]);
const cart = { cart: [{ sku: 'mug', name: null, quantity: 1 }], cartUpdatedAt: NOW - DAY };
const lapsed = { orderCount: 4, firstOrderAt: NOW - 900 * DAY, lastOrderAt: NOW - 600 * DAY };

describe('the next best actions', () => {
  it('serve before they sell, across all that is known', () => {
    const of = {
      crm: { birthDate: '1990-03-04', openCases: [{ id: 'c', type: 'RETURN', openedAt: NOW - DAY }] },
      pos: { orderCount: 1, firstOrderAt: NOW - 12 * DAY, lastOrderAt: NOW - 12 * DAY, latePaymentCount: 1 },
      digital: { ...cart, error: { kind: 'OUTAGE', at: NOW - HOUR } },
    };
    // A return is under way, so no opinion is asked for.
    expect(kinds(of)).toEqual([
      ['SERVICE_RECOVERY', 'SERVICE_RECOVERY'],
      ['PROACTIVE_HELP', 'ERROR_HELP'],
      ['PROACTIVE_HELP', 'LATE_PAYMENT_HELP'],
      ['OFFER', 'CART_REMINDER'],
      ['RECOGNITION', 'BIRTHDAY'],
      ['ONBOARDING', 'ONBOARDING'],
    ]);
    expect(kinds({ pos: { ...lapsed, lastOrderAt: NOW - 8 * DAY } })).toEqual([['REVIEW_REQUEST', 'REVIEW_REQUEST']]);
    expect(kinds({ pos: lapsed })).toEqual([['RETENTION', 'WIN_BACK']]);
  });

  it('keep silent while something is open, and say what is kept', () => {
    const crm = { birthDate: '1990-03-04', openCases: [{ id: 'c', type: 'COMPLAINT', openedAt: NOW - 3 * HOUR }] };
    const [recovery, silence, ...others] = act({ crm });
    expect(recovery).toMatchObject({ kind: 'SERVICE_RECOVERY', actor: 'AGENT', channel: 'PHONE', dueBy: NOW + 21 * HOUR });
    expect(silence).toEqual({
      kind: 'SILENCE',
      actor: 'SYSTEM',
      offer: null,
      reasons: [{ code: 'SELLING_SUPPRESSED', evidence: { templates: 'BIRTHDAY' } }],
      channel: null,
      dueBy: null,
    });
    expect(others).toEqual([]);
  });

  it('keep silent where nothing is known, or may be used, and say so', () => {
    const only = (code: string) => [
      { kind: 'SILENCE', actor: 'SYSTEM', offer: null, reasons: [{ code, evidence: {} }], channel: null, dueBy: null },
    ];
    expect(act({})).toEqual(only('NO_EVIDENCE'));
    expect(nextBestActions({ ...subject({}), personal: false })).toEqual(only('NOT_PERSONALIZED'));
  });

  it('send nothing where nothing may be sent, until the first channel is free, and say it where the customer comes to us', () => {
    const sent = (channel: 'EMAIL' | 'PUSH', days: number) => ({ channel, sentAt: NOW - days * DAY, arrivedAt: NOW, bouncedAt: null });
    const touches = [sent('PUSH', 0), sent('PUSH', 1), sent('EMAIL', 1), sent('EMAIL', 2), sent('PUSH', 4), sent('EMAIL', 5)];
    // Over all channels the fourth newest of 0, 1, 1, 2, 4, 5 days is 2 days old; e-mail's third is 5 and push's 4 days old, so 4 in all rule: 7 - 2.
    expect(act({ digital: { ...cart, touches } })).toEqual([
      expect.objectContaining({
        kind: 'SILENCE',
        reasons: [{ code: 'SENDING_HELD_BACK', evidence: { codes: 'FREQUENCY_CAP' } }],
        dueBy: NOW + 5 * DAY,
      }),
      expect.objectContaining({ kind: 'OFFER', channel: 'APP' }),
    ]);
    const [silence] = act({ digital: cart, marketing: false });
    expect(silence).toMatchObject({ reasons: [{ evidence: { codes: 'NO_MARKETING_CONSENT' } }], dueBy: null });
  });
});

describe('who acts, and where', () => {
  const winBack = (recency: number, frequency: number) =>
    act({ pos: { ...lapsed, rank: { recency, frequency, monetary: 3, asOf: NOW } } })[0];

  it('is a person for who bought most often and stopped', () => {
    expect(winBack(2, 5)).toMatchObject({ kind: 'RETENTION', actor: 'AGENT', channel: 'PHONE' });
    expect(winBack(2, 4)).toMatchObject({ kind: 'RETENTION', actor: 'SYSTEM', channel: 'EMAIL' });
  });

  it('is where the customer likes best, of what suits who acts', () => {
    const channel = (channelOrder: readonly ('STORE' | 'PUSH' | 'PHONE' | 'POSTAL')[]) =>
      act({ crm: { birthDate: '1990-03-04', channelOrder } })[0]?.channel;
    expect([channel([]), channel(['PUSH']), channel(['STORE', 'PUSH']), channel(['PHONE']), channel(['POSTAL'])]).toEqual([
      'EMAIL',
      'PUSH',
      'STORE',
      'EMAIL',
      'EMAIL',
    ]);
  });
});

it('a wrong is due a day after the earliest of what is open, overdue or not', () => {
  const openCases = [
    { id: 'a', type: 'COMPLAINT', openedAt: NOW - HOUR },
    { id: 'b', type: 'OUTAGE', openedAt: NOW - 3 * DAY },
  ];
  expect(act({ crm: { openCases } })[0]?.dueBy).toBe(NOW - 2 * DAY);
  expect(act({ feedback: { openDetractor: 'feedback_1', openDetractorAt: NOW - HOUR } })[0]?.dueBy).toBe(NOW + 23 * HOUR);
  expect(act({ feedback: { openDetractor: 'feedback_1' } })[0]?.dueBy).toBeNull();
});
