import type { StorageConfig } from '../../kernel/storage/open.ts';
import { WriterClient } from '../../kernel/storage/sqlite-writer-client.ts';
import { openFresh } from './storage-moving.ts';

/** Opens the store to which collections move, and is killed when so many writes were carried out. */
interface Job {
  readonly storage: StorageConfig;
  readonly count: number;
}

const { storage, count } = JSON.parse(process.argv[2] ?? '') as Job;
let done = 0;
const call = WriterClient.prototype.call;
WriterClient.prototype.call = async function (this: WriterClient, kind, argument) {
  const answer = await call.call(this, kind, argument);
  done += 1;
  if (done === count) process.kill(process.pid, 'SIGKILL');
  return answer as never;
};
await openFresh(storage);
