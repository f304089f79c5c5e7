import { keyText } from '../../kernel/batches.ts';
import { NO_SUCH_CUSTOMER, type Reason, refuse, type UserError } from '../../kernel/errors.ts';
import { digest } from '../../kernel/ids.ts';
import { acceptRequest } from '../../kernel/requests.ts';
import type { EpochMs, Key } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import { HOLDOUT, type Layer } from '../../models/experiments/assignment.ts';
import type {
  ExperimentExposureInput,
  ExperimentExposureRecordInput,
  ExperimentOutcomeInput,
  ExperimentOutcomeRecordInput,
} from '../../schema/generated/experiments.ts';
import { EXPERIMENT_UNKNOWN } from './commands.ts';
import type { Context } from './context.ts';
import { type ExperimentRecord, type ExposureRecord, exposureId, type OutcomeRecord, type UnitRecord } from './records.ts';
import type { Experiments, Running } from './store.ts';
import { chosenArm, type KnownUnit, knownUnits, missingPurposes, standingOf, stateOf } from './units.ts';
import { outcomeValue, refusedItem, unitFacts } from './values.ts';

const MAX_BATCH = 1000;

const reason = (code: string, field: string, message: string): Reason => ({ code, field, message });

const REUSED = refuse('IDEMPOTENCY_KEY_REUSED', 'idempotencyKey', 'This key was used for another input; choose a new one per intent.');
const ERASED = reason('CUSTOMER_UNKNOWN', 'unit', NO_SUCH_CUSTOMER);
const CONSENT_MISSING = reason('CONSENT_MISSING', 'unit', 'The customer has not granted what the experiment needs: it is not in it.');
const NOT_ENROLLED = reason('NOT_ENROLLED', 'unit', 'The unit is not in the experiment; ask where it stands before showing an arm.');
const IN_FUTURE = reason('TIME_INVALID', 'at', 'The time lies in the future; say when it took place.');

/** A batch that may go ahead. */
interface Batch {
  readonly experiment: ExperimentRecord;
  readonly layer: Layer | null;
  readonly units: readonly (KnownUnit | Reason)[];
  /** By which an adaptive experiment chooses now. */
  readonly shares: readonly number[];
  /** When it was first asked for. */
  readonly at: EpochMs;
  readonly origin: string;
}

async function accept(
  context: Context,
  mutation: string,
  list: string,
  input: { readonly idempotencyKey: string; readonly experiment: string },
  items: readonly { readonly unit: string }[],
): Promise<Batch | UserError> {
  const { experiments, requests, directory, now } = context;
  if (!LABEL.test(input.idempotencyKey))
    return refuse('TEXT_INVALID', 'idempotencyKey', 'Give 1 to 200 characters without control characters.');
  if (items.length === 0 || items.length > MAX_BATCH) return refuse('BATCH_SIZE_INVALID', list, `Send 1 to ${MAX_BATCH} at once.`);
  const experiment = await experiments.get(input.experiment);
  if (!experiment) return EXPERIMENT_UNKNOWN;
  const at = await acceptRequest(requests, mutation, input, now);
  if (at === null) return REUSED;
  const [layer, known] = await Promise.all([
    experiments.layerOf(experiment),
    knownUnits(
      experiment,
      items.map(({ unit }) => unit),
      directory,
    ),
  ]);
  const units = await asRecorded(known, { experiment, layer }, experiments);
  return { experiment, layer, units, shares: experiments.creatives.of(experiment), at, origin: digest(mutation, input.idempotencyKey) };
}

/** The units, of whom those who became one person with others are who was recorded first. Without consent that is not even looked up. */
async function asRecorded(
  units: readonly (KnownUnit | Reason)[],
  running: Running,
  experiments: Experiments,
): Promise<readonly (KnownUnit | Reason)[]> {
  const isAsked = (unit: KnownUnit | Reason): unit is KnownUnit =>
    !('code' in unit) && unit.members.length > 1 && missingPurposes(running.experiment, unit.granted).length === 0;
  const asked = units.filter(isAsked);
  if (asked.length === 0) return units;
  const found = await experiments.recorded(asked.map(({ members }) => ({ members, running: [running] })));
  const owners = new Map(asked.map((unit, index) => [unit, found[index]?.[0]?.owner]));
  return units.map((unit) => {
    const owner = isAsked(unit) ? owners.get(unit) : undefined;
    return owner === undefined ? unit : { ...unit, owner, hashed: owner };
  });
}

