import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { OperatorError } from '../kernel/errors.ts';
import { base32, digest } from '../kernel/ids.ts';
import type { Collection, EpochMs, Key } from '../kernel/storage/port.ts';
import { type Counts, type Holder, NOTHING_COUNTED, type RunRecord } from './records.ts';

const CLAIM_MS = 20_000;
const RENEW_MS = 5_000;

/** Another process works on the same file through the same mapping. */
export class RunHeld extends OperatorError {}

export interface RunFacts {
  readonly mappingHash: string;
  readonly fingerprint: string;
  readonly group: string;
  readonly file: string;
}

/** This machine and, where it has one, this container: only there does a process id mean anything. */
function thisHost(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Claims the run of a file: the one that was left unfinished, to go on with it, or a new one. Throws `RunHeld` while another
 * process holds it; a holder that died on this machine, or was not heard of for 20 seconds, holds nothing.
 */
export async function claimRun(runs: Collection<RunRecord>, facts: RunFacts, clock: () => EpochMs): Promise<Run> {
  const id = digest(facts.mappingHash, facts.fingerprint);
  const key: Key = { owner: id, id };
  const holder: Holder = { token: randomUUID(), host: thisHost(), pid: process.pid, until: clock() + CLAIM_MS };
  for (let attempt = 0; attempt < 5; attempt++) {
    const now = clock();
    const [stored = null] = await runs.getMany([key]);
    const held = stored?.holder ?? null;
    if (stored && held && held.until > now && !(held.host === holder.host && !isAlive(held.pid))) throw heldBy(held, stored);
    const { group, file } = facts;
    const record: RunRecord =
      stored && !stored.finished
        ? { ...stored, file, updatedAt: now, holder }
        : {
            ...key,
            version: stored?.version ?? 0,
            runId: base32(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')),
            group,
            file,
            startedAt: now,
            updatedAt: now,
            finished: false,
            rows: 0,
            counts: NOTHING_COUNTED,
            holder,
          };
    const [outcome] = await runs.putMany([record]);
    if (outcome === 'ok') return new Run(runs, { ...record, version: record.version + 1 }, clock);
  }
  throw new RunHeld('The file is being ingested:', [`${facts.file}: other processes claim it at the same time. Run the command again.`]);
}

function heldBy({ host, pid, until }: Holder, { file, rows }: RunRecord): RunHeld {
  const name = host.split(' ')[0];
  return new RunHeld('The file is being ingested:', [
    `${file}: process ${pid} on ${name} is at row ${rows}. Wait until it is done, or stop it and run the same command again; ` +
      `if it is dead, its claim lapses at ${new Date(until).toISOString()}.`,
  ]);
}

/** A claimed run and its checkpoint. Renews its claim by itself until it is closed. */
export class Run {
  readonly #runs: Collection<RunRecord>;
  readonly #clock: () => EpochMs;
  #record: RunRecord;
  #writing: Promise<void> = Promise.resolve();
  readonly #timer: NodeJS.Timeout;
  readonly resumed: boolean;

  constructor(runs: Collection<RunRecord>, record: RunRecord, clock: () => EpochMs) {
    this.#runs = runs;
    this.#record = record;
    this.#clock = clock;
    this.resumed = record.rows > 0;
    this.#timer = setInterval(() => {
      // A lost claim shows at the next checkpoint, which stops the run.
      if (this.#clock() - this.#record.updatedAt >= RENEW_MS) this.#save({}).catch(() => {});
    }, RENEW_MS);
    this.#timer.unref();
  }

  get record(): RunRecord {
    return this.#record;
  }

  /** Durable when it resolves: rows up to `rows` are done and counted. Throws `RunHeld` when another process took the run over. */
  checkpoint(rows: number, counts: Counts): Promise<void> {
    return this.#save({ rows, counts });
  }

  finish(rows: number, counts: Counts): Promise<void> {
    clearInterval(this.#timer);
    return this.#save({ rows, counts, finished: true, holder: null });
  }

  /** Gives the claim back, so that the next process can go on from the last checkpoint at once. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#save({ holder: null }).catch(() => {});
  }

  #save(change: Partial<RunRecord>): Promise<void> {
    const saved = this.#writing.then(() => this.#write(change));
    this.#writing = saved.catch(() => {});
    return saved;
  }

  async #write(change: Partial<RunRecord>): Promise<void> {
    const { holder } = this.#record;
    if (holder === null) return;
    const now = this.#clock();
    const next: RunRecord = { ...this.#record, holder: { ...holder, until: now + CLAIM_MS }, ...change, updatedAt: now };
    const [outcome] = await this.#runs.putMany([next]);
    if (outcome !== 'ok')
      throw new RunHeld('The run was taken over:', [
        `${next.file}: this process was not heard of for too long and another one goes on with the file. Nothing is lost; let that one finish.`,
      ]);
    this.#record = { ...next, version: next.version + 1 };
  }
}
