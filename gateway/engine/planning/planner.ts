import { Worker } from 'node:worker_threads';
import type { LoadedSupergraph, PlannedOperation, PlanningAnswer, PlanningRequest, PlanningRequests } from './messages.ts';

/** A supergraph or an operation that can't be planned, in the planner's words. They may quote the document. */
export class PlanningProblem extends Error {}

/** An operation that asks for what no subgraph can answer; the message is for the client. */
export class Unanswerable extends PlanningProblem {}

interface Waiting {
  readonly request: PlanningRequest;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** One operation or supergraph that takes longer is given up, and the thread with it: it may never end. */
const LONGEST_PLANNING_MS = 20_000;
/** Nested selections are walked recursively. */
const STACK_MB = 32;

/** The planning thread, seen from the main one. Starts it when it is first needed, and anew after it died. */
export class Planner {
  #worker: Worker | undefined;
  /** In the order in which the thread takes them; the first one is being worked at. */
  readonly #waiting = new Map<number, Waiting>();
  /** What a new thread has to be told first. */
  readonly #loads = new Map<number, string>();
  #next = 0;
  #watch: NodeJS.Timeout | undefined;
  #closed = false;

  /** Rejects with a PlanningProblem when the supergraph is broken. */
  async load(version: number, sdl: string): Promise<LoadedSupergraph> {
    const answer = await this.#ask('load', { version, sdl });
    this.#loads.set(version, sdl);
    return answer;
  }

  /** Rejects with a PlanningProblem when the operation can't be planned. */
  plan(version: number, document: string, operationName: string | undefined): Promise<PlannedOperation> {
    return this.#ask('plan', { version, document, operationName });
  }

  forget(version: number): void {
    this.#loads.delete(version);
    if (this.#worker) this.#ask('forget', { version }).catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(new PlanningProblem('The gateway is stopping.'));
    await this.#worker?.terminate();
  }

  #ask<K extends keyof PlanningRequests>(kind: K, argument: PlanningRequests[K]['argument']): Promise<PlanningRequests[K]['answer']> {
    if (this.#closed) return Promise.reject(new PlanningProblem('The gateway is stopping.'));
    return new Promise((resolve, reject) => {
      const request = { id: this.#next++, kind, argument } as PlanningRequest;
      const worker = this.#started();
      worker.ref();
      this.#waiting.set(request.id, { request, resolve: resolve as Waiting['resolve'], reject });
      worker.postMessage(request);
      if (this.#waiting.size === 1) this.#watchFirst();
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('./thread.js', import.meta.url), {
      resourceLimits: { stackSizeMb: STACK_MB },
      // Stack traces name the sources. Options of the process, such as the size of its young generation, are no thread's.
      execArgv: ['--enable-source-maps'],
    });
    this.#worker = worker;
    worker.on('message', (text: string) => this.#settle(JSON.parse(text) as PlanningAnswer));
    worker.on('error', () => {});
    worker.on('exit', () => this.#restart(worker));
    let id = -1;
    for (const [version, sdl] of this.#loads) {
      const request: PlanningRequest = { id: id--, kind: 'load', argument: { version, sdl } };
      worker.postMessage(request);
    }
    return worker;
  }

  #settle(message: PlanningAnswer): void {
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    this.#waiting.delete(message.id);
    if ('unanswerable' in message) waiting.reject(new Unanswerable(message.unanswerable));
    else if ('problem' in message) waiting.reject(new PlanningProblem(message.problem));
    else waiting.resolve(message.answer as never);
    this.#watchFirst();
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #watchFirst(): void {
    clearTimeout(this.#watch);
    if (this.#waiting.size === 0) return;
    this.#watch = setTimeout(() => void this.#worker?.terminate(), LONGEST_PLANNING_MS).unref();
  }

  /** The thread died of what it was at: that one fails, the others are asked again. */
  #restart(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    if (this.#closed) return;
    const [first, ...others] = this.#waiting.values();
    this.#waiting.clear();
    first?.reject(new PlanningProblem('Planning took too long or too much memory.'));
    for (const { request, resolve, reject } of others) {
      this.#waiting.set(request.id, { request, resolve, reject });
      this.#started().postMessage(request);
    }
    this.#watchFirst();
  }

  #fail(error: Error): void {
    clearTimeout(this.#watch);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
