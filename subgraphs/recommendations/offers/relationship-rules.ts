import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { Sources } from '../records.ts';
import { nextBirthday } from './birthday.ts';
import { endOfDay, localDay } from './local-day.ts';
import type { Rule } from './records.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 365.2425 * DAY_MS;

/** Someone is new for this long after the first order or sign-up, whichever came first: the usual length of an onboarding programme. */
const NEW_MS = 30 * DAY_MS;
/** ...and with at most this many orders; who has ordered three times needs no welcome. */
const NEW_MAX_ORDERS = 2;
/** How long after the first order the welcome ends and onboarding begins: goods are on their way or at home. A judgement. */
const ONBOARDING_FROM_MS = 3 * DAY_MS;
/** ...and when it goes on to its later steps. A judgement. */
const ONBOARDING_NEXT_MS = 10 * DAY_MS;
/** Days before a birthday, or an anniversary, on which it is first mentioned: a week to use the offer in. */
const CELEBRATION_DAYS = 7;
/** The best fifth, of recency and of frequency both: the champions of the RFM grid. */
const BEST = 5;
/** An opinion is asked for from a week after the order, when goods have come and were tried, until a month after, while they are remembered. A judgement. */
const REVIEW_FROM_MS = 7 * DAY_MS;
const REVIEW_UNTIL_MS = 30 * DAY_MS;

export const welcome: Rule = ({ sources, now }) => {
  const { pos } = sources;
  const since = customerSince(sources);
  const orderCount = pos.state === 'OK' ? pos.signals.orderCount : 0;
  if (since === null || now < since || now - since > NEW_MS || orderCount > NEW_MAX_ORDERS) return null;
  if (pos.state === 'OK' && pos.signals.firstOrderAt !== null && now - pos.signals.firstOrderAt >= ONBOARDING_FROM_MS) return null;
  return {
    template: 'WELCOME',
    variant: null,
    reasons: [{ code: 'NEW_CUSTOMER', evidence: { since: { at: since }, orderCount } }],
    urgency: 1 - (now - since) / NEW_MS,
    validUntil: since + NEW_MS,
    occasion: '',
    values: {},
  };
};

/**
 * The steps after the first order: how to make the most of it, then joining the programme for who has not, then the second order. What was
 * done is not asked for.
 */
export const onboarding: Rule = ({ sources: { pos, loyalty }, now }) => {
  if (pos.state !== 'OK') return null;
  const { orderCount, firstOrderAt } = pos.signals;
  if (firstOrderAt === null || orderCount > NEW_MAX_ORDERS) return null;
  const age = now - firstOrderAt;
  if (age < ONBOARDING_FROM_MS || age > NEW_MS) return null;
  const start = age < ONBOARDING_NEXT_MS;
  const join = loyalty.state === 'OK' && !loyalty.signals.member;
  if (!start && !join && orderCount > 1) return null;
  const step = start ? 'START' : join ? 'JOIN' : 'AGAIN';
  const until = firstOrderAt + (start ? ONBOARDING_NEXT_MS : NEW_MS);
  return {
    template: 'ONBOARDING',
    variant: step === 'START' ? null : `ONBOARDING_${step}`,
    reasons: [{ code: 'ONBOARDING_STEP', evidence: { step, firstOrderAt: { at: firstOrderAt }, orderCount } }],
    urgency: 1 - age / NEW_MS,
    validUntil: until,
    occasion: step,
    values: {},
  };
};

export const birthday: Rule = ({ sources: { crm }, now }) => {
  if (crm.state !== 'OK' || crm.signals.birthDate === null) return null;
  const next = nextBirthday(crm.signals.birthDate, crm.signals.timeZone, now);
  if (!next || next.daysUntil > CELEBRATION_DAYS) return null;
  return {
    template: 'BIRTHDAY',
    variant: null,
    // The date itself is not evidence: whoever may see it finds it in the profile.
    reasons: [{ code: 'BIRTHDAY_NEAR', evidence: { daysUntil: next.daysUntil } }],
    urgency: 1 - next.daysUntil / (CELEBRATION_DAYS + 1),
    validUntil: endOfDay(next.day, crm.signals.timeZone),
    occasion: next.day,
    values: {},
  };
};

