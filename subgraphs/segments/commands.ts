import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { type Effect, once } from '../../kernel/requests.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { LABEL } from '../../kernel/texts.ts';
import { update } from '../../kernel/update.ts';
import type { SegmentDefineInput, SegmentListChangeInput, SegmentRetireInput } from '../../schema/generated/segments.ts';
import type { Context } from './context.ts';
import { readDefinition } from './input.ts';
import { noMembership } from './membership.ts';
import { type MembershipRecord, type SegmentMaking, type SegmentRecord, segmentKey } from './records.ts';
import type { Segments } from './store.ts';

interface SegmentPayload {
  readonly segment: SegmentRecord | null;
  readonly userErrors: readonly UserError[];
}

const MOST_CHANGES = 1000;
const MOST_SEGMENTS = 200;

const refused = (userErrors: readonly UserError[]): SegmentPayload => ({ segment: null, userErrors });
const UNKNOWN = refuse('SEGMENT_UNKNOWN', 'segment', 'There is no such segment; look at segments, or define it.');
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
    let against: UserError | null = null;
    await update(segments.definitions, [segmentKey(input.id)], (current) => {
      // Once more, of what is stored at this moment: another may have come first.
      against = current && unchangeable(current, making);
      return against ? null : defined(current, input, making, at);
    });
    if (against) return { ok: false, userErrors: [against] };
    return { ok: true, result: input.id };
  });
  return payloadOf(context, effect);
}

/** Why a segment can't become what is asked for. */
function unchangeable({ retiredAt, making }: SegmentRecord, { kind }: SegmentMaking): UserError | null {
  if (retiredAt !== null) return refuse('SEGMENT_RETIRED', 'id', 'The segment was retired; take another id.');
  if (making.kind === kind) return null;
  return refuse('SEGMENT_KIND_FIXED', 'id', `It is a segment of the kind ${making.kind}, and stays that; take another id.`);
}

/** Why a definition does not go with what is stored. */
async function notAsStored({ segments }: Context, id: string, making: SegmentMaking): Promise<readonly UserError[]> {
  const current = await segments.get(id);
  const against = current && unchangeable(current, making);
  if (against) return [against];
  if (!current && (await segments.inUse()).length >= MOST_SEGMENTS)
    return [refuse('TOO_MANY_SEGMENTS', 'id', `${MOST_SEGMENTS} segments are in use, which is the most; retire one first.`)];
  if (making.kind !== 'LOOKALIKE') return [];
  const seeds = await segments.get(making.seeds);
  if (!seeds || seeds.retiredAt !== null)
    return [refuse('SEGMENT_UNKNOWN', 'lookalike.segment', 'There is no such segment in use; define it first.')];
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
    mark: current?.mark ?? null,
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

/**
 * Changes a list. Every change stands for itself, and all can be repeated: what was changed after the first request stays. It is remembered as done when no
 * customer was refused; what one of them lacked may be there next time.
 */
export async function changeList(context: Context, input: SegmentListChangeInput) {
  const nothing = { segment: null, added: [], removed: [] };
  const { add = [], remove = [] } = input;
  const errors = listErrors(input.idempotencyKey, add, remove);
  if (errors.length > 0) return { ...nothing, userErrors: errors };
  const { segments, requests, now, directory } = context;
  const members = await directory.members([...add, ...remove]);
  const persons = members.map(([person]) => person);
  const [puts, takes] = [persons.slice(0, add.length), persons.slice(add.length)];
  const twice = takes.findIndex((person) => person !== undefined && puts.includes(person));
  if (twice !== -1) return { ...nothing, userErrors: [contradictory(twice)] };
  const userErrors = [...unknownIn('add', puts), ...unknownIn('remove', takes)];
  let changes: string | null = null;
  const effect = await once(requests, 'segmentListChange', input, now, async (at) => {
    const segment = await segments.get(input.segment);
    const against = unlistable(segment);
    if (!segment || against) return { ok: false, userErrors: [against ?? UNKNOWN] };
    // Not of the first request, because clocks of two processes differ by more than lies between two requests.
    const unless = at < now ? at : Number.POSITIVE_INFINITY;
    await putOn(segments, segment.id, known(puts), at, unless);
    await takeOff(segments, segment.id, [...new Set(members.slice(add.length).flat())], at, unless);
    changes = segment.id;
    return userErrors.length > 0 ? { ok: false, userErrors } : { ok: true, result: segment.id };
  });
  const id = effect.ok ? effect.result : changes;
  if (id === null || userErrors.length === persons.length) return { ...nothing, userErrors: effect.ok ? userErrors : effect.userErrors };
  // As it is now: a repeat may come long after the list was changed again.
  const stored = await segments.known(members, [{ id }]);
  const isListed = stored.map(([one]) => one?.record?.listed || one?.listedElsewhere != null);
  return {
    segment: await segments.get(id),
    added: add.filter((_, index) => isListed[index]),
    removed: remove.filter((_, index) => takes[index] !== undefined && !isListed[add.length + index]),
    userErrors: effect.ok ? [] : effect.userErrors,
  };
}

const known = (persons: readonly (string | undefined)[]) => [...new Set(persons.filter((person) => person !== undefined))];

function unknownIn(list: 'add' | 'remove', persons: readonly (string | undefined)[]): readonly UserError[] {
  return persons.flatMap((person, index) =>
    person === undefined ? [refuse('CUSTOMER_UNKNOWN', `${list}.${index}`, NO_SUCH_CUSTOMER)] : [],
  );
}

function unlistable(segment: SegmentRecord | null): UserError | null {
  if (!segment) return UNKNOWN;
  if (segment.retiredAt !== null) return RETIRED;
  if (segment.making.kind === 'LIST') return null;
  return refuse('SEGMENT_KIND_INVALID', 'segment', 'Its members are found, not listed; name a segment that was defined with list: true.');
}

/** `unless`: what was changed after that stays as it is. */
async function putOn({ memberships }: Segments, id: string, owners: readonly string[], at: EpochMs, unless: EpochMs): Promise<void> {
  await update(
    memberships,
    owners.map((owner) => ({ owner, id })),
    (current, index) => {
      const before = current ?? noMembership(owners[index] ?? '', id, at);
      return before.listed || isLater(before, unless) ? null : { ...before, listed: true, listedAt: at };
    },
  );
}

async function takeOff({ memberships }: Segments, id: string, owners: readonly string[], at: EpochMs, unless: EpochMs): Promise<void> {
  await update(
    memberships,
    owners.map((owner) => ({ owner, id })),
    (current) => (current?.listed && !isLater(current, unless) ? { ...current, listed: false, listedAt: at } : null),
  );
}

function isLater({ listedAt }: MembershipRecord, at: EpochMs): boolean {
  return listedAt !== null && listedAt > at;
}

function listErrors(idempotencyKey: string, add: readonly string[], remove: readonly string[]): readonly UserError[] {
  if (!LABEL.test(idempotencyKey)) return [KEY_INVALID];
  if (add.length > MOST_CHANGES)
    return [refuse('LIST_TOO_LONG', 'add', `Give ${MOST_CHANGES} customers at most, and the others in another request.`)];
  if (remove.length > MOST_CHANGES)
    return [refuse('LIST_TOO_LONG', 'remove', `Give ${MOST_CHANGES} customers at most, and the others in another request.`)];
  if (add.length + remove.length === 0) return [refuse('LIST_EMPTY', 'add', 'Give customers to add or to remove.')];
  return [];
}

function contradictory(index: number): UserError {
  return refuse('LIST_CONTRADICTORY', `remove.${index}`, 'The customer is to be added, too; decide for one of both.');
}
