import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

const CLI = new URL('../../cli/c360.js', import.meta.url).pathname;

export interface Exit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `c360`. Its environment is this process's without settings of ours, and what the test adds. */
export interface RunningCommand {
  readonly process: ChildProcess;
  /** Resolves when the process has ended. */
  readonly exit: Promise<Exit>;
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export function c360(args: readonly string[], env: Record<string, string> = {}): RunningCommand {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(C360_|SUBGRAPH_|MONGODB_URI$|PORT$|HOST$|DATA_DIR$|DEMO$|LOG_LEVEL$|NODE_ENV$|VITEST)/.test(name),
    ),
  );
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const exit = new Promise<Exit>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return {
    process: child,
    exit,
    stop: (signal = 'SIGTERM') => {
      if (child.exitCode === null) child.kill(signal);
      return exit;
    },
  };
}

/** Resolves when `/readyz` at the port answers 200; fails when the process ends first or `withinMs` pass. */
export async function ready(port: number, running: RunningCommand, withinMs = 120_000): Promise<void> {
  const ended = running.exit.then(({ code, stderr }) => {
    throw new Error(`The process ended with ${code} before it was ready: ${stderr}`);
  });
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    const status = await Promise.race([
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        (response) => response.status,
        () => 0,
      ),
      ended,
    ]);
    if (status === 200) {
      ended.catch(() => {});
      return;
    }
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), ended]);
  }
  throw new Error(`Not ready within ${withinMs} ms.`);
}

/** Ports that nothing listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<ReturnType<typeof createServer>>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
