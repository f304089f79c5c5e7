import { setMaxListeners } from 'node:events';
import type { EpochMs } from '../../kernel/storage/port.ts';
import type { ClientRequest } from '../transport/transport.ts';

/** A request over HTTP. Its signal is made when somebody asks for it: most requests are answered without. */
export class Client implements ClientRequest {
  readonly requestId: string;
  readonly now: EpochMs;
  /** Set before a mutation is executed: it is carried to its end although its client goes away. */
  mutates = false;
  #gone = false;
  #controller: AbortController | undefined;

  constructor(requestId: string, now: EpochMs) {
    this.requestId = requestId;
    this.now = now;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      // Every fetch of the plan listens to it.
      setMaxListeners(0, this.#controller.signal);
      if (this.#gone && !this.mutates) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** The connection was closed before the answer was written. */
  leave(): void {
    this.#gone = true;
    if (!this.mutates) this.#controller?.abort();
  }
}
