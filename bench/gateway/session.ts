import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { request } from 'undici';
import { type Measured, startNode } from '../support/process.ts';
import type { Contender } from './gateways.ts';
import { HEADERS, type Target } from './load.ts';
import type { Workload } from './workload.ts';

/** A contender that runs and answers right. */
export interface Running extends Contender, Target {}

/** The servers of one workload, all up at once; only the one that is asked has anything to do. */
export interface Session {
  readonly running: readonly Running[];
  /** How many fetches the subgraphs have answered so far, and how many distinct ones there were. */
  subgraphs(): Promise<{ readonly fetches: number; readonly prepared: number }>;
  stop(): Promise<void>;
}

const FIRST_PORT = 14_200;
const SUBGRAPHS = `http://127.0.0.1:${FIRST_PORT}`;

/** Where the contender under measurement runs, and where the rest does. */
const CORES = { gateway: 0, others: 1 };

/** Keeps a process and its threads on one core. Says whether that was possible. */
function pin(pid: number | undefined, core: number): boolean {
  return availableParallelism() > 1 && spawnSync('taskset', ['-a', '-cp', String(core), String(pid)]).status === 0;
}

/** Keeps this process, and all that it starts from now on, off the contenders' core. Says whether that was possible. */
export function leaveGatewayCore(): boolean {
  return pin(process.pid, CORES.others);
}

/** Starts subgraphs and contenders; throws when one of them gives another answer than it should. `nodeFlags` go to every contender. */
export async function openSession(
  workload: Workload,
  contenders: readonly Contender[],
  folder: string,
  nodeFlags: readonly string[],
): Promise<Session> {
  const supergraphFile = join(folder, `supergraph-${workload.name}.graphql`);
  writeFileSync(supergraphFile, workload.supergraph(SUBGRAPHS));
  const started: Measured[] = [];
  // However this process ends, short of being killed.
  process.once('exit', () => {
    for (const { child } of started) child.kill('SIGKILL');
  });
  const stop = async () => {
    await Promise.all(started.map(end));
  };
  const subgraphs = async () => (await fetch(SUBGRAPHS)).json() as ReturnType<Session['subgraphs']>;
  try {
    const instant = new URL('instant-subgraphs.ts', import.meta.url).pathname;
    started.push(startNode(['--import', 'tsx', instant, workload.name, String(FIRST_PORT)], {}));
    const running: Running[] = [];
    for (const contender of contenders) {
      const port = FIRST_PORT + 1 + running.length;
      const env = { ...contender.env, NODE_ENV: 'production', SUPERGRAPH: supergraphFile, PORT: String(port), LOG_LEVEL: 'warn' };
      const measured = startNode([...nodeFlags, ...contender.args(supergraphFile, workload.name, port)], env);
      started.push(measured);
      pin(measured.child.pid, CORES.gateway);
      const url = `http://127.0.0.1:${port}${contender.path}`;
      const lengths = await untilRight(url, workload, measured);
      running.push({ ...contender, url, process: measured, bodies: workload.asked.map(({ body }) => body), lengths });
    }
    return { running, subgraphs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(measured: Measured): Promise<void> {
  if (measured.child.exitCode !== null || measured.child.signalCode !== null) return;
  const tooLate = setTimeout(() => measured.child.kill('SIGKILL'), 5000);
  await measured.stop();
  clearTimeout(tooLate);
}

const START_MS = 60_000;

/** Waits until the server accepts requests, then compares the answer to each of the workload's. The answers' lengths in bytes. */
async function untilRight(url: string, workload: Workload, { child }: Measured): Promise<number[]> {
  const deadline = Date.now() + START_MS;
  // Not by fetch, which adds an Accept header.
  const ask = (body: string) => request(url, { method: 'POST', headers: HEADERS, body });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${url} ended before it answered.`);
    if (Date.now() > deadline) throw new Error(`${url} did not answer within ${START_MS} ms.`);
    const response = await ask(workload.asked[0]?.body ?? '').catch(() => undefined);
    await response?.body.dump();
    if (response?.statusCode === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const lengths: number[] = [];
  // Twice, because a gateway may serve what it has seen before another way, down to the newline at the end.
  for (const { body, answer } of [...workload.asked, ...workload.asked]) {
    const given = await (await ask(body)).body.text();
    if (!isDeepStrictEqual(JSON.parse(given), answer)) throw new Error(`${url} gave a wrong answer: ${given.slice(0, 1000)}`);
    lengths.push(Buffer.byteLength(given));
  }
  return lengths.slice(workload.asked.length);
}
