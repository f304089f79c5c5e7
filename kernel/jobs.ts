import type { Logger } from 'pino';
import type { Job } from './subgraph.ts';

/**
 * Runs each job now and again `everyMs` after it ended, never twice at once. A job that fails is logged and tried
 * again at its next turn. `stop` signals what runs and waits for it; `firstRun` resolves when each job has run once.
 */
export function startJobs(jobs: readonly Job[], log: Logger): { readonly firstRun: Promise<unknown>; stop(): Promise<void> } {
  const stopping = new AbortController();
  const started = jobs.map((job) => {
    const first = attempt(job, log, stopping.signal);
    return { first, loop: first.then(() => repeat(job, log, stopping.signal)) };
  });
  return {
    firstRun: Promise.all(started.map(({ first }) => first)),
    stop: async () => {
      stopping.abort();
      await Promise.all(started.map(({ loop }) => loop));
    },
  };
}

async function attempt(job: Job, log: Logger, signal: AbortSignal): Promise<void> {
  try {
    await job.run(signal);
  } catch (err) {
    if (!signal.aborted) log.error({ job: job.name, err }, 'a job failed');
  }
}

async function repeat(job: Job, log: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(job.everyMs, signal);
    if (signal.aborted) return;
    await attempt(job, log, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
