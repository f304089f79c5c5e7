import type { Channel } from '../../kernel/intake.ts';
import { modelSpecs } from '../../kernel/model-shelf.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { Statement } from '../../kernel/statement.ts';
import type { AnySpec, Doc, EpochMs, Key, Spec } from '../../kernel/storage/port.ts';

export const FEEDBACK_SOURCES = ['SURVEY', 'REVIEW', 'SOCIAL', 'CHAT', 'CALL', 'INTERVIEW', 'UNKNOWN'] as const;
export type FeedbackSource = (typeof FEEDBACK_SOURCES)[number];

export const FEEDBACK_METRICS = ['NPS', 'CSAT', 'CES', 'STARS'] as const;
export type FeedbackMetric = (typeof FEEDBACK_METRICS)[number];

/** What a source said of one piece of feedback; null where it said nothing. */
export interface FeedbackRow {
  /** The system that it comes from. */
  readonly system: string;
  /** Its number in that system; with `orderNumber`, where systems number it per order. null: told apart by content. */
  readonly number: string | null;
  readonly source: FeedbackSource;
  readonly channel: Channel;
  /** null: without a date. */
  readonly submittedAt: EpochMs | null;
  readonly metric: FeedbackMetric | null;
  /** On the metric's scale; null exactly when `metric` is. */
  readonly rating: number | null;
  readonly title: string | null;
  readonly text: string | null;
  readonly link: string | null;
  readonly sku: string | null;
  readonly orderNumber: string | null;
  /** The system that the order number comes from. */
  readonly orderSystem: string | null;
  /** In years, as the author gave it. */
  readonly authorAge: number | null;
  readonly recommends: boolean | null;
  /** How many readers found it helpful. */
  readonly helpfulCount: number | null;
  readonly categories: readonly string[];
  /** When the system last changed what it says; newer news wins. */
  readonly updatedAt: EpochMs | null;
}

/** That someone of the company answered. */
export interface FollowUp {
  /** Who, as the company names its staff. */
  readonly by: string;
  readonly note: string | null;
  readonly at: EpochMs;
  /** Digest of the request that noted it. */
  readonly request: string;
}

/**
 * One piece of feedback. `owner` is the customer who gave it; feedback by nobody in particular is filed under its product
 * (`product:<sku>`) or under `nobody`.
 */
export interface FeedbackRecord extends Doc, FeedbackRow {
  /** `submittedAt`, or 0 when it has no date: listed last, shown as null. */
  readonly at: EpochMs;
  readonly followUp: FollowUp | null;
  readonly said: readonly Statement[];
  /** Every listing that it ever stood in, so that a correction can take it out again. */
  readonly listings: readonly string[];
}

/**
 * That a piece of feedback counts in a report or stands under a product: owner is the listing's name, see listings.ts.
 * Reports hold no one's id.
 */
export interface ListingRecord extends Doc {
  /** The feedback's `at`, or TAKEN_OUT. */
  readonly at: EpochMs;
  /** The rating as text, '' without one. */
  readonly rating: string;
  /** The rating, 0 without one. */
  readonly points: number;
  /** The feedback's key; null in reports. */
  readonly item: Key | null;
  /** The feedback's version when this was written, so that an older writer who comes late changes nothing. */
  readonly itemVersion: number;
}

/** A product as other subgraphs refer to it. */
export interface ProductReference {
  readonly sku: string;
}

export const feedbackSpec: Spec<FeedbackRecord> = { name: 'feedback_items', at: 'at' };
export const listingSpec: Spec<ListingRecord> = { name: 'feedback_listings', at: 'at', amount: 'points', groups: ['rating'] };

export const specs: readonly AnySpec[] = [feedbackSpec, listingSpec, requestSpec, ...modelSpecs];