/** The arm in which the exposure counts, or why it does not. */
function armOf(input: ExperimentExposureInput, unit: KnownUnit, { experiment, layer, shares }: Batch, at: EpochMs): string | Reason {
  const standing = standingOf(experiment, layer, unit.hashed, unit.granted, at);
  if (standing.status === 'NOT_ENROLLED' && standing.reason === 'CONSENT_MISSING') return CONSENT_MISSING;
  if (stateOf(experiment, at) !== 'RUNNING') return reason('EXPERIMENT_NOT_RUNNING', 'at', 'The experiment did not run then.');
  if (experiment.assignment === 'GIVEN') {
    const given = experiment.plan.arms.find(({ arm }) => arm === input.arm);
    return given?.arm ?? reason('ARM_UNKNOWN', 'arm', 'Say which of the arms was shown.');
  }
  // The layer's holdout is in none of its experiments, so it is not theirs to report.
  if (standing.status === 'NOT_ENROLLED' || standing.reason === 'LAYER_HOLDOUT') return NOT_ENROLLED;
  if (experiment.assignment === 'ADAPTIVE' && standing.status === 'ASSIGNED') return adaptiveArm(input, unit, experiment, shares);
  const arm = standing.status === 'HOLDOUT' ? HOLDOUT : standing.arm;
  return input.arm == null || input.arm === arm ? arm : reason('ARM_MISMATCH', 'arm', "This is not the unit's arm; ask where it stands.");
}

/** What was shown is what counts: shares may have moved since the unit was told its arm. Who was exposed before keeps that arm (`file`). */
function adaptiveArm(
  input: ExperimentExposureInput,
  { hashed }: KnownUnit,
  experiment: ExperimentRecord,
  shares: readonly number[],
): string | Reason {
  const shown = experiment.plan.arms.find(({ arm }) => arm === input.arm);
  if (shown) return shown.arm;
  if (input.arm != null) return reason('ARM_UNKNOWN', 'arm', 'Say which of the arms was shown, or nothing to have one chosen now.');
  if (input.at != null) return reason('ARM_UNKNOWN', 'arm', 'Say which of the arms was shown then: shares have moved since.');
  return chosenArm(experiment, hashed, shares);
}

function exposureOf(input: ExperimentExposureInput, unit: KnownUnit, batch: Batch, now: EpochMs): ExposureRecord | Reason {
  const { experiment, origin } = batch;
  const at = input.at ?? batch.at;
  if (at > now) return IN_FUTURE;
  const arm = armOf(input, unit, batch, at);
  if (typeof arm !== 'string') return arm;
  const facts = unitFacts(input, experiment);
  if ('code' in facts) return facts;
  const { segments, covariates } = facts;
  const id = exposureId(experiment.id);
  return { owner: unit.owner, id, version: 0, kind: 'EXPOSURE', experiment: experiment.id, at, origin, arm, segments, covariates };
}

function outcomeOf(input: ExperimentOutcomeInput, unit: KnownUnit, batch: Batch, now: EpochMs): OutcomeRecord | Reason {
  const { experiment, layer, origin } = batch;
  const at = input.at ?? batch.at;
  if (!LABEL.test(input.id)) return reason('TEXT_INVALID', 'id', 'Give 1 to 200 characters without control characters.');
  if (at > now) return IN_FUTURE;
  if (missingPurposes(experiment, unit.granted).length > 0) return CONSENT_MISSING;
  // Of who can't have been exposed nothing needs to be known.
  if (experiment.assignment !== 'GIVEN') {
    const begun = standingOf(experiment, layer, unit.hashed, unit.granted, experiment.startAt);
    if (begun.status === 'NOT_ENROLLED' && unit.members.length === 1) return NOT_ENROLLED;
  }
  const value = outcomeValue(input, experiment);
  if ('code' in value) return value;
  const id = `outcome/${experiment.id}/${digest(input.id)}`;
  return { owner: unit.owner, id, version: 0, kind: 'OUTCOME', experiment: experiment.id, at, origin, ...value };
}

/** What became of one item: as it is stored now, and whether it was this one that is stored. */
type Filed<T> = { readonly stored: T; readonly recorded: boolean } | Reason;

