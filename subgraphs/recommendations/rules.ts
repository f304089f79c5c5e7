import type { EpochMs } from '../../kernel/storage/port.ts';
import { nextBirthday } from './birthday.ts';
import { isSeenByOthers, suits } from './decision-context.ts';
import { endOfDay } from './local-day.ts';
import type { Candidate, OfferReason, Service, Subject } from './records.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Someone is new for this long after the first order or sign-up, whichever came first: the usual length of an onboarding programme. */
const WELCOME_MS = 30 * DAY_MS;
/** ...and with at most this many orders; who has ordered three times needs no welcome. */
const WELCOME_MAX_ORDERS = 2;
/** Days before a birthday on which it is first mentioned: a week to use the offer in. */
const BIRTHDAY_DAYS = 7;
/** Points that lapse within this time are mentioned; loyalty reports no further ahead. */
const EXPIRY_MS = 60 * DAY_MS;
/** The next tier is near when at most this many qualifying points are missing: a purchase or two, a fifth of the programme's smallest step. */
const TIER_UP_MAX_POINTS = 200;
/** Half a year without an order is the usual retail definition of a lapsed customer... */
const WIN_BACK_MIN_MS = 180 * DAY_MS;
/** ...but not for who buys once a year: it takes this many of the customer's own mean intervals as well. */
const WIN_BACK_INTERVALS = 2;
/** With one order there is no habit to win back. */
const WIN_BACK_MIN_ORDERS = 2;
/** A cart younger than this is still in use. */
const CART_MIN_MS = HOUR_MS;
/** A cart older than this is forgotten. */
const CART_MAX_MS = 14 * DAY_MS;
/** Kinds of open case (crm's CaseType) that call for recovery; the others (an enquiry, a late payment) are the customer's turn. */
const RECOVERY_CASES: readonly string[] = ['COMPLAINT', 'OUTAGE', 'ACCOUNT_LOCK', 'RETURN'];
/** Open cases during which nothing is sold. A return alone is everyday business. */
const SILENCING_CASES: readonly string[] = ['COMPLAINT', 'OUTAGE', 'ACCOUNT_LOCK'];

/** A rule: what it offers to this customer now, or null. Withheld and unavailable sources read as knowing nothing. */
type Rule = (subject: Subject) => Candidate | null;

const between = (value: number, low: number, high: number) => value >= low && value <= high;

const welcome: Rule = ({ sources: { crm, pos }, now }) => {
  const starts = [pos.state === 'OK' ? pos.signals.firstOrderAt : null, crm.state === 'OK' ? crm.signals.customerSince : null];
  const since = Math.min(...starts.filter((at) => at !== null));
  const orderCount = pos.state === 'OK' ? pos.signals.orderCount : 0;
  if (!between(now - since, 0, WELCOME_MS) || orderCount > WELCOME_MAX_ORDERS) return null;
  return {
    template: 'WELCOME',
    reasons: [{ code: 'NEW_CUSTOMER', evidence: { since: { at: since }, orderCount } }],
    urgency: 1 - (now - since) / WELCOME_MS,
    validUntil: since + WELCOME_MS,
    occasion: '',
    values: {},
  };
};

const birthday: Rule = ({ sources: { crm }, now }) => {
  if (crm.state !== 'OK' || crm.signals.birthDate === null) return null;
  const next = nextBirthday(crm.signals.birthDate, crm.signals.timeZone, now);
  if (!next || next.daysUntil > BIRTHDAY_DAYS) return null;
  return {
    template: 'BIRTHDAY',
    // The date itself is not evidence: whoever may see it finds it in the profile.
    reasons: [{ code: 'BIRTHDAY_NEAR', evidence: { daysUntil: next.daysUntil } }],
    urgency: 1 - next.daysUntil / (BIRTHDAY_DAYS + 1),
    validUntil: endOfDay(next.day, crm.signals.timeZone),
    occasion: next.day,
    values: {},
  };
};

