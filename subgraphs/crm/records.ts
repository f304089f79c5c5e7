import type { Channel } from '../../kernel/intake.ts';
import type { Money } from '../../kernel/money.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';

export const GENDERS = ['FEMALE', 'MALE', 'OTHER', 'UNKNOWN'] as const;
export const DIRECTIONS = ['INBOUND', 'OUTBOUND', 'UNKNOWN'] as const;
export const CASE_TYPES = ['COMPLAINT', 'RETURN', 'LATE_PAYMENT', 'OUTAGE', 'ACCOUNT_LOCK', 'ENQUIRY', 'UNKNOWN'] as const;
export const CASE_STATUSES = ['OPEN', 'WAITING', 'CLOSED', 'UNKNOWN'] as const;
export const CASE_PRIORITIES = ['LOW', 'NORMAL', 'HIGH', 'URGENT', 'UNKNOWN'] as const;

export type Gender = (typeof GENDERS)[number];
export type Direction = (typeof DIRECTIONS)[number];
export type CaseType = (typeof CASE_TYPES)[number];
export type CaseStatus = (typeof CASE_STATUSES)[number];
export type CasePriority = (typeof CASE_PRIORITIES)[number];

/** A name is one statement: parts of two sources are never mixed. */
export interface Name {
  readonly given: string | null;
  readonly family: string | null;
  readonly givenKana: string | null;
  readonly familyKana: string | null;
  readonly preferred: string | null;
  /** The whole name where the source does not tell its parts. */
  readonly full: string | null;
}

export interface ContactPoint {
  readonly type: 'EMAIL' | 'PHONE';
  readonly value: string;
  readonly verified: boolean;
}

export interface Address {
  readonly street: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

export interface Anniversary {
  /** What is celebrated, as the source puts it: wedding. */
  readonly kind: string;
  /** yyyy-mm-dd */
  readonly date: string;
}

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

export interface Household {
  /** The number of the household in its source; null when only its size is known. */
  readonly number: string | null;
  readonly size: number | null;
}

/** Local times of day, `hh:mm`. */
export interface ContactWindow {
  readonly from: string;
  readonly to: string;
}

/** Everything a source can state of a person. Lists of different sources are joined, all else is taken from the latest statement. */
export interface ProfileFields {
  readonly name: Name;
  /** yyyy-mm-dd */
  readonly birthDate: string;
  readonly gender: Gender;
  readonly locale: string;
  readonly timeZone: string;
  readonly country: string;
  readonly household: Household;
  readonly customerSince: EpochMs;
  readonly contactPoints: readonly ContactPoint[];
  readonly addresses: readonly Address[];
  readonly anniversaries: readonly Anniversary[];
  readonly attributes: readonly Attribute[];
  readonly shippingMethod: string;
  readonly sizes: readonly string[];
  readonly brands: readonly string[];
  readonly categories: readonly string[];
  readonly contactWindow: ContactWindow;
  readonly channelOrder: readonly Channel[];
}
export type ProfileField = keyof ProfileFields;

/** What a source said of a field, and when; null takes it back. */
export interface Statement<V> {
  readonly value: V | null;
  readonly at: EpochMs;
}
export type Statements = { readonly [F in ProfileField]?: Statement<ProfileFields[F]> };
export type ProfileValues = { readonly [F in ProfileField]?: ProfileFields[F] | null };

/** What was delivered before: the content's digest, and the row (origin) that brought it first. */
export type Deliveries = Readonly<Record<string, string>>;

/** What one source (id) states of one customer (owner). Also there when the source only recorded an interaction or a case. */
export interface ProfileRecord extends Doc {
  readonly updatedAt: EpochMs;
  readonly statements: Statements;
  readonly deliveries: Deliveries;
}

/** A contact. Owner: the customer. */
export interface InteractionRecord extends Doc {
  readonly source: string;
  /** The number in the source; null for what was recorded here. */
  readonly number: string | null;
  readonly channel: Channel;
  readonly direction: Direction;
  readonly agent: string | null;
  readonly startedAt: EpochMs;
  readonly summary: string | null;
  readonly transcript: string | null;
  readonly topics: readonly string[];
  /** The id of the case's document under the same owner. */
  readonly caseId: string | null;
  readonly updatedAt: EpochMs | null;
  readonly deliveries: Deliveries;
}

/** Given to make up for something. */
export interface Goodwill {
  readonly id: string;
  readonly amount: Money;
  readonly reason: string;
  readonly at: EpochMs;
}

/** A case. Owner: the customer. */
export interface CaseRecord extends Doc {
  readonly source: string;
  /** The number in the source; null for what was opened here. */
  readonly number: string | null;
  readonly type: CaseType;
  readonly status: CaseStatus;
  readonly priority: CasePriority;
  readonly subject: string | null;
  readonly openedAt: EpochMs;
  /** Until when it should be closed; null without a promise. */
  readonly dueAt: EpochMs | null;
  readonly closedAt: EpochMs | null;
  readonly resolution: string | null;
  readonly goodwill: readonly Goodwill[];
  readonly updatedAt: EpochMs | null;
  readonly deliveries: Deliveries;
}

export const profileSpec: Spec<ProfileRecord> = { name: 'profiles', at: 'updatedAt' };
export const interactionSpec: Spec<InteractionRecord> = { name: 'interactions', at: 'startedAt' };
export const caseSpec: Spec<CaseRecord> = { name: 'cases', at: 'openedAt' };
export const specs = [profileSpec, interactionSpec, caseSpec, requestSpec];

export const INTERACTION_PREFIX = 'int';
export const CASE_PREFIX = 'case';
