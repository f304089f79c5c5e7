import { basename } from 'node:path';
import type { Directory, Outcome } from '../kernel/intake.ts';
import type { EpochMs, Store } from '../kernel/storage/port.ts';
import { counted } from './counting.ts';
import { Deliverer, type Delivery } from './delivery.ts';
import { changed, checkCompressed, fileStamp, fingerprint, inspectFile, readText } from './file.ts';
import { inBatches, splitter } from './format.ts';
import type { LoadedMapping } from './mapping.ts';
import type { Intakes } from './mapping-fit.ts';
import { Occurrences } from './occurrences.ts';
import { compile, isReason, type Plan, type ReadRow } from './plan.ts';
import { Quarantine, quarantineGroup, type RefusedRow } from './quarantine.ts';
import { type Counts, NOTHING_COUNTED, quarantineSpec, runsSpec } from './records.ts';
import type { Row } from './rows.ts';
import { claimRun, type Run } from './runs.ts';

/** What ingest works with: the subgraphs' intakes and the directory, and a store of its own (ingestSpecs). */
export interface IngestDeps {
  readonly intakes: Intakes;
  readonly directory: Directory;
  readonly store: Store;
  /** A store for this process alone that nobody keeps (scratchSpecs); opened for very large files only. */
  readonly openScratch: () => Promise<Store>;
  readonly clock: () => EpochMs;
}

export interface IngestOptions {
  /** Told as the file is read. `bytes` are of the file as it lies on the disk. */
  readonly onProgress?: (progress: { readonly bytes: number; readonly sizeBytes: number; readonly rows: number }) => void;
  /** Aborted: stops after the batch under way, and the same call goes on from there. */
  readonly signal?: AbortSignal;
}

/** How one file ended. The counts are of the whole file, however often its run was interrupted. */
export interface FileReport extends Counts {
  /** The file's name without its folder. */
  readonly file: string;
  readonly runId: string;
  /** Whether an earlier, interrupted run was continued. */
  readonly resumed: boolean;
  /** Whether this run was stopped before the end of the file. */
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

/** Rows stored together: enough to share commits; the stores see to it that no transaction holds their lock for long. */
const BATCH_ROWS = 1_000;
/** A checkpoint costs a commit; what a kill loses since the last one is delivered again and counted once. */
const CHECKPOINT_MS = 500;

/** Ingests one file through a mapping: every row ends as stored, duplicate or quarantined. See docs/decisions/0005-ingest.md. */
export async function ingestFile(path: string, loaded: LoadedMapping, deps: IngestDeps, options: IngestOptions = {}): Promise<FileReport> {
  const began = deps.clock();
  const { mapping } = loaded;
  const encoding = mapping.format.encoding ?? 'utf-8';
  const facts = await inspectFile(path, encoding);
  const plan = compile(loaded, deps.intakes);
  const group = quarantineGroup(mapping.source, loaded.name);
  const file = basename(path);
  const stamp = await fileStamp(path);
  await checkCompressed(path, facts, options.signal);
  const run = await claimRun(
    deps.store.collection(runsSpec),
    { mappingHash: loaded.hash, fingerprint: await fingerprint(path), group, file },
    deps.clock,
  );
  let bytes = 0;
  const text = readText(path, facts, encoding, (count) => {
    bytes += count;
  });
  const batches = inBatches(text, splitter(mapping.format, plan.wanted), BATCH_ROWS);
  const work = new FileWork(plan, run, deps);
  let storing: Promise<void> = Promise.resolve();
  try {
    for await (const rows of batches) {
      const prepared = await work.prepare(rows);
      // While one batch is stored the next one is read.
      await storing;
      if (options.signal?.aborted) break;
      storing = work.store(prepared);
      storing.catch(() => {});
      options.onProgress?.({ bytes, sizeBytes: facts.sizeBytes, rows: rows.at(-1)?.number ?? 0 });
    }
    await storing;
    const interrupted = options.signal?.aborted ?? false;
    // Its run stays unfinished, for it is not the file that was claimed.
    if (!interrupted && (await fileStamp(path).catch(() => null)) !== stamp) throw changed(path);
    await work.close(!interrupted);
    const { runId } = run.record;
    return { ...work.counts, file, runId, resumed: run.resumed, interrupted, elapsedMs: deps.clock() - began };
  } finally {
    await storing.catch(() => {});
    await run.release();
  }
}

/** A row, what it was read as, and how often each of its records' contents was met before. */
interface Prepared {
  readonly row: Row;
  readonly reading: ReadRow | Exclude<Outcome, string>;
  readonly occurrences: readonly number[];
}

class FileWork {
  readonly #plan: Plan;
  readonly #run: Run;
  readonly #deps: IngestDeps;
  readonly #occurrences: Occurrences;
  readonly #deliverer: Deliverer;
  readonly #quarantine: Quarantine;
  #rows: number;
  #savedAt: EpochMs;
  counts: Counts;

