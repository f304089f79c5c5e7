/** What a command ends with when it was interrupted; 1 is an OperatorError or a fault, as everywhere. */
export const EXIT_INTERRUPTED = 130;

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once, which loses nothing either. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
      controller.abort();
      console.error('Stopping after the rows under way...');
    });
  return controller.signal;
}

/** One line of JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
