import type { ConsentClaim, ConsentPurpose } from '../../kernel/intake.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { Doc, EpochMs, Spec } from '../../kernel/storage/port.ts';
import { searchSpec } from './search.ts';

/** What made one customer part of another. */
export interface Evidence {
  readonly at: EpochMs;
  /** The source whose record carried identifiers of both. */
  readonly source: string;
  /** The namespace of the identifier that named the person. */
  readonly by: string;
}

/** One customer id. Owner and id are both the customer's id. */
export interface CustomerRecord extends Doc {
  /** ANONYMOUS: only a browser, device or visit is known. MERGED: part of another, which answers for it. */
  readonly status: 'ACTIVE' | 'ANONYMOUS' | 'MERGED';
  readonly createdAt: EpochMs;
  /** The customer that answers for this one (it may itself be merged); null unless MERGED. Written once: this decides the merge. */
  readonly mergedInto: (Evidence & { readonly customer: string }) | null;
  /** What joined this customer, directly or through others, oldest first. */
  readonly joined: readonly (Evidence & { readonly member: string })[];
}

/** The ids under which the person's records were filed, the customer's own first. */
export function membersOf(customer: CustomerRecord): readonly string[] {
  return [customer.owner, ...customer.joined.map(({ member }) => member)];
}

/** Decides whose an identifier is. Owner and id are both `NAMESPACE:value`; never rewritten. */
export interface IndexRecord extends Doc {
  readonly customer: string;
  readonly namespace: string;
  readonly value: string;
  /** The source whose record linked it. */
  readonly source: string;
  readonly linkedAt: EpochMs;
  /** The namespace of the identifier that came in the same record and led to the customer; null when this one made the customer. */
  readonly anchor: string | null;
}

/** The same identifier listed under its customer (owner); id as in the index. Written last, so its presence says that the link is complete. */
export interface IdentifierRecord extends Doc {
  readonly namespace: string;
  readonly value: string;
  readonly source: string;
  readonly anchor: string | null;
  readonly linkedAt: EpochMs;
  /** Both are beginnings of UTC days, so that a day's thousand records are one write, in whatever order they come. */
  readonly firstSeenAt: EpochMs;
  readonly lastSeenAt: EpochMs;
}

/** One thing said about consent. Owner: the customer. Append-only. */
export interface ConsentRecord extends Doc, ConsentClaim {
  readonly source: string;
  /** The row that delivered it; '' when it came otherwise. */
  readonly origin: string;
}

/** Whose a source's number is. Owner and id are both `kind:source:number`. */
export interface ReferenceRecord extends Doc {
  readonly customer: string;
  readonly at: EpochMs;
}

/** A secret of this installation. */
export interface KeyRecord extends Doc {
  readonly at: EpochMs;
  /** 32 random bytes, base64. */
  readonly secret: string;
}

/** A purpose's state over one channel (null: every channel) as computed from the history. */
export interface ConsentState {
  readonly purpose: ConsentPurpose;
  readonly channel: ConsentClaim['channel'];
  readonly status: ConsentClaim['status'] | 'EXPIRED' | 'UNKNOWN';
  /** What was said last about it; null when nothing was. */
  readonly said: ConsentRecord | null;
}

export const customerSpec: Spec<CustomerRecord> = { name: 'customers', at: 'createdAt' };
export const indexSpec: Spec<IndexRecord> = { name: 'identifier_index', at: 'linkedAt' };
export const identifierSpec: Spec<IdentifierRecord> = { name: 'identifiers', at: 'linkedAt' };
export const consentSpec: Spec<ConsentRecord> = { name: 'consents', at: 'recordedAt' };
export const referenceSpec: Spec<ReferenceRecord> = { name: 'references', at: 'at' };
export const keySpec: Spec<KeyRecord> = { name: 'keys', at: 'at' };

export const specs = [customerSpec, indexSpec, identifierSpec, consentSpec, searchSpec, referenceSpec, keySpec, requestSpec];