const pointsExpiring: Rule = ({ sources: { loyalty }, now }) => {
  if (loyalty.state !== 'OK') return null;
  const expiring = loyalty.signals.expiring.filter(({ points, at }) => points > 0 && at > now && at <= now + EXPIRY_MS);
  if (expiring.length === 0) return null;
  const points = expiring.reduce((sum, lot) => sum + lot.points, 0);
  const at = Math.min(...expiring.map((lot) => lot.at));
  return {
    template: 'POINTS_EXPIRING',
    reasons: [{ code: 'POINTS_EXPIRE', evidence: { points, at: { at } } }],
    urgency: 1 - (at - now) / EXPIRY_MS,
    validUntil: at,
    occasion: String(at),
    values: { points, date: { at } },
  };
};

const tierUp: Rule = ({ sources: { loyalty } }) => {
  if (loyalty.state !== 'OK' || !loyalty.signals.member) return null;
  const { nextTierCode: tier, pointsToNextTier: missing } = loyalty.signals;
  if (tier === null || missing === null || !between(missing, 1, TIER_UP_MAX_POINTS)) return null;
  return {
    template: 'TIER_UP',
    reasons: [{ code: 'TIER_NEAR', evidence: { tier, pointsMissing: missing } }],
    urgency: 1 - missing / TIER_UP_MAX_POINTS,
    validUntil: null,
    occasion: tier,
    values: { tier, points: missing },
  };
};

/** How long after the last order a customer counts as lapsed, in milliseconds. */
export function lapseMs(orderCount: number, firstOrderAt: EpochMs, lastOrderAt: EpochMs): number {
  const meanInterval = (lastOrderAt - firstOrderAt) / (orderCount - 1);
  return Math.max(WIN_BACK_MIN_MS, WIN_BACK_INTERVALS * meanInterval);
}

const winBack: Rule = ({ sources: { pos }, now }) => {
  if (pos.state !== 'OK') return null;
  const { orderCount, firstOrderAt, lastOrderAt, latePaymentCount } = pos.signals;
  if (orderCount < WIN_BACK_MIN_ORDERS || firstOrderAt === null || lastOrderAt === null) return null;
  // Who still owes a payment hears of that first.
  if (latePaymentCount > 0 || now - lastOrderAt <= lapseMs(orderCount, firstOrderAt, lastOrderAt)) return null;
  return {
    template: 'WIN_BACK',
    reasons: [{ code: 'NO_RECENT_ORDER', evidence: { lastOrderAt: { at: lastOrderAt }, orderCount } }],
    urgency: WIN_BACK_MIN_MS / (now - lastOrderAt),
    validUntil: null,
    occasion: String(lastOrderAt),
    values: {},
  };
};

const cartReminder: Rule = ({ sources: { digital }, now }) => {
  if (digital.state !== 'OK' || digital.signals.cartUpdatedAt === null) return null;
  const { cart, cartUpdatedAt: at } = digital.signals;
  const items = cart.reduce((sum, line) => sum + line.quantity, 0);
  const age = now - at;
  if (items < 1 || age <= CART_MIN_MS || age >= CART_MAX_MS) return null;
  return {
    template: 'CART_REMINDER',
    reasons: [{ code: 'CART_LEFT', evidence: { items, at: { at } } }],
    urgency: 1 - age / CART_MAX_MS,
    validUntil: at + CART_MAX_MS,
    occasion: String(at),
    values: { items },
  };
};

/** Every rule that sells; SERVICE_RECOVERY stands apart, because it can silence these. */
const SELLING: readonly Rule[] = [cartReminder, birthday, pointsExpiring, tierUp, welcome, winBack];

