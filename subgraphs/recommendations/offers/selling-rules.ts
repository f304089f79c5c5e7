import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { Rule } from './records.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

export const pointsExpiring: Rule = ({ sources: { loyalty }, now }) => {
  if (loyalty.state !== 'OK') return null;
  const expiring = loyalty.signals.expiring.filter(({ points, at }) => points > 0 && at > now && at <= now + EXPIRY_MS);
  if (expiring.length === 0) return null;
  const points = expiring.reduce((sum, lot) => sum + lot.points, 0);
  const at = Math.min(...expiring.map((lot) => lot.at));
  return {
    template: 'POINTS_EXPIRING',
    variant: null,
    reasons: [{ code: 'POINTS_EXPIRE', evidence: { points, at: { at } } }],
    urgency: 1 - (at - now) / EXPIRY_MS,
    validUntil: at,
    occasion: String(at),
    values: { points, date: { at } },
  };
};

export const tierUp: Rule = ({ sources: { loyalty } }) => {
  if (loyalty.state !== 'OK' || !loyalty.signals.member) return null;
  const { nextTierCode: tier, pointsToNextTier: missing } = loyalty.signals;
  if (tier === null || missing === null || missing < 1 || missing > TIER_UP_MAX_POINTS) return null;
  return {
    template: 'TIER_UP',
    variant: null,
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

export const winBack: Rule = ({ sources: { pos }, now }) => {
  if (pos.state !== 'OK') return null;
  const { orderCount, firstOrderAt, lastOrderAt, latePaymentCount } = pos.signals;
  if (orderCount < WIN_BACK_MIN_ORDERS || firstOrderAt === null || lastOrderAt === null) return null;
  // Who still owes a payment hears of that first.
  if (latePaymentCount > 0 || now - lastOrderAt <= lapseMs(orderCount, firstOrderAt, lastOrderAt)) return null;
  return {
    template: 'WIN_BACK',
    variant: null,
    reasons: [{ code: 'NO_RECENT_ORDER', evidence: { lastOrderAt: { at: lastOrderAt }, orderCount } }],
    urgency: WIN_BACK_MIN_MS / (now - lastOrderAt),
    validUntil: null,
    occasion: String(lastOrderAt),
    values: {},
  };
};

export const cartReminder: Rule = ({ sources: { digital }, now }) => {
  if (digital.state !== 'OK' || digital.signals.cartUpdatedAt === null) return null;
  const { cartItems: items, cartUpdatedAt: at } = digital.signals;
  const age = now - at;
  if (items < 1 || age <= CART_MIN_MS || age >= CART_MAX_MS) return null;
  return {
    template: 'CART_REMINDER',
    variant: null,
    reasons: [{ code: 'CART_LEFT', evidence: { items, at: { at } } }],
    urgency: 1 - age / CART_MAX_MS,
    validUntil: at + CART_MAX_MS,
    occasion: String(at),
    values: { items },
  };
};
