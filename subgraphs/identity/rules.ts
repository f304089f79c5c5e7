import { SIGNAL_PURPOSES } from '../../kernel/customer.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../../kernel/intake.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { ConsentRecord, ConsentState, CustomerRecord, IdentifierRecord } from './records.ts';

const refuses = ({ status }: { readonly status: string }) => status === 'DENIED' || status === 'WITHDRAWN';

/** The later of two statements; of two at the same time a refusal, then the greater id, so that the order of reading never decides. */
function later(a: ConsentRecord | undefined, b: ConsentRecord): ConsentRecord {
  if (!a || a.recordedAt < b.recordedAt) return b;
  if (a.recordedAt > b.recordedAt) return a;
  if (refuses(a) !== refuses(b)) return refuses(a) ? a : b;
  return a.id > b.id ? a : b;
}

/**
 * The statements that count for a person known as `customer`. A grant that was given under another member's id, an anonymous
 * browser's say, counts only for purposes about which the person, once known, said nothing; a refusal always counts.
 */
function countingFor(customer: string, history: readonly ConsentRecord[]): readonly ConsentRecord[] {
  const said = new Set(history.filter(({ owner }) => owner === customer).map(({ purpose }) => purpose));
  return history.filter((record) => record.owner === customer || refuses(record) || !said.has(record.purpose));
}

/**
 * The matrix of purpose and channel at `now`, computed from everything that was said:
 * - one row per purpose for every channel (null), UNKNOWN where nothing was said, then one row per channel that was named;
 * - within a row the latest statement holds;
 * - what was said of one channel goes before what was said of all, except that a later refusal for all channels holds for each;
 * - a grant past its `expiresAt` is EXPIRED.
 */
export function consentMatrix(customer: string, history: readonly ConsentRecord[], now: EpochMs): readonly ConsentState[] {
  const latest = new Map<string, ConsentRecord>();
  for (const record of countingFor(customer, history)) {
    // A statement dated ahead of us, by another clock's error: a refusal holds at once, a grant not before its time.
    if (record.recordedAt > now && !refuses(record)) continue;
    const cell = `${record.purpose} ${record.channel ?? ''}`;
    latest.set(cell, later(latest.get(cell), record));
  }
  const named = [...latest.values()].filter(({ channel }) => channel !== null);
  named.sort((a, b) => ((a.channel ?? '') < (b.channel ?? '') ? -1 : 1));
  const rows: ConsentState[] = [];
  for (const purpose of CONSENT_PURPOSES) {
    const everywhere = latest.get(`${purpose} `) ?? null;
    rows.push({ purpose, channel: null, status: consentStatus(everywhere, now), said: everywhere });
    for (const record of named) {
      if (record.purpose !== purpose) continue;
      const holds = everywhere && refuses(everywhere) && everywhere.recordedAt > record.recordedAt ? everywhere : record;
      rows.push({ purpose, channel: record.channel, status: consentStatus(holds, now), said: holds });
    }
  }
  return rows;
}

/** What a statement comes to at `now`; UNKNOWN without one. */
export function consentStatus(record: ConsentRecord | null, now: EpochMs): ConsentState['status'] {
  if (!record) return 'UNKNOWN';
  return record.status === 'GRANTED' && record.expiresAt !== null && record.expiresAt <= now ? 'EXPIRED' : record.status;
}

/**
 * The purposes granted for every channel without exception. Most purposes have no channel, so one refused anywhere is not granted;
 * whether one channel may be used for MARKETING is asked of the matrix.
 */
export function grantedPurposes(matrix: readonly ConsentState[]): readonly ConsentPurpose[] {
  const granted = new Set(matrix.map(({ purpose }) => purpose));
  for (const { purpose, status } of matrix) if (status !== 'GRANTED') granted.delete(purpose);
  return CONSENT_PURPOSES.filter((purpose) => granted.has(purpose));
}

/** Of each granted purpose, in their order, when the latest of the statements that grant it was made. */
export function grantedSince(matrix: readonly ConsentState[]): readonly EpochMs[] {
  return grantedPurposes(matrix).map((granted) =>
    Math.max(...matrix.filter(({ purpose }) => purpose === granted).map(({ said }) => said?.recordedAt ?? 0)),
  );
}

/** A field that is not answered, or not personally, for lack of a purpose. */
export interface Withheld {
  readonly field: string;
  readonly purpose: ConsentPurpose;
}

/** What recommendations computes, which rests on signals (kernel/customer.ts). */
const SIGNAL_FIELDS: readonly string[] = [
  'recommendations.offers',
  'recommendations.nextBestActions',
  'recommendations.rfm',
  'productRecommendations.offers',
  'productRecommendations.nextBestActions',
  'productRecommendations.rfm',
  'insights.rfm',
  'insights.lifetimeValue',
  'insights.churn',
  'insights.lifecycleStage',
  'insights.cluster',
  'nextPurchase.products',
  'nextPurchase.discover',
  'segments',
];

/** The purposes that each gated field needs, by its path below Customer. test/supergraph/consent.test.ts compares it with what is withheld. */
const GATED_FIELDS: readonly (readonly [field: string, purposes: readonly ConsentPurpose[]])[] = [
  ...SIGNAL_FIELDS.map((field) => [field, SIGNAL_PURPOSES] as const),
  ['feedback.sentiment', ['PROFILING']],
];

/** One row per gated field and missing purpose, by field. */
export function withheldFields(granted: readonly ConsentPurpose[]): readonly Withheld[] {
  return GATED_FIELDS.flatMap(([field, purposes]) =>
    purposes.filter((purpose) => !granted.includes(purpose)).map((purpose) => ({ field, purpose })),
  );
}

/** Why an identifier belongs to a customer. */
export interface ExplainedLink {
  readonly identifier: IdentifierRecord;
  readonly rule: 'FIRST_IDENTIFIER' | 'SAME_RECORD' | 'ANONYMOUS_IDENTIFIED';
  readonly kind: 'DETERMINISTIC';
  /** In [0, 1]; equal identifiers are certain. */
  readonly score: number;
  /** Names systems and namespaces only: a value may be another person's. */
  readonly evidence: string;
}

/** Explains one of the identifiers filed under `customer` or a member of it. */
export function explainLink(customer: CustomerRecord, identifier: IdentifierRecord): ExplainedLink {
  const certain = { identifier, kind: 'DETERMINISTIC', score: 1 } as const;
  const joined = customer.joined.find(({ member }) => member === identifier.owner);
  if (joined) {
    const evidence = `A record of ${joined.source} carried it, or what came with it, together with the customer's ${joined.by}.`;
    return { ...certain, rule: 'ANONYMOUS_IDENTIFIED', evidence };
  }
  if (identifier.anchor === null)
    return { ...certain, rule: 'FIRST_IDENTIFIER', evidence: `The customer was first known by it, from a record of ${identifier.source}.` };
  return {
    ...certain,
    rule: 'SAME_RECORD',
    evidence: `A record of ${identifier.source} carried it together with the customer's ${identifier.anchor}.`,
  };
}
