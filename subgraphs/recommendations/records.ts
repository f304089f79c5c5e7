import type { Channel } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { ContentFacts } from './content/records.ts';
import type { DecisionContext } from './offers/decision-context.ts';
import type { CustomerRepresentation, Source } from './representation.ts';

/** The domains whose signals recommendations reads, in the order in which `sourceStatus` lists them. */
export const SERVICES = ['crm', 'pos', 'loyalty', 'digital', 'feedback'] as const;
export type Service = (typeof SERVICES)[number];

export interface OpenCase {
  readonly id: string;
  /** One of crm's CaseType. */
  readonly type: string;
  readonly openedAt: EpochMs;
}

/** Times of day where the customer lives, in minutes since midnight; `to` is before `from` when the window passes midnight. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

export interface CrmSignals {
  /** `yyyy-mm-dd`; null when unknown. */
  readonly birthDate: string | null;
  /** BCP 47; null when unknown. */
  readonly locale: string | null;
  /** IANA; null when unknown. */
  readonly timeZone: string | null;
  readonly customerSince: EpochMs | null;
  /** When the customer likes to be contacted; null when nothing was stated. */
  readonly contactWindow: TimeWindow | null;
  /** Channels by preference, the best first. */
  readonly channelOrder: readonly Channel[];
  /** Newest first. */
  readonly openCases: readonly OpenCase[];
}

/** Quintiles, 1 to 5; 5 is the best fifth. */
export interface PurchaseRank {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
  readonly asOf: EpochMs;
}

/** What was in one order. */
export interface PastBasket {
  readonly at: EpochMs;
  readonly skus: readonly string[];
}

export interface PosSignals {
  readonly orderCount: number;
  readonly firstOrderAt: EpochMs | null;
  readonly lastOrderAt: EpochMs | null;
  readonly latePaymentCount: number;
  /** null while too few customers have bought to say. */
  readonly rank: PurchaseRank | null;
  /** Oldest first, 200 products at most; empty unless offers of products were asked for. */
  readonly baskets: readonly PastBasket[];
  /** The id of the store of most orders; null where there is none, and unless offers of products were asked for. */
  readonly store: string | null;
  /** IANA; the one that this store stands in, null where that is not known. */
  readonly storeTimeZone: string | null;
}

export interface LoyaltySignals {
  readonly member: boolean;
  readonly nextTierCode: string | null;
  readonly pointsToNextTier: number | null;
  /** Soonest first. */
  readonly expiring: readonly { readonly points: number; readonly at: EpochMs }[];
}

/** One message of a campaign. */
export interface Touch {
  readonly channel: Channel;
  readonly sentAt: EpochMs;
  /** When it last showed that it got through; null when it did not. */
  readonly arrivedAt: EpochMs | null;
  readonly bouncedAt: EpochMs | null;
}

export interface DigitalSignals {
  /** The last 20 lines. */
  readonly cart: readonly { readonly sku: string | null; readonly name: string | null; readonly quantity: number }[];
  /** All products in the cart, at most 200; empty unless offers of products were asked for. */
  readonly cartSkus: readonly string[];
  /** How many items lie in the cart, of all lines. */
  readonly cartItems: number;
  readonly cartUpdatedAt: EpochMs | null;
  /** Products looked at within 30 days, the last first; empty unless offers of products were asked for. */
  readonly viewed: readonly { readonly sku: string; readonly at: EpochMs }[];
  /** Messages of campaigns that went out to the customer within 30 days, newest first, at most 40. */
  readonly touches: readonly Touch[];
  readonly unsubscribed: readonly { readonly channel: Channel; readonly at: EpochMs }[];
  /** What last went wrong on a screen within 7 days, one of digital's ErrorKind; null when nothing did. */
  readonly error: { readonly kind: string; readonly at: EpochMs } | null;
}

export interface UrgentItem {
  /** The feedback's id. */
  readonly id: string;
  /** HIGH or CRITICAL. */
  readonly level: string;
  /** feedback's UrgencyReasonCode, the gravest first. */
  readonly reasons: readonly string[];
  readonly at: EpochMs;
}

export interface FeedbackSignals {
  /** The id of feedback that was bad and not followed up; null when there is none. */
  readonly openDetractor: string | null;
  readonly openDetractorAt: EpochMs | null;
  /** When any feedback was last given; null when none was. */
  readonly lastGivenAt: EpochMs | null;
  /** The most urgent text that nobody answered; null when there is none. */
  readonly urgentItem: UrgentItem | null;
}

/** One reading of every domain, for one customer. */
export interface Sources {
  readonly crm: Source<CrmSignals>;
  readonly pos: Source<PosSignals>;
  readonly loyalty: Source<LoyaltySignals>;
  readonly digital: Source<DigitalSignals>;
  readonly feedback: Source<FeedbackSignals>;
}

/** A product that the customer never bought, and why the model ranks it high. */
export type NewProduct =
  | { readonly sku: string; readonly reason: 'VIEWED'; readonly like: null }
  /** `like` is what the customer bought that it is like. */
  | { readonly sku: string; readonly reason: 'SIMILAR_TO'; readonly like: string };

/** What offers of products rest on beside the signals. */
export interface ProductFacts {
  /** The version of the model that ranked; null while none was trained. */
  readonly model: string | null;
  /** Best first, at most 5. */
  readonly news: readonly NewProduct[];
  /** What the catalogue knows of these, and of what is bought again and again. */
  readonly known: readonly { readonly sku: string; readonly name: string | null; readonly available: boolean }[];
}

/** What the recommendations of one customer are computed from. */
export interface Subject {
  readonly customer: string;
  /** The customer as the domains told of it; without consent its id and permissions alone. */
  readonly representation: CustomerRepresentation;
  /** Consent to PERSONALIZATION and PROFILING. Without it every source is WITHHELD. */
  readonly personal: boolean;
  /** Consent to MARKETING: selling may go out by e-mail, text message, push and telephone. */
  readonly marketing: boolean;
  /** When MARKETING was last consented to; null without, and when that is not known. */
  readonly marketingSince: EpochMs | null;
  readonly sources: Sources;
  /** null unless offers of products were asked for and can be made. */
  readonly products: ProductFacts | null;
  /** null unless those were asked for, and while there is no content. */
  readonly content: ContentFacts | null;
  /** The time that is decided for. */
  readonly now: EpochMs;
  readonly context: DecisionContext;
}
