import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What `c360` gives itself (cli/c360). Other servers that are measured beside it get it too: it is Node's to give, and worth as much to them. */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=64'];

/** A process under measurement. */
export interface Measured {
  readonly child: ChildProcess;
  /** User and system CPU seconds since it started. */
  cpuSeconds(): number;
  /** Resident memory in MB. */
  residentMb(): number;
  /** The most resident memory so far, in MB. */
  peakMb(): number;
  stop(): Promise<void>;
}

// Linux counts process times in ticks of 1/100 s (getconf CLK_TCK) on every machine that Node 20 runs on.
const TICKS_PER_SECOND = 100;

/** Starts `node ...args`; its standard error is shown when it exits with a fault. Figures are read from /proc, so Linux only. */
export function startNode(args: readonly string[], env: Readonly<Record<string, string>>): Measured {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      shown = (shown + chunk).slice(-4000);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      if (code) process.stderr.write(`${args.join(' ')} ended with code ${code}:\n${shown}\n`);
      resolve();
    });
  });
  const memoryMb = (line: string) =>
    Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return {
    child,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    residentMb: () => memoryMb('VmRSS'),
    peakMb: () => memoryMb('VmHWM'),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** Waits until `url` answers 200. Throws after `timeoutMs`. */
export async function untilReady(url: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      // Apollo Server takes a GET for a foreign page's unless a header says that it is none.
      const response = await fetch(url, { headers: { 'apollo-require-preflight': 'true' } });
      await response.arrayBuffer();
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    if (Date.now() > deadline) throw new Error(`${url} was not ready within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
