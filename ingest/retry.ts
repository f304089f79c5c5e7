import type { Reason } from '../kernel/errors.ts';
import type { Outcome } from '../kernel/intake.ts';
import type { Correction } from './corrections.ts';
import { counted } from './counting.ts';
import { Deliverer, type Delivery } from './delivery.ts';
import { columnPositions } from './header.ts';
import { countContents, type IngestDeps } from './ingest.ts';
import { jsonCells } from './json-rows.ts';
import type { LoadedMapping } from './mapping.ts';
import { Occurrences } from './occurrences.ts';
import { compile, isReason, type Plan, type ReadRow } from './plan.ts';
import { Quarantine, quarantineGroup } from './quarantine.ts';
import { type Counts, NOTHING_COUNTED, type QuarantineRecord, quarantineSpec } from './records.ts';

const BATCH_ROWS = 400;

/**
 * Tries quarantined rows of a mapping again, all or those of one reason. What is stored, or turns out to be a duplicate,
 * leaves quarantine; what is refused stays, with its new reason. Can be repeated.
 */
export async function retryRows(
  loaded: LoadedMapping,
  deps: IngestDeps,
  options: { readonly code?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Counts> {
  const work = new Retry(loaded, deps);
  // Gathered first: pages would shift while rows leave.
  const ids: string[] = [];
  for await (const { id } of work.quarantine.waiting(work.group, options.code)) ids.push(id);
  for (let from = 0; from < ids.length && !options.signal?.aborted; from += BATCH_ROWS) {
    const rows = await work.quarantine.find(work.group, ids.slice(from, from + BATCH_ROWS));
    const waiting = rows.filter((row): row is QuarantineRecord => row !== null && row.raw !== null);
    const readings = waiting.map((row) => work.read(row));
    const occurrences = readings.map((reading, index) => {
      const { occurrences: kept, nth } = waiting[index]!;
      if (isReason(reading)) return kept;
      // A row that was counted in its file keeps its place among equals; another one is the nth of those that were refused alike.
      return kept.length === reading.pieces.length ? kept : reading.pieces.map(({ content }) => (content === null ? 1 : nth));
    });
    await work.attempt(waiting, readings, occurrences);
  }
  return work.counts;
}

/**
 * Tries corrected rows in place of the quarantined ones with the same ids. An id that is not in quarantine is refused as
 * NOT_IN_QUARANTINE; one that has left it is a duplicate. Equal corrected rows all count, within one file of corrections.
 */
export async function retryCorrected(
  loaded: LoadedMapping,
  corrections: AsyncIterable<readonly Correction[]>,
  deps: IngestDeps,
): Promise<Counts> {
  const work = new Retry(loaded, deps);
  const contents = new Occurrences(deps.openScratch);
  for await (const batch of corrections) {
    const rows = await work.quarantine.find(
      work.group,
      batch.map(({ id }) => id),
    );
    const readings = batch.map(({ content }) => work.readContent(content));
    const occurrences = await countContents(readings, contents);
    const open = batch.flatMap((_, index) => (rows[index] && rows[index].raw !== null ? [index] : []));
    work.settle(rows.flatMap((row): Outcome[] => (row === null ? [NOT_IN_QUARANTINE] : row.raw === null ? ['duplicate'] : [])));
    await work.attempt(
      open.map((index) => rows[index]!),
      open.map((index) => readings[index]!),
      open.map((index) => occurrences[index]!),
    );
  }
  return work.counts;
}

const NOT_IN_QUARANTINE: Reason = {
  code: 'NOT_IN_QUARANTINE',
  message: 'no quarantined row of this mapping has this quarantine_id; export again and correct that',
};

class Retry {
  readonly quarantine: Quarantine;
  readonly group: string;
  counts: Counts = NOTHING_COUNTED;
  readonly #plan: Plan;
  readonly #cells: (content: unknown) => readonly string[];
  readonly #deliverer: Deliverer;

  constructor(loaded: LoadedMapping, deps: IngestDeps) {
    const { source, format } = loaded.mapping;
    this.#plan = compile(loaded, deps.intakes);
    this.group = quarantineGroup(source, loaded.name);
    this.quarantine = new Quarantine(deps.store.collection(quarantineSpec));
    this.#deliverer = new Deliverer(deps.directory, source);
    const { wanted } = this.#plan;
    const json = format.type === 'json' || format.type === 'jsonl';
    const paths = wanted.map(({ name }) => (json ? name.split('.') : [name]));
    this.#cells = (content) => {
      // A column that a file lacks is a mistake; a JSON object may leave anything out.
      if (!json) columnPositions(Object.keys(content as object), wanted);
      return jsonCells(content, paths);
    };
  }

  read({ raw, faulty, code, field, message }: QuarantineRecord): ReadRow | Reason {
    return faulty ? { code, message, ...(field !== null && { field }) } : this.readContent(JSON.parse(raw ?? 'null'));
  }

  readContent(content: unknown): ReadRow | Reason {
    return this.#plan.read({ cells: this.#cells(content), fault: null });
  }

  settle(outcomes: readonly Outcome[]): void {
    this.counts = counted(this.counts, outcomes);
  }

  async attempt(
    rows: readonly QuarantineRecord[],
    readings: readonly (ReadRow | Reason)[],
    occurrences: readonly (readonly number[])[],
  ): Promise<void> {
    const deliveries: Delivery[] = [];
    for (const [index, reading] of readings.entries())
      if (!isReason(reading)) deliveries.push({ row: reading, origin: rows[index]!.origin, occurrences: occurrences[index]! });
    const delivered = (deliveries.length > 0 ? await this.#deliverer.deliver(deliveries) : []).values();
    const outcomes = readings.map((reading): Outcome => (isReason(reading) ? reading : delivered.next().value!));
    await this.quarantine.release(rows.filter((_, index) => typeof outcomes[index] === 'string'));
    await this.quarantine.refuseAgain(
      rows.flatMap((row, index) => {
        const reason = outcomes[index]!;
        return typeof reason === 'string' ? [] : [{ key: { owner: row.owner, id: row.id }, reason, occurrences: row.occurrences }];
      }),
    );
    this.settle(outcomes);
  }
}