  constructor(plan: Plan, run: Run, deps: IngestDeps) {
    this.#plan = plan;
    this.#run = run;
    this.#deps = deps;
    this.#occurrences = new Occurrences(deps.openScratch);
    this.#deliverer = new Deliverer(deps.directory, plan.source);
    this.#quarantine = new Quarantine(deps.store.collection(quarantineSpec));
    this.#rows = run.record.rows;
    this.#savedAt = deps.clock();
    this.counts = run.record.counts;
  }

  /** Reads a batch. Rows before the checkpoint are read too, because their contents count. */
  async prepare(rows: readonly Row[]): Promise<readonly Prepared[]> {
    const readings = rows.map((row) => this.#plan.read(row));
    const occurrences = await countContents(readings, this.#occurrences);
    const prepared = rows.map((row, index) => ({ row, reading: readings[index]!, occurrences: occurrences[index]! }));
    const done = this.#run.record.rows;
    return rows[0] && rows[0].number > done ? prepared : prepared.filter(({ row }) => row.number > done);
  }

  async store(batch: readonly Prepared[]): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    const origin = ({ number }: Row) => `${this.#run.record.runId}:${number}`;
    const deliveries: Delivery[] = [];
    for (const { row, reading, occurrences } of batch)
      if (!isReason(reading)) deliveries.push({ row: reading, origin: origin(row), occurrences });
    const delivered = (deliveries.length > 0 ? await this.#deliverer.deliver(deliveries) : []).values();
    const outcomes: Outcome[] = [];
    const refused: RefusedRow[] = [];
    for (const { row, reading, occurrences } of batch) {
      const outcome: Outcome = isReason(reading) ? reading : delivered.next().value!;
      outcomes.push(outcome);
      if (typeof outcome === 'string') continue;
      const { number, line } = row;
      refused.push({ number, line, raw: row.raw(), faulty: row.fault !== null, reason: outcome, origin: origin(row), occurrences });
    }
    await this.#quarantine.file(this.#run.record, refused);
    this.counts = counted(this.counts, outcomes);
    this.#rows = last.row.number;
    if (this.#deps.clock() - this.#savedAt >= CHECKPOINT_MS) {
      await this.#run.checkpoint(this.#rows, this.counts);
      this.#savedAt = this.#deps.clock();
    }
  }

  async close(finished: boolean): Promise<void> {
    if (finished) await this.#run.finish(this.#rows, this.counts);
    else await this.#run.checkpoint(this.#rows, this.counts);
  }
}

/** For each row, the occurrence of each of its records: how many equal ones the file had up to here. */
export async function countContents(
  readings: readonly (ReadRow | Exclude<Outcome, string>)[],
  occurrences: Occurrences,
): Promise<readonly (readonly number[])[]> {
  const contents: string[] = [];
  for (const reading of readings)
    if (!isReason(reading)) for (const { content } of reading.pieces) if (content !== null) contents.push(content);
  const counts = (contents.length > 0 ? await occurrences.next(contents) : []).values();
  return readings.map((reading) =>
    isReason(reading) ? [] : reading.pieces.map(({ content }) => (content === null ? 1 : counts.next().value!)),
  );
}

/** Reads a whole file through its mapping and stores nothing: what would be refused, by reason. Owners are not looked up. */
export async function checkFile(path: string, loaded: LoadedMapping, intakes: Intakes, options: IngestOptions = {}): Promise<Counts> {
  const encoding = loaded.mapping.format.encoding ?? 'utf-8';
  const facts = await inspectFile(path, encoding);
  const plan = compile(loaded, intakes);
  let bytes = 0;
  const text = readText(path, facts, encoding, (count) => {
    bytes += count;
  });
  let counts = NOTHING_COUNTED;
  for await (const rows of inBatches(text, splitter(loaded.mapping.format, plan.wanted), BATCH_ROWS)) {
    counts = counted(
      counts,
      rows.map((row): Outcome => {
        const reading = plan.read(row);
        return isReason(reading) ? reading : 'stored';
      }),
    );
    options.onProgress?.({ bytes, sizeBytes: facts.sizeBytes, rows: counts.read });
    if (options.signal?.aborted) break;
  }
  return counts;
}
