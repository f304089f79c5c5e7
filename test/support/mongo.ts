import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';

/** The server that tests of the MongoDB adapter run against; they are skipped without one. */
export const MONGODB_URI: string | undefined = process.env.MONGODB_URI || undefined;

/** What the names of one test's databases begin with: MongoDB allows 63 bytes, and tests run side by side. */
export function uniquePrefix(): string {
  return `c360test_${randomUUID().replaceAll('-', '').slice(0, 16)}_`;
}

/** Runs `use` with a client of the driver itself, to look at what the adapter stored. */
export async function withClient<R>(uri: string, use: (client: MongoClient) => Promise<R>): Promise<R> {
  const client = new MongoClient(uri, { writeConcern: { w: 'majority' }, serverSelectionTimeoutMS: 5_000 });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

export async function dropDatabases(uri: string, prefix: string): Promise<void> {
  await withClient(uri, async (client) => {
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true });
    for (const { name } of databases) if (name.startsWith(prefix)) await client.db(name).dropDatabase();
  });
}
