import { type Reason, refuse, type UserError } from '../../kernel/errors.ts';
import { digest } from '../../kernel/ids.ts';
import { type Effect, once } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import { update } from '../../kernel/update.ts';
import { type AllocationRefusal, allocate, release } from '../../models/experiments/allocation.ts';
import { HOLDOUT } from '../../models/experiments/assignment.ts';
import type { ExperimentStopInput } from '../../schema/generated/experiments.ts';
import type { Context } from './context.ts';
import { allocationReason, definitionOf, layerSalt, type Widened, widened } from './definition.ts';
import { definitionErrors } from './errors.ts';
import type { DefinitionInput } from './input.ts';
import { type ExperimentRecord, experimentKey, layerKey } from './records.ts';
import type { Experiments } from './store.ts';

export interface ExperimentPayload {
  readonly experiment: ExperimentRecord | null;
  readonly userErrors: readonly UserError[];
}

const refusal = ({ code, field, message }: Reason): Effect => ({ ok: false, userErrors: [refuse(code, field ?? null, message)] });

const UNKNOWN: Reason = { code: 'EXPERIMENT_UNKNOWN', field: 'experiment', message: 'There is no such experiment.' };

/** The entry of `userErrors` for an experiment that is not there. */
export const EXPERIMENT_UNKNOWN = refuse(UNKNOWN.code, UNKNOWN.field ?? null, UNKNOWN.message);

async function payloadOf({ experiments }: Context, effect: Effect): Promise<ExperimentPayload> {
  if (!effect.ok) return { experiment: null, userErrors: effect.userErrors };
  return { experiment: await experiments.get(effect.result), userErrors: [] };
}

/** Defines an experiment or widens it. The layer's room is taken first: an experiment without its room would take nobody in, and not say so. */
export async function defineExperiment(context: Context, input: DefinitionInput): Promise<ExperimentPayload> {
  const errors = definitionErrors(input);
  if (errors.length > 0) return { experiment: null, userErrors: errors };
  const { experiments, requests, now } = context;
  const effect = await once(requests, 'experimentDefine', input, now, async (at) => {
    const definition = definitionOf(input, at);
    const next = (current: ExperimentRecord | null) => widened(current, definition, input.startAt ?? null);
    const first = next(await experiments.get(input.id));
    if (!first.ok) return refusal(first.reason);
    const room = await takeRoom(experiments, input, at);
    if (room !== null) return refusal(allocationReason(room, 'layer'));
    const last: { stored: ExperimentRecord | null; decided: Widened } = { stored: null, decided: first };
    await update(experiments.definitions, [experimentKey(input.id)], (stored) => {
      const decided = next(stored);
      Object.assign(last, { stored, decided });
      return decided.ok && !same(stored, decided.record) ? decided.record : null;
    });
    const { stored, decided } = last;
    if (decided.ok) return { ok: true, result: input.id };
    // Another definition, or a stop, came in between.
    if (input.layer && (stored?.stopped || stored?.layer?.name !== input.layer.name))
      await giveRoomBack(experiments, input.layer.name, input.id);
    return refusal(decided.reason);
  });
  return payloadOf(context, effect);
}

function same(current: ExperimentRecord | null, { version: _, ...wanted }: ExperimentRecord): boolean {
  return current !== null && Object.entries(wanted).every(([field, value]) => isEqual(current[field as keyof ExperimentRecord], value));
}

/** By content: what comes from a store may name fields in another order. */
function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const names = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    names.length === Object.keys(b).length &&
    names.every((name) => isEqual((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  );
}

/** Why the layer has no room, or null once the experiment has it. Repeatable: what it has already is not taken again. */
async function takeRoom({ layers }: Experiments, { id, layer }: DefinitionInput, at: EpochMs): Promise<AllocationRefusal | null> {
  if (!layer) return null;
  const shares = { ...(layer.holdout != null && { [HOLDOUT]: layer.holdout }), [id]: layer.share };
  let refused: AllocationRefusal | null = null;
  await update(layers, [layerKey(layer.name)], (current) => {
    const result = allocate(shares, current?.slots);
    refused = result.ok ? null : result.code;
    if (!result.ok || isEqual(current?.slots, result.allocation)) return null;
    return { ...layerKey(layer.name), version: 0, at: current?.at ?? at, salt: layerSalt(layer.name), slots: result.allocation };
  });
  return refused;
}

async function giveRoomBack({ layers }: Experiments, layer: string, id: string): Promise<void> {
  await update(layers, [layerKey(layer)], (current) => {
    if (!current?.slots.owners.some(({ owner }) => owner === id)) return null;
    return { ...current, slots: release(current.slots, id) };
  });
}

/** Stops an experiment for good and gives its room in the layer back. A second stop, by another request, is refused. */
export async function stopExperiment(context: Context, input: ExperimentStopInput): Promise<ExperimentPayload> {
  const { experiments, requests, now } = context;
  if (!LABEL.test(input.idempotencyKey))
    return {
      experiment: null,
      userErrors: [refuse('TEXT_INVALID', 'idempotencyKey', 'Give 1 to 200 characters without control characters.')],
    };
  const effect = await once(requests, 'experimentStop', input, now, async (at) => {
    const request = digest(input.idempotencyKey);
    const found = await experiments.get(input.experiment);
    if (!found) return refusal(UNKNOWN);
    const layer = await experiments.layerOf(found);
    const snapshot = layer && { salt: layer.salt, slots: layer.slots };
    let stopped = found.stopped;
    await update(experiments.definitions, [found], (current) => {
      stopped = current?.stopped ?? null;
      return current && !stopped ? { ...current, stopped: { at, request, layer: snapshot } } : null;
    });
    if (stopped && stopped.request !== request)
      return refusal({ code: 'EXPERIMENT_STOPPED', field: 'experiment', message: 'The experiment was stopped before.' });
    if (found.layer) await giveRoomBack(experiments, found.layer.name, found.id);
    return { ok: true, result: found.id };
  });
  return payloadOf(context, effect);
}
