import { Client, Pool } from 'undici';
import type { Measured } from '../support/process.ts';

/** Sent with every request: what a gateway does may hang on them. */
export const HEADERS = { 'content-type': 'application/json' };

/** A server, and what it is asked in turn. */
export interface Target {
  readonly url: string;
  readonly process: Measured;
  /** HTTP bodies. */
  readonly bodies: readonly string[];
  /** How long the right answer to each body is, in bytes: an answer of another length fails the run. */
  readonly lengths: readonly number[];
}

/** One round under full load. */
export interface Round {
  /** Requests sent in all, those before and after the counting included. */
  readonly sent: number;
  readonly perSecond: number;
  /** Requests per second of CPU time of the server's process with all its threads. */
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Share of a core that the load generator took; with the subgraphs beside it, near 1 means that the server was not kept busy. */
  readonly loadBusy: number;
}

/** The value below which `share` of the list lies. */
export function quantile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/**
 * Keeps one request under way on each of `connections` for `seconds`. Time, CPU time and answers are counted between two moments at which
 * all connections are busy, so that no work of the server is left out or charged for nothing; then the last answers are waited for.
 */
export async function fullLoad({ url, process: server, bodies, lengths }: Target, connections: number, seconds: number): Promise<Round> {
  const latencies: number[] = [];
  let counting = false;
  let over = false;
  let next = 0;
  let answered = 0;
  const keepAsking = async (): Promise<void> => {
    const client = new Client(new URL(url).origin, { headersTimeout: 30_000 });
    try {
      while (!over) {
        const i = next++ % bodies.length;
        const sentAt = performance.now();
        checkLength(await ask(client, url, bodies[i] ?? ''), lengths[i], url);
        answered++;
        if (counting) latencies.push(performance.now() - sentAt);
      }
    } finally {
      over = true;
      await client.destroy();
    }
  };
  const all = Promise.all(Array.from({ length: connections }, keepAsking));
  // Its fault is thrown where it is awaited; until then it is no unhandled one.
  all.catch(() => {});
  while (answered < connections && !over) await new Promise((resolve) => setTimeout(resolve, 10));
  counting = true;
  const before = { at: performance.now(), cpu: server.cpuSeconds(), own: process.cpuUsage() };
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, 1000 * seconds))]);
  counting = false;
  const cpu = server.cpuSeconds() - before.cpu;
  const took = (performance.now() - before.at) / 1000;
  const { user, system } = process.cpuUsage(before.own);
  over = true;
  await all;
  return {
    sent: next,
    perSecond: latencies.length / took,
    perCpuSecond: latencies.length / cpu,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    loadBusy: (user + system) / 1e6 / took,
  };
}

/** Asks `perSecond` times a second for `seconds`, whether or not answers are back. The latencies in ms, waiting for a connection included. */
export async function steadyLoad({ url, bodies, lengths }: Target, perSecond: number, seconds: number): Promise<number[]> {
  const pool = new Pool(new URL(url).origin, { connections: 64 });
  const latencies: number[] = [];
  const one = async (i: number): Promise<void> => {
    const sentAt = performance.now();
    checkLength(await ask(pool, url, bodies[i] ?? ''), lengths[i], url);
    latencies.push(performance.now() - sentAt);
  };
  const underWay: Promise<void>[] = [];
  const startedAt = performance.now();
  try {
    for (let i = 0; i < perSecond * seconds; i++) {
      const early = startedAt + (1000 * i) / perSecond - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      underWay.push(one(i % bodies.length));
    }
    await Promise.all(underWay);
  } finally {
    await pool.destroy();
  }
  return latencies;
}

function checkLength(given: number, right: number | undefined, url: string): void {
  if (given !== right) throw new Error(`${url} gave ${given} bytes where the right answer has ${right}.`);
}

/** The length of the answer's body. Asks again when the server was just closing the idle connection, as any client does. */
async function ask(through: Client | Pool, url: string, body: string): Promise<number> {
  try {
    return await askOnce(through, url, body);
  } catch (error) {
    if (!CLOSED.has((error as { code?: unknown }).code)) throw new Error(`${url} failed`, { cause: error });
    return askOnce(through, url, body);
  }
}

const CLOSED = new Set<unknown>(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE']);

/** Rejects for a status that is not 200. */
function askOnce(through: Client | Pool, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let length = 0;
    through.dispatch(
      { path: new URL(url).pathname, method: 'POST', headers: HEADERS, body },
      {
        onRequestStart: () => {},
        onResponseStart: (_, status) => {
          if (status !== 200) reject(new Error(`${url} answered ${status}`));
        },
        onResponseData: (_, chunk) => {
          length += chunk.length;
        },
        onResponseEnd: () => resolve(length),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
