import { Worker } from 'node:worker_threads';
import { OperatorError } from '../errors.ts';
import type { CollectionPlan } from './sqlite-layout.ts';
import type { Operations } from './sqlite-operations.ts';
import type { Answer, Message, Request, WriterData } from './sqlite-writer.ts';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of a writer thread. The process may end while nothing is pending. */
export class WriterClient {
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

  /** Starts the thread, which opens or creates the file. Gives also the collections whose documents have to be indexed anew. Throws an OperatorError where the file can't be used. */
  static async start(file: string, plans: readonly CollectionPlan[]): Promise<{ writer: WriterClient; outdated: readonly string[] }> {
    const worker = new Worker(new URL('./sqlite-writer.js', import.meta.url), { workerData: { file, plans } satisfies WriterData });
    const client = new WriterClient(worker, file);
    const outdated = await client.#opened;
    worker.unref();
    return { writer: client, outdated };
  }

  /** Resolves when the operation is durable. Rejects when it failed, or when the writer has stopped. */
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
