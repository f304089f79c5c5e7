import type { StorageConfig } from '../../kernel/storage/open.ts';
import { ORDERS, openContractStore, order } from './storage-fixtures.ts';

/** Inserts documents one by one, several at a time, and prints the id of each on a line when it is acknowledged. */
interface Job {
  readonly storage: StorageConfig;
  readonly owner: string;
  readonly count: number;
  /** How many inserts are under way at a time. */
  readonly lanes: number;
  /** Whether every document has fields that none before had. */
  readonly newShapes: boolean;
  /** Whether to close the store at the end, or to leave it to the end of the process. */
  readonly close: boolean;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const store = await openContractStore(job.storage);
const orders = store.collection(ORDERS);
let next = 0;
const lane = async () => {
  while (next < job.count) {
    const i = next++;
    const note = job.newShapes ? { [`${job.owner}${i}`]: i, inner: [{ [`deep${i % 50}${job.owner}`]: i }] } : 'x'.repeat(i % 500);
    await orders.insertOnce([order(job.owner, `${i}`, i, { note })]);
    process.stdout.write(`${i}\n`);
  }
};
await Promise.all(Array.from({ length: job.lanes }, lane));
if (job.close) await store.close();
