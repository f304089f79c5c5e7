import type { Channel } from '../../kernel/intake.ts';
import type { Money } from '../../kernel/money.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { AnySpec, Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';

/** The calls of the Segment spec. */
export const EVENT_TYPES = ['IDENTIFY', 'TRACK', 'PAGE', 'SCREEN', 'GROUP', 'ALIAS'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const ERROR_KINDS = ['ACCOUNT_LOCKED', 'PAYMENT_FAILED', 'OUTAGE', 'UNKNOWN'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** How far a message came, in order: of two states of one touch the later in this list is shown. */
export const TOUCH_STATES = ['SENT', 'DELIVERED', 'OPENED', 'CLICKED', 'CONVERTED', 'BOUNCED', 'UNSUBSCRIBED'] as const;
export type TouchState = (typeof TOUCH_STATES)[number];

/** What an event ran on; null where the source did not say. */
export interface DeviceRow {
  readonly id: string | null;
  /** As the SDK names it: `ios`, `android`, `desktop`. */
  readonly type: string | null;
  readonly os: string | null;
}

export interface Property {
  readonly key: string;
  readonly value: string;
}

/** One event as its source told it; null where the source did not say. */
export interface EventRow {
  readonly messageId: string | null;
  readonly type: EventType;
  /** The event's name in a TRACK, the page's or screen's in a PAGE or SCREEN. */
  readonly name: string | null;
  readonly happenedAt: EpochMs;
  readonly channel: Channel;
  readonly sessionId: string | null;
  readonly sku: string | null;
  readonly productName: string | null;
  readonly category: string | null;
  readonly quantity: number | null;
  /** Of one. */
  readonly price: Money | null;
  /** Without query and fragment, which may hold personal data. */
  readonly path: string | null;
  readonly campaign: string | null;
  readonly device: DeviceRow | null;
  readonly error: ErrorKind | null;
  readonly properties: readonly Property[];
}

/** An event as kept: written once, never changed. */
export interface EventRecord extends Doc, EventRow {
  /** What the events of one session share: see sessions.ts. */
  readonly session: string;
  /** Digest of the row, by which a message id that is used for something else is known. */
  readonly content: string;
  readonly origin: string;
}

/** An event that told of an error, once more, so that errors are listed without reading all events. */
export interface ErrorRecord extends Doc {
  readonly happenedAt: EpochMs;
  readonly kind: ErrorKind;
  readonly channel: Channel;
  readonly name: string | null;
}

export interface TouchRow {
  readonly campaign: string;
  readonly channel: Channel;
  /** The sending system's number of the message; null where one customer gets one message per campaign and channel. */
  readonly messageId: string | null;
  readonly title: string | null;
  readonly state: TouchState;
  readonly at: EpochMs;
}

export interface TouchStep {
  readonly state: TouchState;
  readonly at: EpochMs;
  readonly origin: string;
}

/** One message of a campaign to one customer, with everything that became of it. */
export interface TouchRecord extends Doc {
  readonly campaign: string;
  readonly channel: Channel;
  readonly messageId: string | null;
  readonly title: string | null;
  /** The earliest of the history. */
  readonly firstAt: EpochMs;
  /** Oldest first; at most 100. */
  readonly history: readonly TouchStep[];
}

export interface ViewedProduct {
  readonly sku: string;
  readonly name: string | null;
  readonly at: EpochMs;
  /** The event, which decides between two views at one time. */
  readonly event: string;
}

export interface CartChange {
  readonly event: string;
  readonly at: EpochMs;
  readonly kind: 'ADD' | 'REMOVE';
  readonly sku: string;
  readonly name: string | null;
  /** null in a removal: the whole line. */
  readonly quantity: number | null;
  readonly price: Money | null;
}

export interface TopicMention {
  readonly event: string;
  readonly at: EpochMs;
  readonly topic: string;
}

export interface SeenDevice {
  readonly id: string;
  readonly type: string | null;
  readonly os: string | null;
  readonly at: EpochMs;
  readonly event: string;
}

/** That a customer wants no more messages of campaigns on a channel, said last at `at`. */
export interface Unsubscribed {
  readonly channel: Channel;
  readonly at: EpochMs;
}

/** What the events of one customer come to: see summary.ts. */
export interface Summary {
  /** null when nothing was ever done on a screen, for example when there are campaign touches only. */
  readonly lastSeenAt: EpochMs | null;
  readonly viewed: readonly ViewedProduct[];
  /** The last checkout; null when there was none. */
  readonly checkout: { readonly event: string; readonly at: EpochMs } | null;
  /** Changes of the cart since the last checkout, newest first. */
  readonly cart: readonly CartChange[];
  readonly mentions: readonly TopicMention[];
  readonly devices: readonly SeenDevice[];
  /** Where campaigns are unwanted, one per channel by its name. From touches, not events; absent before the first. */
  readonly unsubscribed?: readonly Unsubscribed[];
}

/** One per customer id, under the id `summary`. */
export interface SummaryRecord extends Doc, Summary {
  /** `lastSeenAt`, or 0. */
  readonly at: EpochMs;
}

export const SUMMARY_ID = 'summary';

export const eventSpec: Spec<EventRecord> = { name: 'digital_events', at: 'happenedAt', groups: ['session'] };
export const errorSpec: Spec<ErrorRecord> = { name: 'digital_errors', at: 'happenedAt' };
export const touchSpec: Spec<TouchRecord> = { name: 'campaign_touches', at: 'firstAt' };
export const summarySpec: Spec<SummaryRecord> = { name: 'digital_summaries', at: 'at' };

export const specs: readonly AnySpec[] = [eventSpec, errorSpec, touchSpec, summarySpec, requestSpec];
