import type { StorageConfig } from '../../kernel/storage/open.ts';
import type { Key } from '../../kernel/storage/port.ts';
import { ACCOUNTS, openContractStore } from './storage-fixtures.ts';

/** One of several processes that redeem from the same balance. Prints the status of every request, a JSON list. */
interface Job {
  readonly storage: StorageConfig;
  readonly key: Key;
  readonly by: number;
  /** Requests `from` to `from + count - 1`, all of them at once, then again, `repeats` times in all. */
  readonly from: number;
  readonly count: number;
  readonly repeats: number;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const store = await openContractStore(job.storage);
const accounts = store.collection(ACCOUNTS);
const statuses: string[] = [];
for (let repeat = 0; repeat < job.repeats; repeat++) {
  const requests = Array.from({ length: job.count }, (_, i) => ({
    owner: job.key.owner,
    id: `redeem-${job.from + i}`,
    version: 0,
    at: 1,
    points: job.by,
  }));
  const results = await Promise.all(requests.map((entry) => accounts.adjust(job.key, { by: job.by, min: 0, entry })));
  statuses.push(...results.map(({ status }) => status));
}
await store.close();
process.stdout.write(JSON.stringify(statuses));
