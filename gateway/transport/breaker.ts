import { CircuitState, CountBreaker, circuitBreaker, handleAll } from 'cockatiel';

export interface BreakerOptions {
  /** Opens when more than this share of the last fetches failed, in (0, 1). Default 0.5. */
  readonly failureShare?: number;
  /** How many fetches are looked back on. Default 50. */
  readonly window?: number;
  /** How many fetches there have to be before it may open. Default 10. */
  readonly least?: number;
  /** How long it stays open before one fetch is let through as a test. Default 2000. */
  readonly halfOpenAfterMs?: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** To be told once what came of a fetch; `unknown` when nobody waited for it to its end. */
export type Verdict = (outcome: 'answered' | 'failed' | 'unknown') => void;

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
};

/**
 * The circuit breaker of one subgraph. Its states and their changes are cockatiel's; as that library runs promises, and three
 * of them for each fetch cost more than all else here, an answer while it is closed goes straight to the counter that the
 * library would tell of it.
 */
export class Breaker {
  readonly #counter: CountBreaker;
  readonly #policy: ReturnType<typeof circuitBreaker>;

  constructor(options: BreakerOptions, changed: (state: BreakerState) => void) {
    const { failureShare = 0.5, window = 50, least = 10, halfOpenAfterMs = 2000 } = options;
    this.#counter = new CountBreaker({ threshold: failureShare, size: window, minimumNumberOfCalls: least });
    this.#policy = circuitBreaker(handleAll, { breaker: this.#counter, halfOpenAfter: halfOpenAfterMs });
    this.#policy.onStateChange((state) => changed(STATES[state]));
  }

  get state(): BreakerState {
    return STATES[this.#policy.state];
  }

  /** Lets a fetch through, or gives undefined while the subgraph is left alone. */
  admit(): Verdict | undefined {
    return this.#policy.state === CircuitState.Closed ? this.#whileClosed : this.#test();
  }

  // What was sent before the breaker opened says nothing about the subgraph since.
  readonly #whileClosed: Verdict = (outcome) => {
    if (this.#policy.state !== CircuitState.Closed || outcome === 'unknown') return;
    if (outcome === 'answered') this.#counter.success(CircuitState.Closed);
    else this.#policy.execute(() => Promise.reject(failure)).catch(ignore);
  };

  /** The one fetch after which an open breaker closes or stays open. */
  #test(): Verdict | undefined {
    // Here the library would let everybody wait for the test that is under way.
    if (this.#policy.state === CircuitState.HalfOpen) return undefined;
    let verdict: Verdict | undefined;
    // Runs at once when it is time for a test, and not at all when it is not.
    const run = () =>
      new Promise<void>((resolve, reject) => {
        verdict = (outcome) => (outcome === 'answered' ? resolve() : reject(failure));
      });
    this.#policy.execute(run).catch(ignore);
    return verdict;
  }
}

const failure = new Error('a subgraph failed');
const ignore = () => {};
