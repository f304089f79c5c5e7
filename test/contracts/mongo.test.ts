import { describe } from 'vitest';
import { dropDatabases, MONGODB_URI, uniquePrefix } from '../support/mongo.ts';
import { storageContract } from './storage.ts';

describe.skipIf(!MONGODB_URI)('over the wire (needs MONGODB_URI)', () => {
  storageContract({
    name: 'MongoDB',
    place: async () => ({ kind: 'mongo', uri: MONGODB_URI ?? '', prefix: uniquePrefix() }),
    remove: async (storage) => {
      if (storage.kind === 'mongo') await dropDatabases(storage.uri, storage.prefix ?? '');
    },
  });
});
