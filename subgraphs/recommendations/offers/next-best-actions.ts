import type { Channel } from '../../../kernel/intake.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { NextBestActionKind, NextBestActor } from '../../../schema/generated/recommendations.ts';
import type { Subject } from '../records.ts';
import { rankedOffers, serves } from './offers.ts';
import { OUTBOUND } from './policy.ts';
import type { HeldBack, OfferReason, RankedOffer } from './records.ts';
import type { Template } from './templates.ts';

/** What to do next for a customer. */
export interface Action {
  readonly kind: NextBestActionKind;
  /** A person, or a system without one. */
  readonly actor: NextBestActor;
  /** What to say; null for silence. */
  readonly offer: RankedOffer | null;
  /** Weightiest first, never empty. */
  readonly reasons: readonly OfferReason[];
  /** Over which channel it is best done; null for silence, and where none may be used now. */
  readonly channel: Channel | null;
  /** Until when to act; for silence when to decide again; null when no end is known. A time that is past is overdue. */
  readonly dueBy: EpochMs | null;
}

/** GENERAL is none: what everybody is shown anyway is nothing to do for a customer. */
const KINDS: Readonly<Record<Exclude<Template, 'GENERAL'>, NextBestActionKind>> = {
  SERVICE_RECOVERY: 'SERVICE_RECOVERY',
  ERROR_HELP: 'PROACTIVE_HELP',
  LATE_PAYMENT_HELP: 'PROACTIVE_HELP',
  CART_REMINDER: 'OFFER',
  REPLENISH: 'OFFER',
  CROSS_SELL: 'OFFER',
  BIRTHDAY: 'RECOGNITION',
  ANNIVERSARY: 'RECOGNITION',
  POINTS_EXPIRING: 'OFFER',
  TIER_UP: 'OFFER',
  ADVICE: 'CONTENT',
  VIP_RECOGNITION: 'RECOGNITION',
  ONBOARDING: 'ONBOARDING',
  WELCOME: 'ONBOARDING',
  LOCAL_EVENT: 'OFFER',
  REVIEW_REQUEST: 'REVIEW_REQUEST',
  WIN_BACK: 'RETENTION',
  CONTENT: 'CONTENT',
};
/** What takes a person: it is put right, or agreed on. */
const PERSONAL: readonly Template[] = ['SERVICE_RECOVERY', 'LATE_PAYMENT_HELP'];
/** A wrong is answered within a day. A judgement; cases have promises of their own in crm. */
const RECOVERY_MS = 86_400_000;

/** Where a person speaks to the customer, and where a system does; the best first where the customer stated nothing. */
const CHANNELS: Readonly<Record<NextBestActor, readonly Channel[]>> = {
  AGENT: ['PHONE', 'EMAIL', 'CHAT', 'STORE'],
  SYSTEM: ['EMAIL', 'PUSH', 'SMS', 'APP', 'WEB', 'STORE'],
};

/**
 * What to do next across service, marketing and retention, most important first, never empty: what puts right or helps, then silence where
 * there is a reason for it, then what is left to offer.
 */
export function nextBestActions(subject: Subject): readonly Action[] {
  const offers = rankedOffers(subject);
  const actions = offers.flatMap((offer) => (offer.template === 'GENERAL' ? [] : [actionOf(subject, offer, KINDS[offer.template])]));
  const service = actions.filter(({ offer }) => offer && serves(offer.template));
  const rest = actions.filter(({ offer }) => offer && !serves(offer.template));
  return [...service, ...silence(offers), ...rest];
}

function actionOf(subject: Subject, offer: RankedOffer, kind: NextBestActionKind): Action {
  const actor = PERSONAL.includes(offer.template) || (kind === 'RETENTION' && isTooGoodToLose(subject)) ? 'AGENT' : 'SYSTEM';
  const dueBy = kind === 'SERVICE_RECOVERY' ? answerBy(offer.reasons) : offer.validUntil;
  return { kind, actor, offer, reasons: offer.reasons, channel: suggested(subject, offer.channels, CHANNELS[actor]), dueBy };
}

/** Bought most often and long ago: the cell CANT_LOSE of the RFM grid. */
function isTooGoodToLose({ sources: { pos } }: Subject): boolean {
  return pos.state === 'OK' && pos.signals.rank !== null && pos.signals.rank.recency <= 2 && pos.signals.rank.frequency === 5;
}

function answerBy(reasons: readonly OfferReason[]): EpochMs | null {
  const since = reasons.flatMap(({ evidence: { openedAt, at } }) => {
    const time = openedAt ?? at;
    return typeof time === 'object' ? [time.at] : [];
  });
  return since.length > 0 ? Math.min(...since) + RECOVERY_MS : null;
}

/** Of the channels that may be used, which are in the customer's order where one was stated, the first that suits who acts. */
function suggested({ sources: { crm } }: Subject, allowed: readonly Channel[], wanted: readonly Channel[]): Channel | null {
  const stated = crm.state === 'OK' && crm.signals.channelOrder.some((channel) => allowed.includes(channel) && wanted.includes(channel));
  const found = stated ? allowed.find((channel) => wanted.includes(channel)) : wanted.find((channel) => allowed.includes(channel));
  return found ?? allowed[0] ?? null;
}

/** That nothing that sells is said, or sent, now, and why; nothing where there is no reason for silence. */
function silence(offers: readonly RankedOffer[]): readonly Action[] {
  const act = (reasons: readonly OfferReason[], dueBy: EpochMs | null = null): readonly Action[] => [
    { kind: 'SILENCE', actor: 'SYSTEM', offer: null, reasons, channel: null, dueBy },
  ];
  const suppressed = offers.flatMap(({ reasons }) => reasons).filter(({ code }) => code === 'SELLING_SUPPRESSED');
  if (suppressed.length > 0) return act(suppressed);
  const general = offers.find(({ template }) => template === 'GENERAL');
  if (general) return act(general.reasons);
  const selling = offers.filter(({ template }) => !serves(template));
  const held = selling.flatMap(({ heldBack }) => heldBack);
  if (held.length === 0 || selling.some(({ channels }) => channels.some((channel) => OUTBOUND.includes(channel)))) return [];
  const codes = [...new Set(held.map(({ code }) => code))].sort();
  return act([{ code: 'SENDING_HELD_BACK', evidence: { codes: codes.join(' ') } }], firstFree(held));
}

/** When the first of the channels is free again; null when none will be that is known. */
function firstFree(held: readonly HeldBack[]): EpochMs | null {
  const channels = [...new Set(held.map(({ channel }) => channel))];
  const free = channels.map((channel) => {
    const until = held.filter((hold) => hold.channel === channel).map((hold) => hold.until ?? Number.POSITIVE_INFINITY);
    return Math.max(...until);
  });
  const first = Math.min(...free);
  return Number.isFinite(first) ? first : null;
}
