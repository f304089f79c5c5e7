import type { Reason } from '../../kernel/errors.ts';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { Collection, Doc, Key } from '../../kernel/storage/port.ts';
import type { SubgraphDeps } from '../../kernel/subgraph.ts';
import { update } from '../../kernel/update.ts';
import { caseFields, interactionFields, profileFields } from './fields.ts';
import { descriptionOf, emptyProfile, type Filed, fileCase, fileInteraction, fileProfile, recordId } from './ingest.ts';
import { caseSpec, interactionSpec, type ProfileRecord, profileSpec } from './records.ts';
import {
  type CaseRow,
  caseReference,
  type InteractionRow,
  interactionContent,
  type ProfileRow,
  readCase,
  readInteraction,
  readProfile,
} from './source.ts';

const ERASED: Reason = { code: 'CUSTOMER_ERASED', message: 'The customer was erased; nothing more is filed under their ids.' };

/** Files arrivals into their documents, those of one document folded in their order, with one read and one write for the batch. */
async function fileAll<T extends Doc, R>(
  collection: Collection<T>,
  arrivals: readonly Arrival<R>[],
  idOf: (arrival: Arrival<R>) => string,
  file: (current: T | null, arrival: Arrival<R>, id: string) => Filed<T>,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly keys: readonly Key[] }> {
  const byKey = new Map<string, { readonly key: Key; readonly positions: number[] }>();
  for (const [i, arrival] of arrivals.entries()) {
    const key = { owner: arrival.owner, id: idOf(arrival) };
    const text = `${key.owner} ${key.id}`;
    const entry = byKey.get(text) ?? { key, positions: [] };
    entry.positions.push(i);
    byKey.set(text, entry);
  }
  const entries = [...byKey.values()];
  const outcomes: Outcome[] = [];
  const written = await update(
    collection,
    entries.map(({ key }) => key),
    (current, index) => {
      const { key, positions } = entries[index] as (typeof entries)[number];
      let record = current;
      for (const i of positions) {
        const filed = file(record, arrivals[i] as Arrival<R>, key.id);
        outcomes[i] = filed.outcome;
        record = filed.record ?? record;
      }
      return record === current ? null : record;
    },
  );
  for (const [index, { positions }] of entries.entries()) if (written[index] === 'erased') for (const i of positions) outcomes[i] = ERASED;
  return { outcomes, keys: entries.map(({ key }) => key) };
}

/** Notes that the CRM knows the owners, as soon as anything of theirs is recorded. */
async function knowOwners(
  profiles: Collection<ProfileRecord>,
  arrivals: readonly Arrival<{ readonly source: string }>[],
  now: number,
): Promise<void> {
  const stubs = new Map(arrivals.map(({ owner, record }) => [`${owner} ${record.source}`, emptyProfile(owner, record.source, now)]));
  const missing = [...stubs.values()];
  const stored = await profiles.getMany(missing);
  const fresh = missing.filter((_, i) => !stored[i]);
  if (fresh.length > 0) await profiles.insertOnce(fresh);
}

/** What sources state of people. */
function profileIntake({ store, directory, clock }: SubgraphDeps): Intake<ProfileRow> {
  const profiles = store.collection(profileSpec);
  return {
    kind: 'profile',
    description: 'What a source states of one person: name, contact points, address, preferences, anything else.',
    fields: profileFields,
    ownership: 'customer',
    read: readProfile,
    happenedAt: ({ updatedAt }) => updatedAt,
    async store(arrivals) {
      const now = clock();
      const { outcomes, keys } = await fileAll(
        profiles,
        arrivals,
        ({ record }) => record.source,
        (current, { owner, record, origin }) => fileProfile(current, owner, record, origin, now),
      );
      // Also for what was there: a crash may have come between the profile and its words.
      const stored = await profiles.getMany(keys);
      await directory.describe(stored.flatMap((profile) => (profile ? [descriptionOf(profile)] : [])));
      return outcomes;
    },
  };
}

/** Contacts with people. */
function interactionIntake({ store, clock }: SubgraphDeps): Intake<InteractionRow> {
  const interactions = store.collection(interactionSpec);
  const profiles = store.collection(profileSpec);
  return {
    kind: 'interaction',
    description: 'One contact with a customer: a call, a chat, an e-mail, a visit.',
    fields: interactionFields,
    ownership: 'customer',
    read: readInteraction,
    contentOf: interactionContent,
    happenedAt: ({ startedAt }) => startedAt,
    async store(arrivals) {
      await knowOwners(profiles, arrivals, clock());
      const { outcomes } = await fileAll(
        interactions,
        arrivals,
        ({ record, occurrence }) => recordId(record.source, record.number, interactionContent(record), occurrence),
        (current, { owner, record, origin }, id) => fileInteraction(current, owner, id, record, origin),
      );
      return outcomes;
    },
  };
}

/** Complaints, returns and other matters. */
function caseIntake({ store, clock }: SubgraphDeps): Intake<CaseRow> {
  const cases = store.collection(caseSpec);
  const profiles = store.collection(profileSpec);
  return {
    kind: 'case',
    description: 'One matter that was taken up with a customer.',
    fields: caseFields,
    ownership: 'customer',
    read: readCase,
    referenceOf: caseReference,
    happenedAt: ({ openedAt }) => openedAt,
    async store(arrivals) {
      await knowOwners(profiles, arrivals, clock());
      const { outcomes } = await fileAll(
        cases,
        arrivals,
        ({ record }) => recordId(record.source, record.number, null, 1),
        (current, { owner, record, origin }, id) => fileCase(current, owner, id, record, origin),
      );
      return outcomes;
    },
  };
}

export function intakes(deps: SubgraphDeps): readonly Intake[] {
  return [profileIntake(deps) as Intake, interactionIntake(deps) as Intake, caseIntake(deps) as Intake];
}
