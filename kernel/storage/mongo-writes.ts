import { type ClientSession, type Collection as Documents, MongoBulkWriteError } from 'mongodb';
import { type Stored, toStored } from './mongo-layout.ts';
import type { Tombstones } from './mongo-tombstones.ts';
import type { Collection, Doc, InsertOutcome, Key, Spec, WriteOutcome } from './port.ts';

type Writes<T extends Doc> = Pick<Collection<T>, 'insertOnce' | 'putMany'>;

/**
 * Runs steps that build on each other. Causally consistent: each sees what those before it saw, also when another server
 * has been elected in between.
 */
export type InSteps = <R>(steps: (session: ClientSession) => Promise<R>) => Promise<R>;

const KEY_EXISTS = 11_000;

/** Whether each document was stored; false where its key exists. */
async function insertNew(documents: Documents<Stored>, stored: readonly Stored[], session: ClientSession): Promise<readonly boolean[]> {
  if (stored.length === 0) return [];
  try {
    await documents.insertMany([...stored], { ordered: false, session });
    return stored.map(() => true);
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError)) throw error;
    const refused = [error.writeErrors].flat();
    if (refused.length === 0 || refused.some(({ code }) => code !== KEY_EXISTS) || error.result.getWriteConcernError()) throw error;
    const taken = new Set(refused.map(({ index }) => index));
    return stored.map((_, index) => !taken.has(index));
  }
}

/**
 * Writes documents of owners that are not erased, and takes back what was written while its owner was being erased: the eraser
 * leaves its tombstone first and deletes then, so either it deletes what is written here, or the tombstone is seen here.
 * `write` says per document whether it was written. One outcome per document in input order: written, refused or erased.
 */
async function unlessErased(
  documents: Documents<Stored>,
  tombstones: Tombstones,
  stored: readonly Stored[],
  session: ClientSession,
  write: (stored: readonly Stored[]) => Promise<readonly boolean[]>,
): Promise<readonly (boolean | 'erased')[]> {
  if (stored.length === 0) return [];
  const owners = stored.map(({ owner }) => owner);
  const before = await tombstones.among(owners, session);
  const living = stored.filter(({ owner }) => !before.has(owner));
  const written = new Map((await write(living)).map((done, index) => [living[index], done]));
  const after = await tombstones.among(owners, session);
  const revived = living.filter((document) => after.has(document.owner));
  if (revived.length > 0) {
    const filter = { _id: { $in: revived.map(({ _id }) => _id) }, owner: { $in: revived.map(({ owner }) => owner) } };
    await documents.deleteMany(filter, { session });
  }
  return stored.map((document) => (after.has(document.owner) ? 'erased' : (written.get(document) ?? false)));
}

/** Files documents unless their key exists; one outcome per document in input order. Keys must differ. */
export async function fileOnce(
  documents: Documents<Stored>,
  tombstones: Tombstones,
  stored: readonly Stored[],
  session: ClientSession,
): Promise<readonly InsertOutcome[]> {
  const outcomes = await unlessErased(documents, tombstones, stored, session, (living) => insertNew(documents, living, session));
  return outcomes.map((outcome) => (outcome === 'erased' ? 'erased' : outcome ? 'inserted' : 'duplicate'));
}

/** Splits documents so that no part holds a key twice, and equal keys keep their order. */
function roundsOf(stored: readonly Stored[]): readonly (readonly Stored[])[] {
  const seen = new Map<string, number>();
  const rounds: Stored[][] = [];
  for (const document of stored) {
    const round = seen.get(document._id) ?? 0;
    seen.set(document._id, round + 1);
    rounds[round] ??= [];
    rounds[round]?.push(document);
  }
  return rounds;
}

/** Runs `write` for documents of different keys at a time, so that equal keys of one call take their turns. */
async function inRounds<O>(stored: readonly Stored[], write: (round: readonly Stored[]) => Promise<readonly O[]>): Promise<readonly O[]> {
  const outcomes = new Map<Stored, O>();
  for (const round of roundsOf(stored))
    for (const [index, outcome] of (await write(round)).entries()) outcomes.set(round[index] as Stored, outcome);
  return stored.map((document) => outcomes.get(document) as O);
}

/** What a collection takes in. `settle` files what a balance still holds, before the balance is replaced (mongo-ledger.ts). */
export function mongoWrites<T extends Doc>(
  documents: Documents<Stored>,
  spec: Spec<T>,
  tombstones: Tombstones,
  inSteps: InSteps,
  settle: (key: Key, session: ClientSession) => Promise<boolean>,
): Writes<T> {
  /** A guarded replacement, one by one: a bulk write says how many matched, and not which. Gives whether it was written. */
  async function replace(next: Stored, session: ClientSession): Promise<boolean> {
    const guard = { _id: next._id, owner: next.owner, version: next.version - 1, ...(spec.ledger && { '_pending.0': { $exists: false } }) };
    const { _id, ...fields } = next;
    const { matchedCount } = await documents.replaceOne(guard, fields, { session });
    if (matchedCount === 1) return true;
    // Settling takes away what may have kept the guard from matching, so this ends.
    return spec.ledger !== undefined && (await settle(next, session)) && (await replace(next, session));
  }

  /** Replacements run side by side, each in a session of its own, because a session runs one operation at a time. */
  async function replaceAll(known: readonly Stored[], session: ClientSession): Promise<readonly boolean[]> {
    return await Promise.all(
      known.map((next) =>
        inSteps(async (own) => {
          const done = await replace(next, own);
          if (own.operationTime) session.advanceOperationTime(own.operationTime);
          return done;
        }),
      ),
    );
  }

  async function put(round: readonly Stored[], session: ClientSession): Promise<readonly WriteOutcome[]> {
    const outcomes = await unlessErased(documents, tombstones, round, session, async (living) => {
      const fresh = living.filter(({ version }) => version === 1);
      const known = living.filter(({ version }) => version > 1);
      const done = new Map<Stored, boolean | undefined>();
      for (const [index, written] of (await insertNew(documents, fresh, session)).entries()) done.set(fresh[index] as Stored, written);
      for (const [index, written] of (await replaceAll(known, session)).entries()) done.set(known[index] as Stored, written);
      return living.map((document) => done.get(document) ?? false);
    });
    return outcomes.map((outcome) => (outcome === 'erased' ? 'erased' : outcome ? 'ok' : 'conflict'));
  }

  return {
    insertOnce: async (docs) =>
      await inRounds(
        docs.map((doc) => toStored(spec, doc, 1)),
        (round) => inSteps((session) => fileOnce(documents, tombstones, round, session)),
      ),
    putMany: async (docs) =>
      await inRounds(
        docs.map((doc) => toStored(spec, doc, doc.version + 1)),
        (round) => inSteps((session) => put(round, session)),
      ),
  };
}
