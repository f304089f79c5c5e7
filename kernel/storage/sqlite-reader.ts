import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Connection, isBusy } from './sqlite-driver.ts';

/** A batch of reads lets other work of the event loop through when it has taken this long. */
const TURN_MS = 8;
/** How long a read waits for a file that another process is repairing. */
const LOCK_TIMEOUT_MS = 5_000;

/** The main thread's connection to a store file. It reads only, and never waits for a lock. */
export class Reader {
  readonly #connection: Connection;
  #closed = false;

  constructor(file: string) {
    this.#connection = new Connection(file);
    this.#connection.exec('PRAGMA query_only = ON; PRAGMA cache_size = -32000');
  }

  get connection(): Connection {
    if (this.#closed) throw new Error('The store is closed.');
    return this.#connection;
  }

  /** The answers to `keys`, in their order; after each the event loop may have its turn. */
  async each<K, A>(keys: readonly K[], read: (connection: Connection, key: K) => A): Promise<A[]> {
    const answers: A[] = [];
    let turn = performance.now();
    for (const key of keys) {
      const answer = this.#patiently(key, read);
      answers.push(answer instanceof Promise ? await answer : answer);
      if (answers.length < keys.length && performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
    }
    return answers;
  }

  /** One answer. */
  async one<A>(read: (connection: Connection) => A): Promise<A> {
    return this.#patiently(undefined, read);
  }

  // In WAL mode a reader meets a lock only while another process opens, closes or repairs the file: a moment, spent
  // away from the event loop.
  #patiently<K, A>(key: K, read: (connection: Connection, key: K) => A): A | Promise<A> {
    try {
      return read(this.connection, key);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return this.#again(key, read);
    }
  }

  async #again<K, A>(key: K, read: (connection: Connection, key: K) => A): Promise<A> {
    const deadline = performance.now() + LOCK_TIMEOUT_MS;
    for (;;) {
      await sleep(1);
      try {
        return read(this.connection, key);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
      }
    }
  }

  close(): void {
    if (!this.#closed) this.#connection.close();
    this.#closed = true;
  }
}
