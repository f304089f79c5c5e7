import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const TSX = fileURLToPath(import.meta.resolve('tsx'));

/** Gives each test folders of its own, removed after it. */
export function temporaryFolders(): () => Promise<string> {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'c360-sqlite-'));
    folders.push(folder);
    return folder;
  };
}

/** The command line that runs a script of this folder with a job as its argument. */
export function childCommand(script: string, job: unknown): string[] {
  return [process.execPath, '--import', TSX, fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(job)];
}

export interface Child {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Its exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
}

export function startChild(script: string, job: unknown): Child {
  const [command = '', ...rest] = childCommand(script, job);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return { process: child, output: () => output, ended: new Promise((resolve) => child.on('close', resolve)) };
}
