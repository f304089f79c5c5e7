import type { Breaker, Verdict } from './breaker.ts';
import { noteChange, type Read, type ReadsUnderWay } from './reads-under-way.ts';
import type { RetryBudget } from './retry-budget.ts';
import { type Cancel, type Fetch, type Receive, type Transport, Unavailable } from './transport.ts';
import { type Awaited, type Leaving, Wait } from './wait.ts';

/** What the flights to one subgraph have in common. A part that is undefined is switched off. */
export interface Airline {
  readonly transport: Transport;
  readonly breaker: Breaker | undefined;
  readonly budget: RetryBudget | undefined;
  readonly reads: ReadsUnderWay<Flight> | undefined;
}

/** Whether nothing is changed by sending a fetch twice, or once for two. */
export function isRead({ operation, mutates }: Fetch): boolean {
  return operation.kind === 'query' && !mutates;
}

/**
 * A fetch under way, with all who wait for it. Is itself the fetch that the transport is given: the first one's, with what
 * is left of the time at a retry. Cancelled when the last of those who wait has gone.
 */
export class Flight implements Fetch, Read, Awaited {
  readonly operation: Fetch['operation'];
  readonly variables: Fetch['variables'];
  readonly representations: Fetch['representations'];
  readonly client: Fetch['client'];
  readonly mutates: boolean;
  readonly body: string;
  deadlineMs: number;
  /** The first one's; let go of at the end, because the table of reads under way keeps flights alive that have ended. */
  #fetch: Fetch | undefined;
  readonly #airline: Airline;
  readonly #waits: Wait[] = [];
  #verdict: Verdict | undefined;
  #cancel: Cancel | undefined;
  #shared = false;
  #retried = false;
  #over = false;

  constructor(fetch: Fetch, body: string, airline: Airline) {
    this.operation = fetch.operation;
    this.variables = fetch.variables;
    this.representations = fetch.representations;
    this.client = fetch.client;
    this.mutates = fetch.mutates;
    this.deadlineMs = fetch.deadlineMs;
    this.body = body;
    this.#fetch = fetch;
    this.#airline = airline;
  }

  objects(): ReturnType<Fetch['objects']> {
    return this.#fetch?.objects();
  }

  join(fetch: Fetch, receive: Receive): Cancel {
    if (this.#waits.length > 0) this.#shared = true;
    const wait = new Wait(fetch, receive, this);
    this.#waits.push(wait);
    return () => wait.leave('CANCELLED');
  }

  /** Sends it. The breaker has let it through, and is told by `verdict`. */
  start(verdict: Verdict | undefined): void {
    this.#verdict = verdict;
    const cancel = this.#airline.transport.send(this, (fault, answer, _, plain) => this.#arrived(fault, answer, plain));
    if (this.#over) cancel();
    else this.#cancel = cancel;
  }

  #arrived(fault: Error | null, answer: unknown, plain: boolean | undefined): void {
    if (this.#over) return;
    this.#judge(fault && countsAsFailure(fault) ? 'failed' : 'answered');
    if (fault && this.#retry(fault)) return;
    this.#end();
    for (const wait of this.#waits) wait.end(fault, answer, this.#shared, plain);
  }

  /** Whether it was sent once more. */
  #retry(fault: Error): boolean {
    const { budget, breaker } = this.#airline;
    if (!budget || this.#retried || !isRead(this) || !mayPass(fault)) return false;
    const now = performance.now();
    const leftMs = Math.max(...this.#waits.map((wait) => wait.endsAt)) - now;
    if (leftMs < 1 || (breaker && breaker.state !== 'closed') || !budget.take(now)) return false;
    this.#retried = true;
    this.deadlineMs = leftMs;
    this.start(breaker?.admit());
    return true;
  }

  left(wait: Wait, why: Leaving): void {
    if (this.#over) return;
    this.#waits.splice(this.#waits.indexOf(wait), 1);
    if (why === 'DEADLINE') this.#judge('failed');
    if (this.#waits.length > 0) return;
    this.#judge('unknown');
    this.#end();
    this.#cancel?.();
  }

  /** One verdict for each time it was sent: the first. */
  #judge(outcome: Parameters<Verdict>[0]): void {
    const verdict = this.#verdict;
    this.#verdict = undefined;
    verdict?.(outcome);
  }

  #end(): void {
    this.#over = true;
    this.#fetch = undefined;
    if (isRead(this)) this.#airline.reads?.remove(this);
    if (this.operation.kind === 'mutation') noteChange();
  }
}

/** Anything by which a subgraph shows that it does not work; a refusal (401, 404, 429) shows that it does. */
function countsAsFailure(fault: Error): boolean {
  const status = fault instanceof Unavailable ? (fault.status ?? 0) : 0;
  return status < 400 || status >= 500;
}

/** Whether a second attempt may go better. Not after 504, by which a subgraph says that the time is over. */
function mayPass(fault: Error): boolean {
  if (!(fault instanceof Unavailable)) return true;
  if (fault.code === 'STATUS') return (fault.status ?? 0) >= 500 && fault.status !== 504;
  return fault.code === 'GARBAGE';
}
