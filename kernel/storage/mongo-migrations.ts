import type { AnyBulkWriteOperation, Db } from 'mongodb';
import { OperatorError } from '../errors.ts';
import { fromStored, type Stored } from './mongo-layout.ts';
import { indexedTerms } from './mongo-terms.ts';
import type { AnySpec } from './port.ts';
import { TERMS_VERSION } from './search-terms.ts';

/** Raised when documents are laid out in another way, with a step here that brings older ones to it. */
const LAYOUT = 1;

/** How many documents are indexed anew by one command. */
const CHUNK = 500;

/** The layout of the database (`_id` layout) and of each collection (`_id` its name). */
interface Layout {
  readonly _id: string;
  readonly version?: number;
  /** The version of the terms under which a collection's documents are filed. */
  readonly terms?: string;
}

/**
 * Makes the database fit the specs: refuses a newer layout (OperatorError), creates missing collections and indexes, indexes documents
 * anew whose terms changed. Several processes may do this at once, each step ends the same whoever does it.
 */
export async function openLayout(db: Db, specs: readonly AnySpec[]): Promise<void> {
  for (const spec of specs) checkSpec(spec, specs);
  const layouts = db.collection<Layout>('_layout');
  await layouts.updateOne({ _id: 'layout' }, { $setOnInsert: { version: LAYOUT } }, { upsert: true });
  const version = (await layouts.findOne({ _id: 'layout' }))?.version ?? LAYOUT;
  if (version > LAYOUT) {
    throw new OperatorError('The store can not be opened.', [
      `MongoDB database ${db.databaseName} has layout ${version}; this version reads up to ${LAYOUT}. Start the version that wrote it, or a newer one.`,
    ]);
  }
  await Promise.all(
    specs.map(async (spec) => {
      await createIndexes(db, spec);
      const terms = spec.terms ? `${TERMS_VERSION}.${spec.termsVersion ?? 0}` : 'none';
      if ((await layouts.findOne({ _id: spec.name }))?.terms === terms) return;
      await reindex(db, spec);
      await layouts.updateOne({ _id: spec.name }, { $set: { terms } }, { upsert: true });
    }),
  );
}

/** Throws a TypeError where a spec can't be laid out. */
function checkSpec({ name, ledger }: AnySpec, specs: readonly AnySpec[]): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) throw new TypeError(`"${name}" is not a collection's name.`);
  if (ledger && !specs.some((spec) => spec.name === ledger.entries))
    throw new TypeError(`Collection "${name}" names entries "${ledger.entries}", which the store does not have.`);
}

async function createIndexes(db: Db, spec: AnySpec): Promise<void> {
  await db.collection(spec.name).createIndexes([
    // Ascending serves scan; read backwards it serves latest.
    { key: { owner: 1, [spec.at]: 1, id: 1 }, name: `owner_${spec.at}_id` },
    ...(spec.terms ? [{ key: { _terms: 1, owner: 1, id: 1 }, name: 'terms_owner_id' } as const] : []),
    ...(spec.ledger
      ? [
          { key: { '_pending._id': 1 }, name: 'pending', sparse: true } as const,
          { key: { '_pending.owner': 1 }, name: 'pending_owner', sparse: true } as const,
        ]
      : []),
  ]);
}

/** Derives the terms of every document anew, unless it was written since it was read: then its writer knew the new ones. */
async function reindex(db: Db, spec: AnySpec): Promise<void> {
  const documents = db.collection<Stored>(spec.name);
  for (let after = ''; ; ) {
    const found = await documents
      .find({ _id: { $gt: after } })
      .sort({ _id: 1 })
      .limit(CHUNK)
      .toArray();
    const last = found.at(-1);
    if (!last) return;
    const updates = found.map((stored): AnyBulkWriteOperation<Stored> => {
      const filter = { _id: stored._id, owner: stored.owner, version: stored.version };
      const change = spec.terms ? { $set: { _terms: indexedTerms(spec, fromStored(stored)) } } : { $unset: { _terms: '' } };
      return { updateOne: { filter, update: change as object } };
    });
    await documents.bulkWrite(updates, { ordered: false });
    after = last._id;
  }
}
