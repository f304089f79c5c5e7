import type { Logger } from 'pino';

/** npm hands on a signal that its child has had from the terminal already: two this close are one. */
const SAME_SIGNAL_MS = 500;

/** Aborted by SIGTERM or SIGINT. A later one ends the process at once. */
export function stopSignal(log: Logger): AbortSignal {
  const stop = new AbortController();
  let heardAt = 0;
  const heard = (signal: NodeJS.Signals) => {
    if (!stop.signal.aborted) {
      heardAt = performance.now();
      log.info({ event: 'stopping', signal }, 'no more requests are wanted');
      stop.abort();
    } else if (performance.now() - heardAt > SAME_SIGNAL_MS) process.exit(1);
  };
  process.on('SIGTERM', heard);
  process.on('SIGINT', heard);
  return stop.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