function recoveryReasons({ sources: { crm, feedback } }: Subject): readonly OfferReason[] {
  const cases = crm.state === 'OK' ? crm.signals.openCases.filter(({ type }) => RECOVERY_CASES.includes(type)) : [];
  const reasons: OfferReason[] = cases
    .toSorted((a, b) => RECOVERY_CASES.indexOf(a.type) - RECOVERY_CASES.indexOf(b.type) || b.openedAt - a.openedAt)
    .map(({ id, type, openedAt }) => ({ code: 'OPEN_CASE', evidence: { case: id, type, openedAt: { at: openedAt } } }));
  if (feedback.state === 'OK' && feedback.signals.urgentItem !== null) {
    const { id, level, reasons: signs, at } = feedback.signals.urgentItem;
    reasons.push({ code: 'URGENT_FEEDBACK', evidence: { feedback: id, level, reasons: signs.join(' '), at: { at } } });
  }
  if (feedback.state === 'OK' && feedback.signals.openDetractor !== null) {
    const { openDetractor, openDetractorAt } = feedback.signals;
    const at = openDetractorAt === null ? {} : { at: { at: openDetractorAt } };
    reasons.push({ code: 'OPEN_DETRACTOR', evidence: { feedback: openDetractor, ...at } });
  }
  return reasons;
}

const silences = ({ code, evidence }: OfferReason) =>
  code === 'OPEN_DETRACTOR' || code === 'URGENT_FEEDBACK' || SILENCING_CASES.includes(String(evidence.type));

/** The domains that could have told of a complaint and did not answer. */
function unheard({ sources: { crm, feedback } }: Subject): readonly Service[] {
  return [...(crm.state === 'UNAVAILABLE' ? (['crm'] as const) : []), ...(feedback.state === 'UNAVAILABLE' ? (['feedback'] as const) : [])];
}

/** What everybody is offered. */
function general(reason: 'NOT_PERSONALIZED' | 'SEEN_BY_OTHERS' | 'NO_EVIDENCE', { context }: Subject): readonly Candidate[] {
  if (!suits('GENERAL', context)) return [];
  return [{ template: 'GENERAL', reasons: [{ code: reason, evidence: {} }], urgency: 0, validUntil: null, occasion: '', values: {} }];
}

/**
 * Everything that can be offered to a customer at the time that is decided for, in no particular order; empty only where the occasion
 * leaves nothing to say.
 * - Without consent, and where others read along: the general offer alone.
 * - With an open complaint, outage or locked account, an open detractor or an urgent text: recovery alone; its reasons name what is held back.
 * - Otherwise what the rules find; when they find nothing, the general offer.
 */
export function candidates(subject: Subject): readonly Candidate[] {
  if (!subject.personal) return general('NOT_PERSONALIZED', subject);
  if (isSeenByOthers(subject.context)) return general('SEEN_BY_OTHERS', subject);
  const selling = SELLING.map((rule) => rule(subject))
    .filter((offer) => offer !== null)
    .filter(({ template }) => suits(template, subject.context));
  const wrongs = recoveryReasons(subject);
  const heldBack = wrongs.some(silences) ? selling.map((offer) => offer.template) : null;
  const suppressed: readonly OfferReason[] = heldBack?.length
    ? [{ code: 'SELLING_SUPPRESSED', evidence: { templates: heldBack.join(' ') } }]
    : [];
  const recovery: readonly Candidate[] = wrongs[0]
    ? [
        {
          template: 'SERVICE_RECOVERY',
          reasons: [...wrongs, ...suppressed],
          urgency: 1,
          validUntil: null,
          occasion: String(wrongs[0].evidence.case ?? wrongs[0].evidence.feedback),
          values: {},
        },
      ]
    : [];
  if (heldBack) return recovery;
  const services = unheard(subject);
  const caveat: readonly OfferReason[] =
    services.length > 0 ? [{ code: 'COMPLAINTS_UNCHECKED', evidence: { services: services.join(' ') } }] : [];
  const cautious = caveat.length === 0 ? selling : selling.map((offer) => ({ ...offer, reasons: [...offer.reasons, ...caveat] }));
  const offers = [...recovery, ...cautious];
  return offers.length > 0 ? offers : general('NO_EVIDENCE', subject);
}
