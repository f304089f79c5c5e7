import type { Reason } from '../../kernel/errors.ts';
import { NO_SUCH_CUSTOMER } from '../../kernel/errors.ts';
import { digest, parseCustomerId } from '../../kernel/ids.ts';
import type { ConsentPurpose, Directory } from '../../kernel/intake.ts';
import type { EpochMs, Members } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import { assign, HOLDOUT, type Layer, positionOf } from '../../models/experiments/assignment.ts';
import { armAt } from '../../models/experiments/creatives.ts';
import type { ExperimentAssignmentReason } from '../../schema/generated/experiments.ts';
import { creativeSalt, experimentSalt } from './definition.ts';
import type { ExperimentRecord, ExposureRecord } from './records.ts';

/** A unit as an experiment knows it. */
export interface KnownUnit {
  /** Under whom it is recorded: the customer, or a digest of the anonymous unit's id, which is itself not kept. */
  readonly owner: string;
  /** What is hashed to assign it: its id, the same to every experiment, or a layer could not keep them apart. */
  readonly hashed: string;
  /** Under whom it may have been recorded before: all ids of a customer, the one that answers for it first. */
  readonly members: Members;
  /** Purposes granted now; null for an anonymous unit, of which nobody knows. */
  readonly granted: readonly ConsentPurpose[] | null;
}

const UNKNOWN: Reason = { code: 'CUSTOMER_UNKNOWN', field: 'unit', message: NO_SUCH_CUSTOMER };
const UNFIT: Reason = {
  code: 'UNIT_INVALID',
  field: 'unit',
  message: "Give the client's own id of an anonymous unit, 1 to 200 characters; no customer's.",
};

/** Each unit of an experiment, in input order, or why it is none. Customers are looked up together. */
export async function knownUnits(
  { id, unit }: Pick<ExperimentRecord, 'id' | 'unit'>,
  units: readonly string[],
  directory: Directory,
): Promise<readonly (KnownUnit | Reason)[]> {
  if (unit === 'ANONYMOUS')
    return units.map((each) => {
      if (!LABEL.test(each) || parseCustomerId(each) !== null) return UNFIT;
      const owner = `unit_${digest(experimentSalt(id), each)}`;
      return { owner, hashed: each, members: [owner], granted: null };
    });
  const customers = [...new Set(units.filter((each) => parseCustomerId(each) !== null))];
  const [members, permissions] =
    customers.length > 0 ? await Promise.all([directory.members(customers), directory.permissions(customers)]) : [[], []];
  const known = new Map(customers.map((customer, index) => [customer, unitOf(members[index] ?? [], permissions[index] ?? null)]));
  return units.map((each) => known.get(each) ?? UNKNOWN);
}

function unitOf(members: Members, granted: readonly ConsentPurpose[] | null): KnownUnit | Reason {
  const [owner] = members;
  return owner === undefined || granted === null ? UNKNOWN : { owner, hashed: owner, members, granted };
}

/** Where a unit stands with an experiment, and why. */
export type Standing =
  | { readonly status: 'ASSIGNED'; readonly arm: string; readonly reason: 'IN_ARM' | 'CHOSEN' | 'EXPOSED' }
  | { readonly status: 'HOLDOUT'; readonly reason: 'EXPERIMENT_HOLDOUT' | 'LAYER_HOLDOUT' }
  | { readonly status: 'NOT_ENROLLED'; readonly reason: ExperimentAssignmentReason; readonly missing?: readonly ConsentPurpose[] };

/** The purposes that the experiment needs and the customer has not granted; unknown permissions are none. */
export function missingPurposes({ purposes }: ExperimentRecord, granted: readonly ConsentPurpose[] | null): readonly ConsentPurpose[] {
  return purposes.filter((purpose) => !granted?.includes(purpose));
}

/**
 * By its state at that time, then by consent, then by hash: of who has not consented not even the hash is computed. Of an adaptive experiment
 * ASSIGNED says only that the unit is in it; `adapted` knows the arm.
 */
export function standingOf(
  experiment: ExperimentRecord,
  layer: Layer | null,
  unit: string,
  granted: readonly ConsentPurpose[] | null,
  at: EpochMs,
): Standing {
  const state = stateOf(experiment, at);
  if (state !== 'RUNNING') return { status: 'NOT_ENROLLED', reason: state === 'SCHEDULED' ? 'NOT_STARTED' : state };
  const missing = missingPurposes(experiment, granted);
  if (missing.length > 0) return { status: 'NOT_ENROLLED', reason: 'CONSENT_MISSING', missing };
  if (experiment.assignment === 'GIVEN') return { status: 'NOT_ENROLLED', reason: 'GIVEN_ELSEWHERE' };
  if (experiment.layer && !layer) return { status: 'NOT_ENROLLED', reason: 'OUTSIDE_SHARES' };
  const { id, buckets } = experiment;
  const found = assign(unit, { key: id, salt: experimentSalt(id), arms: buckets }, layer);
  if (found.status === 'ASSIGNED') return { status: 'ASSIGNED', arm: found.arm, reason: 'IN_ARM' };
  if (found.status === 'HOLDOUT') return { status: 'HOLDOUT', reason: `${found.by}_HOLDOUT` };
  return { status: 'NOT_ENROLLED', reason: 'OUTSIDE_SHARES' };
}

/**
 * Whether what was recorded of a unit may count for more than its hash: an adaptive experiment fixes an arm by the exposure, and who became one
 * person with others may have been recorded as one of them. Of all others nothing needs to be read, nor of who is not in it whatever the hash.
 */
export function isRecordAsked({ assignment }: ExperimentRecord, standing: Standing, members: Members): boolean {
  if (members.length > 1) return standing.status !== 'NOT_ENROLLED' || standing.reason === 'OUTSIDE_SHARES';
  return assignment === 'ADAPTIVE' && standing.status === 'ASSIGNED';
}

/** The same with the arm that an adaptive experiment gives: that of the unit's exposure, else the one chosen by the shares of now. */
export function adapted(
  standing: Standing,
  experiment: ExperimentRecord,
  { hashed, exposed, shares }: { readonly hashed: string; readonly exposed: ExposureRecord | null; readonly shares: readonly number[] },
): Standing {
  if (experiment.assignment !== 'ADAPTIVE' || standing.status !== 'ASSIGNED') return standing;
  if (exposed?.arm === HOLDOUT) return { status: 'HOLDOUT', reason: 'EXPERIMENT_HOLDOUT' };
  if (exposed) return { status: 'ASSIGNED', arm: exposed.arm, reason: 'EXPOSED' };
  return { status: 'ASSIGNED', arm: chosenArm(experiment, hashed, shares), reason: 'CHOSEN' };
}

/** The arm of an adaptive experiment into whose share the unit's own number falls. It has a salt of its own: buckets say who is in at all. */
export function chosenArm({ id, plan }: ExperimentRecord, hashed: string, shares: readonly number[]): string {
  return plan.arms[armAt(positionOf(creativeSalt(id), hashed), shares)]!.arm;
}

/** Where the experiment stands in time. */
export function stateOf({ startAt, endAt, stopped }: ExperimentRecord, at: EpochMs): 'SCHEDULED' | 'RUNNING' | 'ENDED' | 'STOPPED' {
  if (stopped && at >= stopped.at) return 'STOPPED';
  if (at < startAt) return 'SCHEDULED';
  return endAt !== null && at >= endAt ? 'ENDED' : 'RUNNING';
}
