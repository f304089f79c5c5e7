import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextBirthday } from '../../../subgraphs/recommendations/offers/birthday.ts';
import { localDay } from '../../../subgraphs/recommendations/offers/local-day.ts';
import { anniversary, onboarding, reviewRequest, vipRecognition } from '../../../subgraphs/recommendations/offers/relationship-rules.ts';
import { candidates } from '../../../subgraphs/recommendations/offers/rules.ts';
import type { Subject } from '../../../subgraphs/recommendations/records.ts';
import { DAY, NOW, subject } from './subjects.ts';

const ago = (days: number) => NOW - days * DAY;
const reasonOf = (rule: (of: Subject) => { readonly reasons: readonly unknown[] } | null, of: Parameters<typeof subject>[0]) =>
  rule(subject(of))?.reasons[0] ?? null;

describe('onboarding', () => {
  const step = (days: number, more: { orderCount?: number; member?: boolean; lost?: readonly 'loyalty'[] } = {}) => {
    const { orderCount = 1, member = false, lost = [] } = more;
    const found = onboarding(subject({ pos: { orderCount, firstOrderAt: ago(days), lastOrderAt: ago(days) }, loyalty: { member }, lost }));
    return found && [found.reasons[0]?.evidence.step, found.variant];
  };

  it('goes from the first order to the programme, and for members to the second order', () => {
    expect([2.9, 3, 9.9].map((days) => step(days))).toEqual([null, ['START', null], ['START', null]]);
    expect([10, 30].map((days) => step(days))).toEqual([
      ['JOIN', 'ONBOARDING_JOIN'],
      ['JOIN', 'ONBOARDING_JOIN'],
    ]);
    expect(step(10, { member: true })).toEqual(['AGAIN', 'ONBOARDING_AGAIN']);
    expect(step(30.1)).toBeNull();
  });

  it('asks for nothing that was done, or may have been', () => {
    expect(step(10, { member: true, orderCount: 2 })).toBeNull();
    expect(step(10, { lost: ['loyalty'] })).toEqual(['AGAIN', 'ONBOARDING_AGAIN']);
    expect(step(4, { orderCount: 3 })).toBeNull();
  });

  it('is one offer a step, which ends with it', () => {
    const of = (days: number) => onboarding(subject({ pos: { orderCount: 1, firstOrderAt: ago(days) } }));
    expect([of(4)?.occasion, of(5)?.occasion, of(12)?.occasion]).toEqual(['START', 'START', 'JOIN']);
    expect([of(4)?.validUntil, of(12)?.validUntil]).toEqual([ago(4) + 10 * DAY, ago(12) + 30 * DAY]);
  });
});

describe('the anniversary', () => {
  // Now is 1 March 2026.
  const of = (since: string, timeZone: string | null = null) =>
    reasonOf(anniversary, { crm: { customerSince: Date.parse(since), timeZone } });

  it('is that of the first order or the sign-up, whichever came first, from 7 days before', () => {
    expect(of('2021-03-08T10:00:00Z')).toEqual({
      code: 'ANNIVERSARY_NEAR',
      evidence: { since: { at: Date.parse('2021-03-08T10:00:00Z') }, years: 5, daysUntil: 7 },
    });
    expect(of('2021-03-09T10:00:00Z')).toBeNull();
    expect(of('2021-02-28T10:00:00Z')).toBeNull();
    const crm = { customerSince: Date.parse('2023-03-02T10:00:00Z') };
    expect(reasonOf(anniversary, { crm, pos: { firstOrderAt: Date.parse('2020-06-01T10:00:00Z') } })).toBeNull();
    expect(reasonOf(anniversary, { crm, lost: ['pos'] })).toMatchObject({ evidence: { years: 3, daysUntil: 1 } });
  });

  it('is not in the first year', () => {
    expect(of('2026-03-01T08:00:00Z')).toBeNull();
    expect(of('2025-03-02T08:00:00Z')).toMatchObject({ evidence: { years: 1 } });
  });

  it('is found on whatever day it is, leap years and time zones or not', () => {
    const time = fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(time, time, fc.constantFrom(null, 'Asia/Tokyo', 'America/Los_Angeles', 'Pacific/Kiritimati'), (a, b, timeZone) => {
        const [since, now] = [Math.min(a, b), Math.max(a, b)];
        const first = localDay(since, timeZone);
        const next = nextBirthday(first, timeZone, now);
        const near = next !== null && next.daysUntil <= 7 && next.day.slice(0, 4) > first.slice(0, 4);
        expect(anniversary(subject({ now, crm: { customerSince: since, timeZone } })) !== null).toBe(near);
      }),
      { numRuns: 2000 },
    );
  });

  it('is on the day that it was where the customer lives', () => {
    // In Tokyo it was 9 March already.
    expect(of('2021-03-08T16:00:00Z')).toMatchObject({ evidence: { daysUntil: 7 } });
    expect(of('2021-03-08T16:00:00Z', 'Asia/Tokyo')).toBeNull();
  });
});

describe('recognition', () => {
  it('is for the best fifth by recency and by frequency, once a year', () => {
    const rank = (recency: number, frequency: number) => ({ pos: { rank: { recency, frequency, monetary: 1, asOf: NOW } } });
    expect(reasonOf(vipRecognition, rank(5, 5))).toEqual({ code: 'TOP_CUSTOMER', evidence: { recency: 5, frequency: 5 } });
    expect([rank(4, 5), rank(5, 4)].map((of) => reasonOf(vipRecognition, of))).toEqual([null, null]);
    expect(vipRecognition(subject(rank(5, 5)))?.occasion).toBe('2026');
  });
});

describe('the request for a review', () => {
  const of = (days: number, more: Parameters<typeof subject>[0] = {}) =>
    reasonOf(reviewRequest, { pos: { orderCount: 3, firstOrderAt: ago(900), lastOrderAt: ago(days) }, ...more });

  it('comes 7 to 30 days after the last order', () => {
    expect([6.9, 7, 30, 30.1].map((days) => of(days) !== null)).toEqual([false, true, true, false]);
    expect(of(8)).toEqual({ code: 'NOTHING_SAID_OF_ORDER', evidence: { lastOrderAt: { at: ago(8) } } });
  });

  it('is not for who said something since, or may have', () => {
    expect(of(8, { feedback: { lastGivenAt: ago(9) } })).not.toBeNull();
    expect(of(8, { feedback: { lastGivenAt: ago(7) } })).toBeNull();
    expect(of(8, { lost: ['feedback'] })).toBeNull();
  });

  it('is not for who sends something back', () => {
    expect(of(8, { crm: { openCases: [{ id: 'c', type: 'RETURN', openedAt: ago(1) }] } })).toBeNull();
  });

  it('is silenced by a complaint like all that sells', () => {
    const crm = { openCases: [{ id: 'c', type: 'COMPLAINT', openedAt: ago(1) }] };
    const pos = { orderCount: 3, firstOrderAt: ago(900), lastOrderAt: ago(8) };
    expect(candidates(subject({ pos, crm })).map(({ template }) => template)).toEqual(['SERVICE_RECOVERY']);
  });
});
