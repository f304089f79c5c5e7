import type { Reason } from './errors.ts';
import type { Fields, Read, SourceRow } from './record.ts';
import type { EpochMs } from './storage/port.ts';

/** What a customer allows their data to be used for. */
export const CONSENT_PURPOSES = [
  'SERVICE',
  'PERSONALIZATION',
  'PROFILING',
  'MARKETING',
  'ANALYTICS',
  'MODEL_TRAINING',
  'LOCATION',
  'PARTNER_SHARING',
] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export const CHANNELS = ['STORE', 'WEB', 'APP', 'EMAIL', 'SMS', 'PUSH', 'PHONE', 'CHAT', 'SOCIAL', 'POSTAL', 'PARTNER', 'UNKNOWN'] as const;
export type Channel = (typeof CHANNELS)[number];

export interface Identifier {
  /** EMAIL, PHONE, LOYALTY_NUMBER, CRM_ID, POS_ID, USER_ID, ANONYMOUS_ID, DEVICE_ID or a source's own, in capitals with underscores. */
  readonly namespace: string;
  /** As the source has it; the directory normalises e-mail addresses and phone numbers. */
  readonly value: string;
}

export interface ConsentClaim {
  readonly purpose: ConsentPurpose;
  /** null: every channel. */
  readonly channel: Channel | null;
  readonly status: 'GRANTED' | 'DENIED' | 'WITHDRAWN';
  readonly lawfulBasis: string;
  readonly policyVersion: string | null;
  readonly recordedAt: EpochMs;
  readonly expiresAt: EpochMs | null;
  /** Where the proof is kept, for example a form's or contract's reference; null when the source gave none. */
  readonly proof: string | null;
}

/** "A record carries these identifiers: whose is it?" */
export interface Claim {
  /** At least one. All of them are linked to the customer found or created. */
  readonly identifiers: readonly Identifier[];
  /** The source system, for example `online-retail`. */
  readonly source: string;
  readonly seenAt: EpochMs | null;
  /** Recorded once per customer, purpose, channel, source and `recordedAt`. */
  readonly consents?: readonly ConsentClaim[];
}

/** Why a claim is refused; its field is a path in the claim. */
export type ClaimRefusal = Reason<'IDENTIFIER_INVALID' | 'IDENTITY_CONFLICT' | 'CUSTOMER_ERASED'>;

/** The number under which a source filed a record, by which its other files refer to it: `{ kind: 'order', source: 'olist', number: '8426...' }`. */
export interface Reference {
  readonly kind: string;
  readonly source: string;
  readonly number: string;
}

/** What a customer can be found by in search; replaces what the same source said before. */
export interface Description {
  readonly customer: string;
  readonly source: string;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly phones: readonly string[];
}

/** The one port from subgraph to identity. Given to every module, so that none imports another. All calls can be repeated safely. */
export interface Directory {
  /** In input order: the customer id, created when no identifier is known; or why the identifiers can't be accepted (IDENTITY_CONFLICT, IDENTIFIER_INVALID). */
  resolve(claims: readonly Claim[]): Promise<readonly (string | ClaimRefusal)[]>;
  /** In input order: the id of the customer that holds the identifier, or null. Creates nothing. */
  find(identifiers: readonly Identifier[]): Promise<readonly (string | null)[]>;
  /** In input order: whether the customer exists and was not erased. */
  exists(customers: readonly string[]): Promise<readonly boolean[]>;
  /** In input order: the ids under which the person's records are filed, first the one that answers for them all; none for an unknown customer. */
  members(customers: readonly string[]): Promise<readonly (readonly string[])[]>;
  /** In input order: the purposes that the person grants now; null for an unknown or erased customer. */
  permissions(customers: readonly string[]): Promise<readonly (readonly ConsentPurpose[] | null)[]>;
  /** The id of every person after `after` in the order of ids, '' for all: each person once, by the one that answers for them all. Read in chunks. */
  persons(after: string): AsyncIterable<string>;
  /** Remembers whose record a source's number is; the first owner stays. */
  refer(references: readonly (Reference & { readonly owner: string })[]): Promise<void>;
  /** In input order: the owner given to `refer`, or null. */
  ownersOf(references: readonly Reference[]): Promise<readonly (string | null)[]>;
  describe(descriptions: readonly Description[]): Promise<void>;
}

/** A record with its owner, ready to be stored. */
export interface Arrival<R> {
  readonly record: R;
  /** The customer's id, or '' for what belongs to nobody. */
  readonly owner: string;
  /** Names the ingest run and row that delivered the record; kept in what is stored, so that a repeated row of the same run is known from a redelivery. */
  readonly origin: string;
  /** For records without a number of their own: 1 for the first row of its content in the file, 2 for the second... Otherwise 1. */
  readonly occurrence: number;
}

/**
 * `stored`: something new is kept, or was kept by this very row of this run before (equal `origin`).
 * `duplicate`: nothing new. A Reason: refused, to be quarantined.
 */
export type Outcome<Code extends string = string> = 'stored' | 'duplicate' | Reason<Code>;

/** One kind of record that a subgraph takes in. */
export interface Intake<R = unknown> {
  /** Singular noun, unique over all subgraphs: `order`. */
  readonly kind: string;
  readonly description: string;
  readonly fields: Fields;
  /** `customer`: needs an owner. `optional`: may have one. `none`: belongs to nobody, such as a product. */
  readonly ownership: 'customer' | 'optional' | 'none';
  /** Pure: an untrusted row to a record, or why not. */
  read(row: SourceRow): Read<R>;
  /** For a record without a number of its own: the content that identifies it with its occurrence, else null. */
  contentOf?(record: R): string | null;
  /** The number under which later files may refer to this record, or null. The pipeline passes it to `Directory.refer`. */
  referenceOf?(record: R): Reference | null;
  /** When the record happened, for `Claim.seenAt`; null when unknown. */
  happenedAt?(record: R): EpochMs | null;
  /** Stores a batch (at most 1,000) durably. One outcome per arrival in input order. */
  store(arrivals: readonly Arrival<R>[]): Promise<readonly Outcome[]>;
}
