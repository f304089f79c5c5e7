import type { ClientSession, Db } from 'mongodb';
import type { Stored } from './mongo-layout.ts';

/** A writer that was under way when an owner was erased has certainly ended after this long. */
const SWEEP_MS = 24 * 60 * 60 * 1000;

const CHUNK = 500;

interface Tombstone {
  /** The owner. */
  readonly _id: string;
  readonly erasedAt?: Date;
  /** Present while a writer that died may still have left something behind. */
  readonly sweep?: true;
}

/** The owners that were erased from one store. */
export interface Tombstones {
  /** Those of `owners` that were erased. */
  among(owners: readonly string[], session: ClientSession): Promise<ReadonlySet<string>>;
  /** Leaves a tombstone, then deletes everything of the owner. Gives the number of documents deleted per collection. */
  erase(owner: string, session: ClientSession): Promise<Record<string, number>>;
  /** Erased owners in order, after one of them, or after '' from the first. */
  page(after: string, most: number, session: ClientSession): Promise<readonly string[]>;
  /** Leaves tombstones for owners of whom nothing is stored. */
  bury(owners: readonly string[], session: ClientSession): Promise<void>;
  /** Deletes what writers left that died between writing for an owner and seeing the tombstone. Run when a store is opened. */
  sweep(session: ClientSession): Promise<void>;
}

/** Kept in a collection of their own, one document per erased owner. */
export function tombstones(db: Db): Tombstones {
  const collection = db.collection<Tombstone>('_erased');

  async function deleteOwners(owners: readonly string[], session: ClientSession): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    // Every collection of the database, also those that this process was not told of.
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    for (const name of names.filter((name) => !name.startsWith('_') && !name.startsWith('system.')).sort()) {
      const { deletedCount } = await db.collection<Stored>(name).deleteMany({ owner: { $in: [...owners] } }, { session });
      counts[name] = deletedCount;
    }
    return counts;
  }

  return {
    among: async (owners, session) => {
      const found = await collection.find({ _id: { $in: [...new Set(owners)] } }, { session, projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    erase: async (owner, session) => {
      // First, so that who writes for the owner from here on sees it, or what they wrote is deleted here (see `unlessErased`).
      await collection.updateOne({ _id: owner }, { $currentDate: { erasedAt: true }, $set: { sweep: true } }, { upsert: true, session });
      return await deleteOwners([owner], session);
    },
    page: async (after, most, session) => {
      const found = await collection
        .find({ _id: { $gt: after } }, { session, projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(most)
        .toArray();
      return found.map(({ _id }) => _id);
    },
    bury: async (owners, session) => {
      const erasedAt = new Date();
      const tombs = owners.map((owner) => ({
        updateOne: { filter: { _id: owner }, update: { $setOnInsert: { erasedAt } }, upsert: true },
      }));
      await collection.bulkWrite(tombs, { ordered: false, session });
    },
    sweep: async (session) => {
      await collection.createIndex({ sweep: 1 }, { name: 'sweep', sparse: true });
      const owners = (await collection.find({ sweep: true }, { session, projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
      for (let from = 0; from < owners.length; from += CHUNK) {
        const some = owners.slice(from, from + CHUNK);
        await deleteOwners(some, session);
        const settled = { _id: { $in: some }, erasedAt: { $lt: new Date(Date.now() - SWEEP_MS) } };
        await collection.updateMany(settled, { $unset: { sweep: '' } }, { session });
      }
    },
  };
}
