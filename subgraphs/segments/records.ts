import type { ConsentPurpose } from '../../kernel/intake.ts';
import { requestSpec } from '../../kernel/requests.ts';
import type { AnySpec, Doc, EpochMs, Key, Spec } from '../../kernel/storage/port.ts';
import type { Rule } from './rules/rule.ts';

/** What makes members of customers. */
export type SegmentMaking =
  | { readonly kind: 'RULE'; readonly rule: Rule }
  | { readonly kind: 'LIST' }
  | { readonly kind: 'LOOKALIKE'; readonly seeds: string; readonly most: number };

/** What one count of a segment came to; see SegmentCount in the schema. */
export interface SegmentCounted {
  readonly startedAt: EpochMs;
  readonly finishedAt: EpochMs;
  /** What the memberships that it changed are marked with. */
  readonly run: string;
  readonly revision: number;
  readonly customers: number;
  readonly members: number;
  readonly entered: number;
  readonly left: number;
  readonly unknown: number;
  readonly withheld: number;
}

/** A segment as it is defined; all of them under one owner, their ids are the clients'. */
export interface SegmentRecord extends Doc {
  /** When it was defined first. */
  readonly at: EpochMs;
  readonly name: string;
  readonly description: string | null;
  readonly making: SegmentMaking;
  /** Besides PERSONALIZATION and PROFILING. */
  readonly purposes: readonly ConsentPurpose[];
  readonly revision: number;
  readonly retiredAt: EpochMs | null;
  readonly count: SegmentCounted | null;
  /** What memberships are marked with by the count that is under way, and by those before it that did not end; null after one that did. */
  readonly mark: string | null;
}

/** Why somebody is a member, without what was found: conditions by their number in the rule, or features. */
export type Because =
  | { readonly conditions: readonly { readonly number: number; readonly holds: boolean }[] }
  | { readonly features: readonly string[] };

/** A customer's membership of a segment, under the customer, so that erasing takes it. Its id is the segment's. */
export interface MembershipRecord extends Doc {
  /** When `member` last changed. */
  readonly at: EpochMs;
  /** As last counted. */
  readonly member: boolean;
  /** Whether the customer is on the list, counted or not; false for segments that are no lists. */
  readonly listed: boolean;
  /** When `listed` last changed; null when it never did. */
  readonly listedAt: EpochMs | null;
  /** The mark of the count that last changed `member`; '' when there was none, or when it changed it back. */
  readonly run: string;
  /** The revision whose rule `because` is of. */
  readonly revision: number;
  readonly because: Because | null;
  /** Of lookalikes. */
  readonly likeness: number | null;
}

/** A count over all customers, as far as it has come. */
export interface SegmentRunRecord extends Doc {
  /** When it began. */
  readonly at: EpochMs;
  readonly segments: readonly { readonly id: string; readonly revision: number; readonly mark: string }[];
  /** The last customer whose memberships are stored; '' before the first. */
  readonly after: string;
  readonly customers: number;
  readonly totals: Readonly<Record<string, SegmentTotals>>;
  readonly finishedAt: EpochMs | null;
}

/** Of how many customers it could not be learnt, and how many do not allow it. */
export type SegmentTotals = Pick<SegmentCounted, 'unknown' | 'withheld'>;

export const SEGMENTS = 'segments';
export const RUNS = 'segment-runs';

export const segmentKey = (id: string): Key => ({ owner: SEGMENTS, id });

/** The term under which `members` finds somebody; the run is last, so that those of any are found by what comes before it. */
export function memberTerm(segment: string, member: boolean, run?: string): string {
  return `${segment}/${member ? 'in' : 'out'}/${run ?? ''}`;
}

/** The term under which `listed` finds somebody. */
export function listTerm(segment: string): string {
  return `${segment}/listed`;
}

/** Where they lay before segments were a subgraph of their own (docs/decisions/0010-segments-and-experiments.md). */
const movedFrom = { store: 'recommendations' } as const;
export const segmentSpec: Spec<SegmentRecord> = { name: 'segments', at: 'at', movedFrom };
export const membershipSpec: Spec<MembershipRecord> = {
  name: 'segment_members',
  at: 'at',
  terms: ({ id, member, listed, run }) => [memberTerm(id, member, run), ...(listed ? [listTerm(id)] : [])],
  termsVersion: 1,
  movedFrom,
};
export const segmentRunSpec: Spec<SegmentRunRecord> = { name: 'segment_runs', at: 'at', movedFrom };

/** What is stored of segments. Requests of the time before lay beside those of recommendations, which stay there. */
export const segmentSpecs: readonly AnySpec[] = [
  segmentSpec,
  membershipSpec,
  segmentRunSpec,
  { ...requestSpec, movedFrom: { ...movedFrom, shared: true } },
];
