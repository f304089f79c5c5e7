import { MongoClient, type MongoClientOptions } from 'mongodb';
import { OperatorError } from '../errors.ts';

/**
 * What holds whatever the URI says. Acknowledged means that a majority of the replica set has the write in its journal, and
 * reads see only such writes, from the primary: an elected successor still has what a client was told.
 */
const PROMISES: MongoClientOptions = {
  appName: 'customer-360',
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 15_000 },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  ignoreUndefined: true,
};

/** Deadlines and pool sizes, each of which the URI may set otherwise. */
const DEFAULTS: MongoClientOptions = {
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 5_000,
  // Longer than any operation may take (wtimeoutMS, and maxTimeMS in mongo-query.ts), so that it ends only a connection that is dead.
  socketTimeoutMS: 30_000,
  waitQueueTimeoutMS: 10_000,
  maxPoolSize: 50,
};

interface Shared {
  readonly client: Promise<MongoClient>;
  users: number;
}

const shared = new Map<string, Shared>();

/** `mongodb://ada:secret@db1,db2/x?y` as `mongodb://db1,db2`: what may be shown and logged. */
function shownUri(uri: string): string {
  const [, scheme = 'mongodb', rest = ''] = /^([a-z+]+):\/\/(.*)$/s.exec(uri) ?? [];
  const [authority = ''] = rest.slice(rest.lastIndexOf('@') + 1).split(/[/?]/);
  return `${scheme}://${authority}`;
}

function unreachable(uri: string, cause: unknown): OperatorError {
  const reason = cause instanceof Error ? cause.name : 'unknown error';
  const error = new OperatorError(`MONGODB_URI: the store at ${shownUri(uri)} can't be opened (${reason}).`, [
    'Check host, port, user, password and TLS options of MONGODB_URI, and that a primary is elected.',
    'Unset MONGODB_URI to use the embedded store instead.',
  ]);
  // Not as `cause`, which loggers print: a driver's message may repeat the URI with its password.
  return error;
}

async function connect(uri: string): Promise<MongoClient> {
  try {
    const given = new Set([...new URLSearchParams(uri.split('?')[1] ?? '').keys()].map((name) => name.toLowerCase()));
    const defaults = Object.fromEntries(Object.entries(DEFAULTS).filter(([name]) => !given.has(name.toLowerCase())));
    const client = new MongoClient(uri, { ...defaults, ...PROMISES });
    try {
      await client.connect();
      await client.db('admin').command({ ping: 1 });
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  } catch (error) {
    throw unreachable(uri, error);
  }
}

/** A connected client, one per URI and process, because each keeps a pool and watches every server. */
export async function openClient(uri: string): Promise<MongoClient> {
  let entry = shared.get(uri);
  if (!entry) {
    entry = { client: connect(uri), users: 0 };
    shared.set(uri, entry);
  }
  entry.users += 1;
  try {
    return await entry.client;
  } catch (error) {
    if (shared.get(uri) === entry) shared.delete(uri);
    throw error;
  }
}

/** Gives the client back; the last user closes its connections. Once per `openClient`. */
export async function releaseClient(uri: string): Promise<void> {
  const entry = shared.get(uri);
  if (!entry) return;
  entry.users -= 1;
  if (entry.users > 0) return;
  shared.delete(uri);
  await (await entry.client).close();
}
