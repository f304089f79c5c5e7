import { NO_SUCH_CUSTOMER, refuse, type UserError } from '../../kernel/errors.ts';
import { digest, entityId, parseEntityId } from '../../kernel/ids.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Effect, once, type RequestRecord, refused } from '../../kernel/requests.ts';
import type { Collection, EpochMs, Key } from '../../kernel/storage/port.ts';
import { textErrors } from '../../kernel/texts.ts';
import { update } from '../../kernel/update.ts';
import type {
  CaseCloseInput,
  CaseOpenInput,
  CaseUpdateInput,
  InteractionRecordInput,
  PreferencesSetInput,
  ProfileUpdateInput,
} from '../../schema/generated/crm.ts';
import { descriptionOf, emptyProfile, state } from './ingest.ts';
import { positiveMoney, preferenceErrors, profileErrors, statedPreferences, statedProfile } from './inputs.ts';
import {
  CASE_PREFIX,
  type CaseRecord,
  INTERACTION_PREFIX,
  type InteractionRecord,
  type ProfileRecord,
  type ProfileValues,
} from './records.ts';

/** The source under which mutations state and record. */
const API_SOURCE = 'api';
const MAX_TRANSCRIPT = 100_000;

/** The mutations. Each answers the entity's id (of profile and preferences: the customer's), or why it changed nothing. */
export type Commands = ReturnType<typeof commands>;

interface Deps {
  readonly profiles: Collection<ProfileRecord>;
  readonly interactions: Collection<InteractionRecord>;
  readonly cases: Collection<CaseRecord>;
  readonly requests: Collection<RequestRecord>;
  readonly directory: Directory;
  readonly now: EpochMs;
}

const UNKNOWN_CUSTOMER = refuse('CUSTOMER_UNKNOWN', 'customer', NO_SUCH_CUSTOMER);
const UNKNOWN_CASE = refuse('CASE_UNKNOWN', 'case', 'There is no such case; take its id from the graph.');

