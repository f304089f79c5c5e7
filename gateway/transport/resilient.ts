import type { Logger } from 'pino';
import { Breaker, type BreakerOptions, type BreakerState } from './breaker.ts';
import { type Airline, Flight, isRead } from './flight.ts';
import { noteChange, ReadsUnderWay } from './reads-under-way.ts';
import { RetryBudget, type RetryOptions } from './retry-budget.ts';
import { bodyOf, type Cancel, type Fetch, type Receive, type Transport, Unavailable } from './transport.ts';
import { type Awaited, Wait } from './wait.ts';

export interface ResilienceOptions {
  /** Whether equal reads of one principal that are under way at the same time are sent once. Default true. */
  readonly shareReads?: boolean;
  /** How often a read is sent a second time after a fault that may pass; false: never. */
  readonly retry?: RetryOptions | false;
  /** When a failing subgraph is left alone for a while; false: never. */
  readonly breaker?: BreakerOptions | false;
  readonly log: Logger;
}

/** A transport that keeps its time, and spares a subgraph that is in trouble. */
export interface ResilientTransport extends Transport {
  /** `closed` where there is no breaker. */
  readonly breakerState: BreakerState;
}

/**
 * The way to a subgraph through `transport`, with what makes it fit for use:
 *
 * - `receive` is called by `fetch.deadlineMs` at the latest (`DEADLINE`), whatever the transport does, and the transport is told to give up;
 * - a client that goes away from a query gives up its fetches (`CLIENT_GONE`); a mutation is carried to its end;
 * - a read that failed by a lost connection, a status from 500 or garbage is sent once more, within a budget and its time;
 * - equal reads of one principal that are under way share one fetch, and its answer, which therefore nobody may change;
 * - a subgraph most of whose last fetches failed is not asked for a while (`BREAKER_OPEN`), then tested by one fetch.
 */
export function resilient(service: string, transport: Transport, options: ResilienceOptions): ResilientTransport {
  return transport.kind === 'http' ? overNetwork(service, transport, options) : inThisProcess(transport);
}

const nothingToCancel: Cancel = () => {};

function isGone({ mutates, client }: Fetch): boolean {
  return !mutates && client.gone;
}

function refuse(receive: Receive, code: Unavailable['code']): Cancel {
  receive(new Unavailable(code), undefined);
  return nothingToCancel;
}

function inThisProcess(transport: Transport): ResilientTransport {
  return {
    kind: transport.kind,
    breakerState: 'closed',
    send(fetch, receive) {
      if (isGone(fetch)) return refuse(receive, 'CLIENT_GONE');
      const call = new Call(fetch.operation.kind === 'mutation');
      const wait = new Wait(fetch, receive, call);
      call.cancel = transport.send(fetch, (fault, answer, shared, plain) => {
        call.ended();
        wait.end(fault, answer, shared, plain);
      });
      return () => wait.leave('CANCELLED');
    },
    close: () => transport.close(),
  };
}

/** A fetch in this process, which one waits for. */
class Call implements Awaited {
  cancel = nothingToCancel;
  readonly #changes: boolean;

  constructor(changes: boolean) {
    this.#changes = changes;
  }

  ended(): void {
    if (this.#changes) noteChange();
  }

  left(): void {
    this.ended();
    this.cancel();
  }
}

function overNetwork(service: string, transport: Transport, options: ResilienceOptions): ResilientTransport {
  const { shareReads = true, retry = {}, breaker: breaking = {}, log } = options;
  const breaker = breaking
    ? new Breaker(breaking, (state) => log[state === 'open' ? 'warn' : 'info']({ service }, STATE_CHANGES[state]))
    : undefined;
  const budget = retry ? new RetryBudget(retry, performance.now()) : undefined;
  const reads = shareReads ? new ReadsUnderWay<Flight>() : undefined;
  const airline: Airline = { transport, breaker, budget, reads };
  return {
    kind: transport.kind,
    get breakerState() {
      return breaker?.state ?? 'closed';
    },
    send(fetch, receive) {
      if (isGone(fetch)) return refuse(receive, 'CLIENT_GONE');
      const body = bodyOf(fetch);
      const shared = reads && isRead(fetch);
      const underWay = shared && reads.find(fetch.client.principal, body);
      if (underWay) return underWay.join(fetch, receive);
      const verdict = breaker?.admit();
      if (breaker && !verdict) return refuse(receive, 'BREAKER_OPEN');
      budget?.deposit();
      const flight = new Flight(fetch, body, airline);
      if (shared) reads.add(flight);
      const cancel = flight.join(fetch, receive);
      flight.start(verdict);
      return cancel;
    },
    close: () => transport.close(),
  };
}

const STATE_CHANGES: Readonly<Record<BreakerState, string>> = {
  open: 'a subgraph fails and is left alone',
  'half-open': 'a subgraph that was left alone is tested',
  closed: 'a subgraph works again',
};
