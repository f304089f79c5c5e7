import autocannon from 'autocannon';
import type { Measured } from './process.ts';

export interface LoadFigures {
  readonly requests: number;
  readonly perSecond: number;
  /** Requests per second of CPU time of the measured processes together. */
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly residentMb: number;
}

/**
 * Sends the bodies in turn, over `connections`, for `seconds`, and takes the CPU time of `processes` meanwhile. Every answer has to
 * be a 200; one that is not fails the run, because a fast error would look like a fast answer.
 */
export async function load(
  url: string,
  bodies: readonly string[],
  processes: readonly Measured[],
  connections: number,
  seconds: number,
): Promise<LoadFigures> {
  const cpu = () => processes.reduce((sum, measured) => sum + measured.cpuSeconds(), 0);
  let next = 0;
  const before = cpu();
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    requests: [{ setupRequest: (request) => ({ ...request, body: bodies[next++ % bodies.length] ?? '' }) }],
  });
  const used = cpu() - before;
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed`);
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    perCpuSecond: result.requests.total / used,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    residentMb: processes.reduce((sum, measured) => sum + measured.residentMb(), 0),
  };
}
