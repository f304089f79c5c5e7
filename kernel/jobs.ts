import type { Logger } from 'pino';
import type { Job } from './subgraph.ts';

/**
 * Runs each job now and again `everyMs` after it ended, never twice at once. A job that fails is logged and tried
 * again at its next turn. `stop` signals what runs and waits for it.
 */
export function startJobs(jobs: readonly Job[], log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loops = jobs.map((job) => repeat(job, log, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

async function repeat(job: Job, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await job.run(signal);
    } catch (err) {
      if (!signal.aborted) log.error({ job: job.name, err }, 'a job failed');
    }
    await pause(job.everyMs, signal);
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
