import type { Db } from 'mongodb';
import { openClient, releaseClient } from './mongo-client.ts';
import { moveFromDatabase } from './mongo-former-database.ts';
import type { Stored } from './mongo-layout.ts';
import { type Ledger, mongoLedger } from './mongo-ledger.ts';
import { openLayout } from './mongo-migrations.ts';
import type { Reading } from './mongo-query.ts';
import { mongoReads } from './mongo-reads.ts';
import { tombstones } from './mongo-tombstones.ts';
import { type InSteps, mongoWrites } from './mongo-writes.ts';
import { movedCollections } from './moving.ts';
import type { AnySpec, Collection, Doc, Spec, Store } from './port.ts';

interface MongoOptions {
  readonly uri: string;
  readonly database: string;
  readonly specs: readonly AnySpec[];
  /** The database of another store, from which collections are moved that lay there before. Absent: nothing is moved. */
  readonly formerDatabase?: (store: string) => string;
}

/**
 * A store in a MongoDB database (replica set or sharded cluster), with collections and indexes as `specs` describe. Rejects with an
 * OperatorError, which does not hold the URI's password, when it can't be reached or was written by a newer version.
 */
export async function mongoStore({ uri, database, specs, formerDatabase }: MongoOptions): Promise<Store> {
  const moved = movedCollections(specs);
  const client = await openClient(uri);
  const db = client.db(database);
  const inSteps: InSteps = (steps) => client.withSession({ causalConsistency: true }, (session) => steps(session));
  try {
    await openLayout(db, specs);
    await inSteps((session) => tombstones(db).sweep(session));
    if (formerDatabase)
      for (const [store, of] of moved) await inSteps((session) => moveFromDatabase(client.db(formerDatabase(store)), of, db, session));
  } catch (error) {
    await releaseClient(uri);
    throw error;
  }
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

  function open(spec: AnySpec): Collection<Doc> {
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

  const collections = new Map(specs.map((spec) => [spec.name, open(spec)]));
  return {
    collection<T extends Doc>(spec: Spec<T>): Collection<T> {
      const found = collections.get(spec.name);
      if (!found) throw new TypeError(`The store was opened without a collection "${spec.name}".`);
      return found as unknown as Collection<T>;
    },
    erase: (owner) => whileOpen(() => inSteps((session) => erased.erase(owner, session))),
    close: () => {
      closing ??= Promise.allSettled([...underWay]).then(release);
      return closing;
    },
  };
}
