import type { Channel, ConsentPurpose } from '../../../kernel/intake.ts';
import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { ChosenContent } from '../content/records.ts';
import type { Subject } from '../records.ts';
import type { Template, Variant } from './templates.ts';

export const REASON_CODES = [
  'NEW_CUSTOMER',
  'ONBOARDING_STEP',
  'BIRTHDAY_NEAR',
  'ANNIVERSARY_NEAR',
  'POINTS_EXPIRE',
  'TIER_NEAR',
  'TOP_CUSTOMER',
  'NOTHING_SAID_OF_ORDER',
  'NO_RECENT_ORDER',
  'OPEN_CASE',
  'OPEN_DETRACTOR',
  'URGENT_FEEDBACK',
  'ERROR_MET',
  'PAYMENT_LATE',
  'CART_LEFT',
  'DUE_AGAIN',
  'GOES_WITH',
  'LOOKED_AT',
  'BOUGHT_LATELY',
  'VIEWED_LATELY',
  'FAVOURITE_CATEGORY',
  'EVENT_IN_STORE',
  'SELLING_SUPPRESSED',
  'SENDING_HELD_BACK',
  'COMPLAINTS_UNCHECKED',
  'NOT_PERSONALIZED',
  'SEEN_BY_OTHERS',
  'NO_EVIDENCE',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

/** Instants are `EpochMs` until they are put into words. */
export type EvidenceValue = string | number | EvidenceInstant;

export interface EvidenceInstant {
  readonly at: EpochMs;
  /** IANA; where the day is told of something that takes place somewhere. The customer's when absent. */
  readonly timeZone?: string;
}

export interface OfferReason {
  readonly code: ReasonCode;
  readonly evidence: Readonly<Record<string, EvidenceValue>>;
}

/** An offer that a rule makes, before it is put into words. */
export interface Candidate {
  readonly template: Template;
  /** null: the template's own words. */
  readonly variant: Variant | null;
  /** Weightiest first, never empty. */
  readonly reasons: readonly OfferReason[];
  /** 0 to 1: how much sooner than usual it should be made. */
  readonly urgency: number;
  readonly validUntil: EpochMs | null;
  /** What distinguishes this offer from the customer's next one of the same template, such as the year of a birthday. */
  readonly occasion: string;
  /** Values for the wording's placeholders. */
  readonly values: Readonly<Record<string, EvidenceValue>>;
  /** The product that is offered; `model` is the version that chose it, null where none did. */
  readonly product?: { readonly sku: string; readonly model: string | null } | undefined;
  /** The content that is offered. Its title is put into words by the language that is shown. */
  readonly content?: ChosenContent | undefined;
}

export const HOLD_CODES = [
  'NO_MARKETING_CONSENT',
  'UNSUBSCRIBED',
  'UNDELIVERABLE',
  'UNCHECKED',
  'FREQUENCY_CAP',
  'QUIET_HOURS',
  'IN_STORE',
] as const;
export type HoldCode = (typeof HOLD_CODES)[number];

/** A channel over which an offer could be made and is not, for now. */
export interface HeldBack {
  readonly channel: Channel;
  readonly code: HoldCode;
  /** null: no end is known. */
  readonly until: EpochMs | null;
}

/** A rule: what it offers to this customer at the time that is decided for, or null. Withheld and unavailable sources read as knowing nothing. */
export type Rule = (subject: Subject) => Candidate | null;

/** A candidate in its place among the others. */
export interface RankedOffer extends Candidate {
  readonly score: number;
  readonly rank: number;
  /** In the customer's own order. */
  readonly channels: readonly Channel[];
  readonly heldBack: readonly HeldBack[];
  readonly personalized: boolean;
  readonly consentBasis: readonly ConsentPurpose[];
}
