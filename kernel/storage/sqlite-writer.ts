import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { Connection, fileProblem, isBusy } from './sqlite-driver.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import { layOut, migrate, UnusableFile } from './sqlite-migrations.ts';
import { type Operations, type Steps, WriteOperations } from './sqlite-operations.ts';

/**
 * The writer thread of one store file. Operations that are waiting when it is free share one transaction and one
 * commit, which is when they are acknowledged. A transaction is committed after HOLD_MS at the latest and what is
 * unfinished goes on in the next, so that other processes come to write as well.
 */

export interface WriterData {
  readonly file: string;
  readonly plans: readonly CollectionPlan[];
  /** Whether collections are laid out as planned. If not, a layout that another process has changed since is found at the first write, which fails. */
  readonly layOut: boolean;
}

export interface Request {
  readonly call: number;
  readonly kind: keyof Operations;
  readonly argument: Operations[keyof Operations]['argument'];
}

/** `ready` comes once, first: with the collections to index anew, or why the file can't be opened. */
export type Message =
  | { readonly kind: 'ready'; readonly outdated: readonly string[] }
  | { readonly kind: 'refused'; readonly problem: string; readonly unusable: boolean }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] };

export interface Answer {
  readonly call: number;
  readonly answer?: unknown;
  /** Why the call failed; absent when it did not. */
  readonly error?: string;
  /** Whether that is for an operator to mend: then it is to be read after the name of the file. */
  readonly operator?: boolean;
}

interface Task {
  readonly call: number;
  readonly steps: Steps<unknown>;
}

/** How long a transaction may keep other processes from writing. */
const HOLD_MS = 20;
/** After so long without a pause, the lock is left free for LEAVE_MS, in which others, looking every LOOK_MS, find it free. */
const LEAVE_MS = 1;
const LOOK_MS = 0.3;
/** How long a call waits for other processes before it fails. */
const LOCK_TIMEOUT_MS = 30_000;

const sleepCell = new Int32Array(new SharedArrayBuffer(4));
function sleepMs(ms: number): void {
  Atomics.wait(sleepCell, 0, 0, ms);
}

class Writer {
  readonly #port: MessagePort;
  readonly #connection: Connection;
  readonly #operations: WriteOperations;
  readonly #queue: Task[] = [];
  #busySince = 0;
  #idleSince = 0;

  constructor(port: MessagePort, connection: Connection, plans: readonly CollectionPlan[]) {
    this.#port = port;
    this.#connection = connection;
    this.#operations = new WriteOperations(connection, plans);
  }

  /** Works until nothing is waiting. */
  work(first: Request): void {
    // a pause too short for others to notice is none
    if (performance.now() - this.#idleSince > LEAVE_MS) this.#busySince = performance.now();
    this.#enqueue(first);
    while (this.#queue.length > 0) {
      if (performance.now() - this.#busySince > HOLD_MS) {
        sleepMs(LEAVE_MS);
        this.#busySince = performance.now();
      }
      this.#receive();
      const answers = this.#transaction();
      if (answers.length > 0) this.#port.postMessage({ kind: 'answers', answers } satisfies Message);
    }
    this.#idleSince = performance.now();
  }

  #receive(): void {
    for (let received = receiveMessageOnPort(this.#port); received; received = receiveMessageOnPort(this.#port))
      this.#enqueue(received.message);
  }

  #enqueue({ call, kind, argument }: Request): void {
    this.#queue.push({ call, steps: this.#operations.start(kind, argument) });
  }

  /** One transaction over what is waiting; the answers to what was finished in it, which is durable when this returns. */
  #transaction(): Answer[] {
    const answers: Answer[] = [];
    const touched: Task[] = [];
    const unfinished: Task[] = [];
    try {
      begin(this.#connection);
      this.#operations.refresh();
      const deadline = performance.now() + HOLD_MS;
      do {
        const task = this.#queue.shift();
        if (!task) break;
        touched.push(task);
        const answer = this.#advance(task, deadline);
        if (answer) answers.push(answer);
        else unfinished.push(task);
        if (this.#queue.length === 0) this.#receive();
      } while (performance.now() < deadline);
      this.#connection.exec('COMMIT');
      this.#queue.push(...unfinished);
      return answers;
    } catch (error) {
      this.#operations.reload();
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
      // nothing of this transaction was stored, and everybody in it has to know; if it never began, everybody waiting
      if (touched.length === 0) touched.push(...this.#queue.splice(0));
      return touched.map(({ call }) => ({ call, ...failure(error) }));
    }
  }

  /** Runs the task to its end or the deadline. A failure undoes what the task did in this transaction and nothing else. */
  #advance(task: Task, deadline: number): Answer | null {
    this.#connection.exec('SAVEPOINT task');
    try {
      for (;;) {
        const step = task.steps.next();
        if (step.done) {
          this.#connection.exec('RELEASE task');
          return { call: task.call, answer: step.value };
        }
        if (performance.now() >= deadline) {
          this.#connection.exec('RELEASE task');
          return null;
        }
      }
    } catch (error) {
      // some failures, such as a full disk, have ended the transaction
      if (!this.#connection.inTransaction) throw error;
      this.#connection.exec('ROLLBACK TO task; RELEASE task');
      this.#operations.reload();
      return { call: task.call, ...failure(error) };
    }
  }
}

/** Begins a write transaction, waiting for whoever holds the lock. */
function begin(connection: Connection): void {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    try {
      connection.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() > deadline) throw new Error('Another process has held the store for 30 s.', { cause: error });
      sleepMs(LOOK_MS);
    }
  }
}

function failure(error: unknown): { error: string; operator?: true } {
  const problem = fileProblem(error);
  return problem === null ? { error: describe(error) } : { error: problem, operator: true };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function laidOut(connection: Connection, plans: readonly CollectionPlan[]): string[] {
  begin(connection);
  const outdated = layOut(connection, plans);
  connection.exec('COMMIT');
  return outdated;
}

async function open(port: MessagePort, { file, plans, layOut: wanted }: WriterData): Promise<void> {
  const connection = new Connection(file);
  await migrate(connection, file);
  // FULL: a commit returns when the log is on the disk (fullfsync: in the disk's own memory is not enough, where the system can tell)
  connection.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA secure_delete = ON');
  connection.exec('PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32000');
  const outdated = wanted ? laidOut(connection, plans) : [];
  const writer = new Writer(port, connection, plans);
  port.on('message', (message: Request | 'close') => {
    if (message !== 'close') return writer.work(message);
    connection.close();
    port.close();
  });
  port.postMessage({ kind: 'ready', outdated } satisfies Message);
}

if (parentPort) {
  const port = parentPort;
  const data = workerData as WriterData;
  open(port, data).catch((error: unknown) => {
    const problem = fileProblem(error);
    port.postMessage({
      kind: 'refused',
      problem: problem === null ? describe(error) : `${data.file} ${problem}`,
      unusable: problem !== null || error instanceof UnusableFile,
    } satisfies Message);
    port.close();
  });
}
