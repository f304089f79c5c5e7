import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageContract } from './storage.ts';

storageContract({
  name: 'SQLite',
  place: async () => ({ kind: 'sqlite', dataDir: await mkdtemp(join(tmpdir(), 'c360-contract-')) }),
  remove: async (storage) => {
    if (storage.kind === 'sqlite') await rm(storage.dataDir, { recursive: true });
  },
});