export function commands({ profiles, interactions, cases, requests, directory, now }: Deps) {
  const exists = async (customer: string) => (await directory.exists([customer]))[0] === true;

  /** Runs `effect` once per key, after the checks that need no store and those that do. */
  const carryOut = async <Wrong extends string, Code extends string>(
    mutation: string,
    input: { readonly idempotencyKey: string; readonly customer: string },
    errors: readonly UserError<Wrong>[],
    effect: (at: EpochMs) => Promise<Effect<Code>>,
  ) => {
    if (errors.length > 0) return refused(...errors);
    if (!(await exists(input.customer))) return refused(UNKNOWN_CUSTOMER);
    return once(requests, mutation, input, now, effect);
  };

  const stateProfile = async (customer: string, values: ProfileValues, at: EpochMs): Promise<Effect<'CUSTOMER_UNKNOWN'>> => {
    const key = { owner: customer, id: API_SOURCE };
    let stored: ProfileRecord | null = null;
    const [outcome] = await update(profiles, [key], (current) => {
      stored = state(current ?? emptyProfile(customer, API_SOURCE, at), values, at);
      return stored;
    });
    if (outcome === 'erased') return refused(UNKNOWN_CUSTOMER);
    if (stored) await directory.describe([descriptionOf(stored)]);
    return { ok: true, result: customer };
  };

  /** A customer is known to the CRM as soon as anything was recorded. */
  const insert = async <T extends CaseRecord | InteractionRecord>(
    collection: Collection<T>,
    prefix: string,
    record: T,
    at: EpochMs,
  ): Promise<Effect<'CUSTOMER_UNKNOWN'>> => {
    const [known] = await profiles.insertOnce([emptyProfile(record.owner, API_SOURCE, at)]);
    const [outcome] = known === 'erased' ? ['erased'] : await collection.insertOnce([record]);
    return outcome === 'erased' ? refused(UNKNOWN_CUSTOMER) : { ok: true, result: entityId(prefix, record) };
  };

  const changeCase = async <Wrong extends string, Code extends string>(
    mutation: string,
    input: { readonly idempotencyKey: string; readonly case: string },
    errors: readonly UserError<Wrong>[],
    change: (current: CaseRecord, at: EpochMs) => CaseRecord | UserError<Code>,
  ) => {
    if (errors.length > 0) return refused(...errors);
    const key = parseEntityId(CASE_PREFIX, input.case);
    const [found] = key ? await cases.getMany([key]) : [];
    if (!key || !found) return refused(UNKNOWN_CASE);
    return once(requests, mutation, input, now, async (at): Promise<Effect<Code | 'CASE_UNKNOWN'>> => {
      let refusal: UserError<Code | 'CASE_UNKNOWN'> | null = null;
      const [outcome] = await update(cases, [key], (current) => {
        const changed = current ? change(current, at) : UNKNOWN_CASE;
        refusal = 'code' in changed ? changed : null;
        return 'code' in changed ? null : changed;
      });
      if (refusal) return refused(refusal);
      return outcome === 'erased' ? refused(UNKNOWN_CASE) : { ok: true, result: input.case };
    });
  };

  return {
    updateProfile: (input: ProfileUpdateInput) =>
      carryOut('profileUpdate', input, [...textErrors(input), ...profileErrors(input, now)], (at) =>
        stateProfile(input.customer, statedProfile(input), at),
      ),

    setPreferences: (input: PreferencesSetInput) =>
      carryOut('preferencesSet', input, [...textErrors(input), ...preferenceErrors(input)], (at) =>
        stateProfile(input.customer, statedPreferences(input), at),
      ),

    async recordInteraction(input: InteractionRecordInput) {
      const { customer, channel, direction, agent, startedAt, summary, transcript, topics } = input;
      const texts = textErrors(input, { transcript: MAX_TRANSCRIPT });
      const errors: UserError<'TEXT_INVALID' | 'LIST_TOO_LONG' | 'TIME_INVALID' | 'CASE_UNKNOWN'>[] = [
        ...texts,
        ...notAfter(startedAt, now, 'startedAt'),
      ];
      const key = input.case ? parseEntityId(CASE_PREFIX, input.case) : null;
      if (input.case && errors.length === 0) {
        const [members = []] = await directory.members([customer]);
        const [found] = key && members.includes(key.owner) ? await cases.getMany([key]) : [];
        if (!found) errors.push(refuse('CASE_UNKNOWN', 'case', 'The customer has no case with this id.'));
      }
      return carryOut('interactionRecord', input, errors, (at) => {
        // Beside its case, which may have been opened while the person was not yet known.
        const filed: Key = { owner: key?.owner ?? customer, id: digest('interactionRecord', input.idempotencyKey) };
        const said = { channel, direction, agent: agent ?? null, startedAt: startedAt ?? at, summary: summary ?? null };
        const rest = { transcript: transcript ?? null, topics: topics ?? [], caseId: key?.id ?? null, updatedAt: null, deliveries: {} };
        return insert(interactions, INTERACTION_PREFIX, { ...filed, version: 0, source: API_SOURCE, number: null, ...said, ...rest }, at);
      });
    },

    openCase(input: CaseOpenInput) {
      const { customer, type, priority, subject, openedAt, dueAt } = input;
      const errors = [...textErrors(input), ...notAfter(openedAt, now, 'openedAt'), ...after(dueAt, openedAt ?? now, 'dueAt')];
      return carryOut('caseOpen', input, errors, (at) => {
        const filed: Key = { owner: customer, id: digest('caseOpen', input.idempotencyKey) };
        const opened = {
          type,
          status: 'OPEN',
          priority: priority ?? 'NORMAL',
          subject: subject ?? null,
          openedAt: openedAt ?? at,
          dueAt: dueAt ?? null,
        } as const;
        const rest = { closedAt: null, resolution: null, goodwill: [], updatedAt: null, deliveries: {} };
        return insert(cases, CASE_PREFIX, { ...filed, version: 0, source: API_SOURCE, number: null, ...opened, ...rest }, at);
      });
    },

    updateCase(input: CaseUpdateInput) {
      const { status, priority, dueAt, goodwill } = input;
      const amount = goodwill ? positiveMoney(goodwill.amount) : null;
      const errors: UserError<'TEXT_INVALID' | 'AMOUNT_INVALID' | 'STATUS_INVALID'>[] = [...textErrors(input)];
      if (goodwill && !amount)
        errors.push(
          refuse('AMOUNT_INVALID', 'goodwill.amount', "The amount must be above zero, with the currency's decimal places at most."),
        );
      if (status && status !== 'OPEN' && status !== 'WAITING')
        errors.push(refuse('STATUS_INVALID', 'status', 'A case can be set to OPEN or WAITING; use caseClose to close it.'));
      return changeCase('caseUpdate', input, errors, (current, at) => {
        if (current.status === 'CLOSED' && (status || priority || dueAt))
          return refuse('CASE_CLOSED', 'case', 'The case is closed; open a new one.');
        if (dueAt && dueAt <= current.openedAt) return refuse('TIME_INVALID', 'dueAt', '"dueAt" must lie after the opening of the case.');
        const id = digest('caseUpdate', input.idempotencyKey);
        const given =
          goodwill && amount && !current.goodwill.some((entry) => entry.id === id) ? [{ id, amount, reason: goodwill.reason, at }] : [];
        return {
          ...current,
          status: status ?? current.status,
          priority: priority ?? current.priority,
          dueAt: dueAt ?? current.dueAt,
          goodwill: [...current.goodwill, ...given],
        };
      });
    },

    closeCase(input: CaseCloseInput) {
      const { resolution, closedAt } = input;
      return changeCase('caseClose', input, [...textErrors(input), ...notAfter(closedAt, now, 'closedAt')], (current, at) => {
        const end = closedAt ?? at;
        // Closing is repeated after a crash by the same request, which finds its own work.
        if (current.status === 'CLOSED' && current.closedAt !== end) return refuse('CASE_CLOSED', 'case', 'The case is closed already.');
        if (end < current.openedAt) return refuse('TIME_INVALID', 'closedAt', '"closedAt" lies before the opening of the case.');
        return { ...current, status: 'CLOSED', closedAt: end, resolution: resolution ?? current.resolution };
      });
    },
  };
}

function notAfter(at: EpochMs | null | undefined, now: EpochMs, field: string): UserError<'TIME_INVALID'>[] {
  return (at ?? now) > now ? [refuse('TIME_INVALID', field, `"${field}" lies in the future.`)] : [];
}

function after(at: EpochMs | null | undefined, start: EpochMs, field: string): UserError<'TIME_INVALID'>[] {
  return at !== null && at !== undefined && at <= start
    ? [refuse('TIME_INVALID', field, `"${field}" must lie after the opening of the case.`)]
    : [];
}
