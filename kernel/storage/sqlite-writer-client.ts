import { Worker } from 'node:worker_threads';
import { OperatorError } from '../errors.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import type { Operations } from './sqlite-operations.ts';
import type { Answer, Message, Request, WriterData } from './sqlite-writer.ts';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** What writes to a store file. */
export interface StoreWriter {
  /** Resolves when the operation is durable. Rejects when it failed, or when the writer has stopped. */
  call<K extends keyof Operations>(kind: K, argument: Operations[K]['argument']): Promise<Operations[K]['answer']>;
  /** Waits for what is pending. */
  close(): Promise<void>;
}

/** The main thread's end of a writer thread. The process may end while nothing is pending. */
export class WriterClient implements StoreWriter {
  readonly #worker: Worker;
  readonly #file: string;
  readonly #pending = new Map<number, Pending>();
  readonly #opened: Promise<readonly string[]>;
  readonly #exited: Promise<void>;
  #calls = 0;
  #drained: (() => void) | undefined;
  #gone: Error | undefined;
  #closing: Promise<void> | undefined;

  private constructor(worker: Worker, file: string) {
    this.#worker = worker;
    this.#file = file;
    let opened: { resolve(outdated: readonly string[]): void; reject(error: Error): void } | undefined;
    this.#opened = new Promise((resolve, reject) => {
      opened = { resolve, reject };
    });
    worker.on('message', (message: Message) => {
      if (message.kind === 'answers') this.#settle(message.answers);
      else if (message.kind === 'ready') opened?.resolve(message.outdated);
      else
        opened?.reject(
          message.unusable
            ? new OperatorError('The store can not be opened.', [message.problem])
            : new Error(`${file}: ${message.problem}`),
        );
    });
    worker.on('error', (error) => this.#fail(new Error(`The writer of ${file} has stopped.`, { cause: error })));
    this.#exited = new Promise((resolve) => {
      worker.on('exit', () => {
        this.#fail(new Error(`The writer of ${file} has stopped.`));
        opened?.reject(this.#gone ?? new Error());
        resolve();
      });
    });
  }

  /**
   * Starts the thread, which opens or creates the file and lays its collections out. Gives also the collections whose documents have to be
   * indexed anew. Throws an OperatorError where the file can't be used.
   */
  static start(file: string, plans: readonly CollectionPlan[]): Promise<{ writer: WriterClient; outdated: readonly string[] }> {
    return WriterClient.#start({ file, plans, layOut: true });
  }

  /** Starts the thread for a file whose collections were laid out as planned when it was opened. Throws as `start` does. */
  static async resume(file: string, plans: readonly CollectionPlan[]): Promise<WriterClient> {
    return (await WriterClient.#start({ file, plans, layOut: false })).writer;
  }

  static async #start(workerData: WriterData): Promise<{ writer: WriterClient; outdated: readonly string[] }> {
    const { file } = workerData;
    // Stack traces name the sources. Options of the process, such as the size of its young generation, are no thread's.
    const worker = new Worker(new URL('./sqlite-writer.js', import.meta.url), { workerData, execArgv: ['--enable-source-maps'] });
    const client = new WriterClient(worker, file);
    const outdated = await client.#opened;
    worker.unref();
    return { writer: client, outdated };
  }

  call<K extends keyof Operations>(kind: K, argument: Operations[K]['argument']): Promise<Operations[K]['answer']> {
    if (this.#closing) return Promise.reject(new Error('The store is closed.'));
    if (this.#gone) return Promise.reject(this.#gone);
    return new Promise<Operations[K]['answer']>((resolve, reject) => {
      const call = this.#calls++;
      this.#worker.postMessage({ call, kind, argument } satisfies Request);
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(call, { resolve: resolve as Pending['resolve'], reject });
    });
  }

  /** Waits for what is pending, then ends the thread. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      if (this.#pending.size > 0)
        await new Promise<void>((resolve) => {
          this.#drained = resolve;
        });
      if (this.#gone) return;
      this.#worker.ref();
      this.#worker.postMessage('close');
      await this.#exited;
    })();
    return this.#closing;
  }

  #settle(answers: readonly Answer[]): void {
    for (const { call, answer, error, operator } of answers) {
      const pending = this.#pending.get(call);
      this.#pending.delete(call);
      if (error === undefined) pending?.resolve(answer as never);
      else pending?.reject(operator ? new OperatorError('The store can not be written.', [`${this.#file} ${error}`]) : new Error(error));
    }
    this.#rest();
  }

  #fail(error: Error): void {
    this.#gone ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#gone);
    this.#pending.clear();
    this.#rest();
  }

  #rest(): void {
    if (this.#pending.size > 0) return;
    this.#worker.unref();
    this.#drained?.();
  }
}

/** A writer whose thread starts with the first call: many a store is only read. */
export class WriterOnDemand implements StoreWriter {
  readonly #start: () => Promise<StoreWriter>;
  #started: Promise<StoreWriter> | undefined;
  #closed = false;

  /** A start that fails fails the calls that waited for it; the next call starts it again. */
  constructor(start: () => Promise<StoreWriter>) {
    this.#start = start;
  }

  async call<K extends keyof Operations>(kind: K, argument: Operations[K]['argument']): Promise<Operations[K]['answer']> {
    if (this.#closed) throw new Error('The store is closed.');
    this.#started ??= this.#start().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return (await this.#started).call(kind, argument);
  }

  async close(): Promise<void> {
    this.#closed = true;
    // What could not be started has nothing to close.
    await (await this.#started?.catch(() => null))?.close();
  }
}
