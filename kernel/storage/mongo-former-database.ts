import type { ClientSession, Db } from 'mongodb';
import { fromStored, type Stored, toStored } from './mongo-layout.ts';
import { type Tombstones, tombstones } from './mongo-tombstones.ts';
import { fileOnce } from './mongo-writes.ts';
import { type FormerStore, moveCollections, type NewStore } from './moving.ts';
import type { AnySpec, Doc } from './port.ts';

const CHUNK = 500;

/** Moves collections from the database of another store to `to`, in steps of one session. */
export async function moveFromDatabase(from: Db, specs: readonly AnySpec[], to: Db, session: ClientSession): Promise<void> {
  await moveCollections(specs, formerDatabase(from, session), newStore(to, session));
}

/**
 * The database as the store in which collections lay before. Documents are taken away one by one, and only those that are as they were
 * received: what a process of an earlier version writes meanwhile stays, and is moved when the store is opened next. For the same reason
 * collections stay that are empty: MongoDB has no command that takes away one only if it is empty.
 */
function formerDatabase(db: Db, session: ClientSession): FormerStore {
  const documentsOf = ({ name }: AnySpec) => db.collection<Stored>(name);
  return {
    async left(specs) {
      const found = await Promise.all(specs.map((spec) => documentsOf(spec).findOne({}, { projection: { _id: 1 } })));
      return specs.filter((_, index) => found[index] !== null);
    },
    freeze: async () => {},
    async *erased() {
      const erased = tombstones(db);
      for (let after: string | undefined = ''; after !== undefined; ) {
        const owners: readonly string[] = await erased.page(after, CHUNK, session);
        if (owners.length > 0) yield owners;
        after = owners.at(-1);
      }
    },
    async *documents(spec) {
      for (let after = ''; ; ) {
        const found: readonly Stored[] = await documentsOf(spec)
          .find({ _id: { $gt: after } }, { session })
          .sort({ _id: 1 })
          .limit(CHUNK)
          .toArray();
        const last = found.at(-1);
        if (!last) return;
        yield found.map((stored) => fromStored<Doc>(stored));
        after = last._id;
      }
    },
    async received(spec, documents) {
      const deletions = documents.map((document) => {
        const { _id, owner, version } = toStored(spec, document, document.version);
        return { deleteOne: { filter: { _id, owner, version } } };
      });
      await documentsOf(spec).bulkWrite(deletions, { ordered: false, session });
    },
    finish: async () => {},
  };
}

function newStore(db: Db, session: ClientSession): NewStore {
  const erased: Tombstones = tombstones(db);
  return {
    bury: (owners) => erased.bury(owners, session),
    async receive(spec, documents) {
      const collection = db.collection<Stored>(spec.name);
      const stored = documents.map((document) => toStored(spec, document, document.version));
      const outcomes = await fileOnce(collection, erased, stored, session);
      const replacements = stored.flatMap(({ _id, ...fields }, index) =>
        outcomes[index] === 'duplicate'
          ? [{ replaceOne: { filter: { _id, owner: fields.owner, version: { $lt: fields.version } }, replacement: fields } }]
          : [],
      );
      if (replacements.length > 0) await collection.bulkWrite(replacements, { ordered: false, session });
    },
  };
}