/** Inserts each record once. A record that this request inserted before counts as recorded by it, so that a repeat answers the same. */
async function file<T extends UnitRecord>(
  { experiments: { units } }: Context,
  records: readonly (T | Reason)[],
): Promise<readonly Filed<T>[]> {
  const firsts = new Map<string, number>();
  for (const [index, record] of records.entries())
    if (!('code' in record) && !firsts.has(keyText(record))) firsts.set(keyText(record), index);
  const docs = [...firsts.values()].map((index) => records[index] as T);
  const inserted = docs.length > 0 ? await units.insertOnce(docs) : [];
  const duplicates = docs.filter((_, position) => inserted[position] === 'duplicate');
  const stored = duplicates.length > 0 ? await units.getMany(duplicates) : [];
  const known = new Map<string, T | null>();
  for (const [position, doc] of docs.entries()) known.set(keyText(doc), inserted[position] === 'inserted' ? doc : null);
  for (const record of stored) if (record) known.set(keyText(record), record as T);
  return records.map((record, index) => {
    if ('code' in record) return record;
    const kept = known.get(keyText(record));
    return kept ? { stored: kept, recorded: kept.origin === record.origin && firsts.get(keyText(record)) === index } : ERASED;
  });
}

/** The outcomes; one that was recorded under another id of its person is the same one, and stays there. */
async function whereRecorded(
  { experiments }: Context,
  outcomes: readonly (OutcomeRecord | Reason)[],
  units: readonly (KnownUnit | Reason)[],
): Promise<readonly (OutcomeRecord | Reason)[]> {
  const placesOf = (outcome: OutcomeRecord | Reason, index: number): readonly Key[] => {
    const unit = units[index]!;
    if ('code' in outcome || 'code' in unit || unit.members.length < 2) return [];
    return unit.members.map((owner) => ({ owner, id: outcome.id }));
  };
  const places = outcomes.flatMap(placesOf);
  if (places.length === 0) return outcomes;
  const found = new Set((await experiments.units.getMany(places)).flatMap((record) => (record ? [keyText(record)] : [])));
  return outcomes.map((outcome, index) => {
    const place = placesOf(outcome, index).find((each) => found.has(keyText(each)));
    return 'code' in outcome || !place ? outcome : { ...outcome, owner: place.owner };
  });
}

export interface ShownExposure {
  readonly unit: string;
  readonly arm: string;
  readonly exposedAt: EpochMs;
  readonly recorded: boolean;
}

/** Records exposures; each stands for itself. Null where one was refused. */
export async function recordExposures(
  context: Context,
  input: ExperimentExposureRecordInput,
): Promise<{ exposures: (ShownExposure | null)[]; userErrors: UserError[] }> {
  const batch = await accept(context, 'experimentExposureRecord', 'exposures', input, input.exposures);
  if ('code' in batch) return { exposures: [], userErrors: [batch] };
  const found = input.exposures.map((item, index) => {
    const unit = batch.units[index]!;
    return 'code' in unit ? unit : exposureOf(item, unit, batch, context.now);
  });
  const filed = await file(context, found);
  const userErrors: UserError[] = [];
  const exposures = filed.map((one, index) => {
    if ('code' in one) {
      userErrors.push(refusedItem('exposures', index, one));
      return null;
    }
    const { stored, recorded } = one;
    return { unit: input.exposures[index]!.unit, arm: stored.arm, exposedAt: stored.at, recorded };
  });
  return { exposures, userErrors };
}

export interface ShownOutcome {
  readonly id: string;
  readonly unit: string;
  readonly recorded: boolean;
}

/** Records outcomes; each stands for itself. Null where one was refused. */
export async function recordOutcomes(
  context: Context,
  input: ExperimentOutcomeRecordInput,
): Promise<{ outcomes: (ShownOutcome | null)[]; userErrors: UserError[] }> {
  const batch = await accept(context, 'experimentOutcomeRecord', 'outcomes', input, input.outcomes);
  if ('code' in batch) return { outcomes: [], userErrors: [batch] };
  const found = input.outcomes.map((item, index) => {
    const unit = batch.units[index]!;
    return 'code' in unit ? unit : outcomeOf(item, unit, batch, context.now);
  });
  const filed = await file(context, await whereRecorded(context, found, batch.units));
  const userErrors: UserError[] = [];
  const outcomes = filed.map((one, index) => {
    const { id, unit, at } = input.outcomes[index]!;
    const wanted = found[index]!;
    const fits =
      !('code' in one) &&
      !('code' in wanted) &&
      isSame(one.stored, at == null && !one.recorded ? { ...wanted, at: one.stored.at } : wanted);
    if ('code' in one || !fits) {
      userErrors.push(
        refusedItem('outcomes', index, 'code' in one ? one : reason('OUTCOME_ID_REUSED', 'id', 'The unit has another outcome of this id.')),
      );
      return null;
    }
    return { id, unit, recorded: one.recorded };
  });
  return { outcomes, userErrors };
}

const isSame = (a: OutcomeRecord, b: OutcomeRecord) =>
  a.metric === b.metric && a.value === b.value && a.denominator === b.denominator && a.at === b.at;
