import type { Db } from 'mongodb';
import { openClient, releaseClient } from './mongo-client.ts';
import type { Stored } from './mongo-layout.ts';
import { type Ledger, mongoLedger } from './mongo-ledger.ts';
import { openLayout } from './mongo-migrations.ts';
import type { Reading } from './mongo-query.ts';
import { mongoReads } from './mongo-reads.ts';
import { tombstones } from './mongo-tombstones.ts';
import { type InSteps, mongoWrites } from './mongo-writes.ts';
import type { AnySpec, Collection, Doc, Spec, Store } from './port.ts';

/**
 * A store in a MongoDB database (replica set or sharded cluster), with collections and indexes as `specs` describe. Rejects with an
 * OperatorError, which does not hold the URI's password, when it can't be reached or was written by a newer version.
 */
export async function mongoStore({ uri, database, specs }: { uri: string; database: string; specs: readonly AnySpec[] }): Promise<Store> {
  const client = await openClient(uri);
  const db = client.db(database);
  try {
    await openLayout(db, specs);
  } catch (error) {
    await releaseClient(uri);
    throw error;
  }
  const inSteps: InSteps = (steps) => client.withSession({ causalConsistency: true }, (session) => steps(session));
  return storeOver(db, specs, inSteps, () => releaseClient(uri));
}

function storeOver(db: Db, specs: readonly AnySpec[], inSteps: InSteps, release: () => Promise<void>): Store {
  const erased = tombstones(db);
  const documents = (name: string) => db.collection<Stored>(name);
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const ledgers = new Map<string, Ledger>();
  for (const spec of specs) {
    const entries = spec.ledger && byName.get(spec.ledger.entries);
    if (entries) ledgers.set(spec.name, mongoLedger(documents(spec.name), documents(entries.name), spec, entries, erased, inSteps));
  }

  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const whileOpen = async <R>(work: () => Promise<R>): Promise<R> => {
    if (closing) throw new Error('The store is closed.');
    const promise = work();
    underWay.add(promise);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  };

  function open<T extends Doc>(spec: Spec<T>): Collection<T> {
    const own = ledgers.get(spec.name);
    // The balances whose entries this collection holds.
    const filing = specs.flatMap(({ name, ledger }) => (ledger?.entries === spec.name ? (ledgers.get(name) ?? []) : []));
    const reading: Reading = (owners, read) =>
      whileOpen(async () => {
        await Promise.all(filing.map((ledger) => ledger.settleOwners(owners)));
        return await read();
      });
    const settle: Ledger['settle'] = async (key, session) => (await own?.settle(key, session)) ?? false;
    const writes = mongoWrites(documents(spec.name), spec, erased, inSteps, settle);
    return {
      ...mongoReads(documents(spec.name), spec, reading),
      insertOnce: (docs) => whileOpen(() => writes.insertOnce(docs)),
      putMany: (docs) => whileOpen(() => writes.putMany(docs)),
      adjust: (key, adjustment) =>
        whileOpen(async () => {
          if (!own) throw new TypeError(`Collection "${spec.name}" is not a ledger's balance.`);
          return await own.adjust(key, adjustment);
        }),
    };
  }

  /** The tombstone first: who writes for the owner from here on sees it, or what they wrote is deleted here (see `unlessErased`). */
  const erase = (owner: string) =>
    inSteps(async (session) => {
      await erased.add(owner, session);
      const counts: Record<string, number> = {};
      // Every collection of the database, also those that this process was not told of.
      const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
      for (const name of names.filter((name) => !name.startsWith('_') && !name.startsWith('system.')).sort()) {
        counts[name] = (await documents(name).deleteMany({ owner }, { session })).deletedCount;
      }
      return counts;
    });

  return {
    collection: (spec) => {
      if (!byName.has(spec.name)) throw new TypeError(`The store was opened without a collection "${spec.name}".`);
      return open(spec);
    },
    erase: (owner) => whileOpen(() => erase(owner)),
    close: () => {
      closing ??= Promise.allSettled([...underWay]).then(release);
      return closing;
    },
  };
}
