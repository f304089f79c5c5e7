import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';

/** How long an event may keep a test waiting, however busy the machine is. */
export const LONGEST_WAIT_MS = 30_000;

export function pause(ms: number): Promise<void> {
  return sleep(ms);
}

/** Resolves when `holds` does; rejects when it does not within `LONGEST_WAIT_MS`. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + LONGEST_WAIT_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${LONGEST_WAIT_MS} ms: ${holds}`);
    await sleep(2);
  }
}

/** What `work` comes to while no deadline passes: an answer waits until its decision is kept, however long that takes. */
export async function withoutDeadlines<T>(work: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
}
