import type { ClientSession, Db } from 'mongodb';

/** The owners that were erased from one store. */
export interface Tombstones {
  /** Those of `owners` that were erased. */
  among(owners: readonly string[], session: ClientSession): Promise<ReadonlySet<string>>;
  add(owner: string, session: ClientSession): Promise<void>;
}

/** Kept in a collection of their own, one document per erased owner, `_id` its name. */
export function tombstones(db: Db): Tombstones {
  const collection = db.collection<{ _id: string }>('_erased');
  return {
    among: async (owners, session) => {
      const found = await collection.find({ _id: { $in: [...new Set(owners)] } }, { session, projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    add: async (owner, session) => {
      await collection.updateOne({ _id: owner }, { $currentDate: { erasedAt: true } }, { upsert: true, session });
    },
  };
}
