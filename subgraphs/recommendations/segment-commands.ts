import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { type Effect, once } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import { update } from '../../kernel/update.ts';
import type { SegmentDefineInput, SegmentListChangeInput, SegmentRetireInput } from '../../schema/generated/recommendations.ts';
import type { Context } from './context.ts';
import { readDefinition } from './segment-input.ts';
import { type MembershipRecord, type SegmentMaking, type SegmentRecord, segmentKey } from './segment-records.ts';

interface SegmentPayload {
  readonly segment: SegmentRecord | null;
  readonly userErrors: readonly UserError[];
}

const MOST_CHANGES = 1000;
const MOST_SEGMENTS = 200;

const refused = (userErrors: readonly UserError[]): SegmentPayload => ({ segment: null, userErrors });
const UNKNOWN = refuse('SEGMENT_UNKNOWN', 'segment', 'There is no such segment.');
const RETIRED = refuse('SEGMENT_RETIRED', 'segment', 'The segment was retired; define another one.');
const KEY_INVALID = refuse('TEXT_INVALID', 'idempotencyKey', 'Give 1 to 200 characters without control characters.');

async function payloadOf({ segments }: Context, effect: Effect): Promise<SegmentPayload> {
  return effect.ok ? { segment: await segments.get(effect.result), userErrors: [] } : refused(effect.userErrors);
}

/** Defines a segment, or changes what makes its members, its name or its purposes; its kind stays. */
export async function defineSegment(context: Context, input: SegmentDefineInput): Promise<SegmentPayload> {
  const { segments, requests, now, judge } = context;
  const read = readDefinition(input, judge.schema);
  if ('userErrors' in read) return refused(read.userErrors);
  const { making } = read;
  const effect = await once(requests, 'segmentDefine', input, now, async (at) => {
    const userErrors = await notAsStored(context, input.id, making);
    if (userErrors.length > 0) return { ok: false, userErrors };
    await update(segments.definitions, [segmentKey(input.id)], (current) => defined(current, input, making, at));
    return { ok: true, result: input.id };
  });
  return payloadOf(context, effect);
}

/** Why a definition does not go with what is stored. */
async function notAsStored({ segments }: Context, id: string, making: SegmentMaking): Promise<readonly UserError[]> {
  const current = await segments.get(id);
  if (current?.retiredAt != null) return [refuse('SEGMENT_RETIRED', 'id', 'The segment was retired; take another id.')];
  if (current && current.making.kind !== making.kind)
    return [refuse('SEGMENT_KIND_FIXED', 'id', `It is a segment of the kind ${current.making.kind}, and stays that; take another id.`)];
  if (!current && (await segments.inUse()).length >= MOST_SEGMENTS)
    return [refuse('TOO_MANY_SEGMENTS', 'id', `${MOST_SEGMENTS} segments are in use, which is the most; retire one first.`)];
  if (making.kind !== 'LOOKALIKE') return [];
  const seeds = await segments.get(making.seeds);
  if (!seeds || seeds.retiredAt !== null) return [refuse('SEGMENT_UNKNOWN', 'lookalike.segment', 'There is no such segment in use.')];
  if (seeds.making.kind !== 'LOOKALIKE') return [];
  return [
    refuse('SEGMENT_KIND_INVALID', 'lookalike.segment', 'Lookalikes of lookalikes are like nobody in particular; name a rule or a list.'),
  ];
}

function defined(current: SegmentRecord | null, input: SegmentDefineInput, making: SegmentMaking, at: EpochMs): SegmentRecord | null {
  const { id, name, description = null } = input;
  const purposes = [...new Set(input.purposes ?? [])].sort();
  const before = current && JSON.stringify([current.making, current.purposes]);
  const changes = before !== JSON.stringify([making, purposes]);
  if (current && !changes && current.name === name && current.description === description) return null;
  const revision = (current?.revision ?? 0) + (changes ? 1 : 0);
  return {
    ...segmentKey(id),
    version: 0,
    at: current?.at ?? at,
    name,
    description,
    making,
    purposes,
    revision,
    retiredAt: null,
    count: current?.count ?? null,
  };
}