/** When somebody became a customer: the first order or the sign-up, whichever came first; null when neither is known. */
function customerSince({ crm, pos }: Sources): EpochMs | null {
  const starts = [pos.state === 'OK' ? pos.signals.firstOrderAt : null, crm.state === 'OK' ? crm.signals.customerSince : null];
  const known = starts.filter((at) => at !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

/** Whether an anniversary of `since` may be near, give or take what leap days and time zones make; most are told so without a calendar. */
function maybeNear(since: EpochMs, now: EpochMs): boolean {
  const past = (now - since) % YEAR_MS;
  return past < 3 * DAY_MS || past > YEAR_MS - (CELEBRATION_DAYS + 3) * DAY_MS;
}

export const anniversary: Rule = ({ sources, now }) => {
  const since = customerSince(sources);
  if (since === null || since > now || !maybeNear(since, now)) return null;
  const timeZone = sources.crm.state === 'OK' ? sources.crm.signals.timeZone : null;
  const first = localDay(since, timeZone);
  const next = nextBirthday(first, timeZone, now);
  const years = next ? Number(next.day.slice(0, 4)) - Number(first.slice(0, 4)) : 0;
  if (!next || years < 1 || next.daysUntil > CELEBRATION_DAYS) return null;
  return {
    template: 'ANNIVERSARY',
    variant: null,
    reasons: [{ code: 'ANNIVERSARY_NEAR', evidence: { since: { at: since }, years, daysUntil: next.daysUntil } }],
    urgency: 1 - next.daysUntil / (CELEBRATION_DAYS + 1),
    validUntil: endOfDay(next.day, timeZone),
    occasion: next.day,
    values: { years },
  };
};

export const vipRecognition: Rule = ({ sources: { pos, crm }, now }) => {
  if (pos.state !== 'OK' || pos.signals.rank === null) return null;
  const { recency, frequency } = pos.signals.rank;
  if (recency < BEST || frequency < BEST) return null;
  return {
    template: 'VIP_RECOGNITION',
    variant: null,
    reasons: [{ code: 'TOP_CUSTOMER', evidence: { recency, frequency } }],
    urgency: 0,
    validUntil: null,
    // Once a year, by the customer's calendar.
    occasion: localDay(now, crm.state === 'OK' ? crm.signals.timeZone : null).slice(0, 4),
    values: {},
  };
};

export const reviewRequest: Rule = ({ sources: { crm, pos, feedback }, now }) => {
  // Who may have said something already is not asked.
  if (pos.state !== 'OK' || feedback.state !== 'OK' || pos.signals.lastOrderAt === null) return null;
  const { lastOrderAt } = pos.signals;
  const { lastGivenAt } = feedback.signals;
  const age = now - lastOrderAt;
  if (age < REVIEW_FROM_MS || age > REVIEW_UNTIL_MS || (lastGivenAt !== null && lastGivenAt >= lastOrderAt)) return null;
  // Nor who is sending something back.
  if (crm.state === 'OK' && crm.signals.openCases.some(({ type }) => type === 'RETURN')) return null;
  return {
    template: 'REVIEW_REQUEST',
    variant: null,
    reasons: [{ code: 'NOTHING_SAID_OF_ORDER', evidence: { lastOrderAt: { at: lastOrderAt } } }],
    urgency: 1 - (age - REVIEW_FROM_MS) / (REVIEW_UNTIL_MS - REVIEW_FROM_MS),
    validUntil: lastOrderAt + REVIEW_UNTIL_MS,
    occasion: String(lastOrderAt),
    values: {},
  };
};