/** Retires a segment. A second time changes nothing. */
export async function retireSegment(context: Context, input: SegmentRetireInput): Promise<SegmentPayload> {
  if (!LABEL.test(input.idempotencyKey)) return refused([KEY_INVALID]);
  const { segments, requests, now } = context;
  const effect = await once(requests, 'segmentRetire', input, now, async (at) => {
    if (!(await segments.get(input.segment))) return { ok: false, userErrors: [UNKNOWN] };
    await update(segments.definitions, [segmentKey(input.segment)], (current) =>
      current && current.retiredAt === null ? { ...current, retiredAt: at } : null,
    );
    return { ok: true, result: input.segment };
  });
  return payloadOf(context, effect);
}

/** Changes a list. Every change stands for itself, and all can be repeated. */
export async function changeList(context: Context, input: SegmentListChangeInput) {
  const nothing = { segment: null, added: [], removed: [] };
  const { add = [], remove = [] } = input;
  const errors = listErrors(input.idempotencyKey, add, remove);
  if (errors.length > 0) return { ...nothing, userErrors: errors };
  const { segments, requests, now, directory } = context;
  const all = [...add, ...remove];
  const persons = await directory.members(all);
  const unknown = all.flatMap((_, index) => (persons[index]?.length ? [] : [index]));
  const userErrors = unknown.map((index) => {
    const place = index < add.length ? `add.${index}` : `remove.${index - add.length}`;
    return refuse('CUSTOMER_UNKNOWN', place, NO_SUCH_CUSTOMER);
  });
  const effect = await once(requests, 'segmentListChange', input, now, async (at) => {
    const segment = await segments.get(input.segment);
    if (!segment) return { ok: false, userErrors: [UNKNOWN] };
    if (segment.retiredAt !== null) return { ok: false, userErrors: [RETIRED] };
    if (segment.making.kind !== 'LIST')
      return {
        ok: false,
        userErrors: [refuse('SEGMENT_KIND_INVALID', 'segment', 'Its members come by a rule; only lists are kept by hand.')],
      };
    const { id, revision } = segment;
    const listed = (owner: string): MembershipRecord => ({
      ...{ owner, id, version: 0, at, member: true, listed: true, run: '', revision, because: null, likeness: null },
    });
    const puts = [...new Set(persons.slice(0, add.length).flatMap(([first]) => first ?? []))];
    await update(
      segments.memberships,
      puts.map((owner) => ({ owner, id })),
      (current, index) => (current?.listed ? null : listed(puts[index] ?? '')),
    );
    const takes = [...new Set(persons.slice(add.length).flat())];
    await update(
      segments.memberships,
      takes.map((owner) => ({ owner, id })),
      (current) => (current?.listed ? { ...current, at, listed: false, member: false, run: '' } : null),
    );
    return { ok: true, result: id };
  });
  if (!effect.ok) return { ...nothing, userErrors: effect.userErrors };
  const known = (ids: readonly string[], from: number) => ids.filter((_, index) => persons[from + index]?.length);
  return { segment: await segments.get(effect.result), added: known(add, 0), removed: known(remove, add.length), userErrors };
}

function listErrors(idempotencyKey: string, add: readonly string[], remove: readonly string[]): readonly UserError[] {
  if (!LABEL.test(idempotencyKey)) return [KEY_INVALID];
  if (add.length > MOST_CHANGES) return [refuse('LIST_TOO_LONG', 'add', `Give ${MOST_CHANGES} customers at most.`)];
  if (remove.length > MOST_CHANGES) return [refuse('LIST_TOO_LONG', 'remove', `Give ${MOST_CHANGES} customers at most.`)];
  if (add.length + remove.length === 0) return [refuse('LIST_EMPTY', 'add', 'Give customers to add or to remove.')];
  const twice = remove.findIndex((id) => add.includes(id));
  return twice === -1 ? [] : [refuse('LIST_CONTRADICTORY', `remove.${twice}`, 'The customer is to be added, too.')];
}
