import type { Reason } from '../kernel/errors.ts';
import { digest } from '../kernel/ids.ts';
import type { Collection, Cursor, EpochMs, Key, Page } from '../kernel/storage/port.ts';
import { update } from '../kernel/update.ts';
import type { QuarantineRecord, Seen } from './records.ts';

/** A refused row with all that is needed to list, correct and retry it. */
export interface RefusedRow {
  readonly number: number;
  readonly line: number;
  readonly raw: string;
  readonly faulty: boolean;
  readonly reason: Reason;
  readonly origin: string;
  readonly occurrences: readonly number[];
}

/** The run that refused rows. */
export interface RefusingRun {
  readonly runId: string;
  readonly startedAt: EpochMs;
  readonly group: string;
  readonly file: string;
}

export interface PageOptions {
  /** 1 to 1000. */
  readonly first: number;
  readonly after?: Cursor | undefined;
  readonly code?: string | undefined;
}

const CHUNK = 500;

/** Quarantined rows are filed by source and by the name of the mapping that read them. */
export function quarantineGroup(source: string, mappingName: string): string {
  return `${source}/${mappingName.replace(/\.[^.]*$/, '')}`;
}

/** Runs that may refuse equal rows at the same time. */
const MAX_SEEN = 4;
const MAX_ATTEMPTS = 20;

/** The rows that could not be stored. They hold personal data and leave the store only where an operator exports them. */
export class Quarantine {
  readonly #rows: Collection<QuarantineRecord>;

  constructor(rows: Collection<QuarantineRecord>) {
    this.#rows = rows;
  }

  /**
   * Files refused rows, given in the order of the file. A row filed before, by an earlier run or by this one before it was killed,
   * is filed again under the same key, so it is listed once; of equal rows in one file each is kept.
   */
  async file(run: RefusingRun, refused: readonly RefusedRow[]): Promise<void> {
    if (refused.length === 0) return;
    const groups = new Map<string, RefusedRow[]>();
    for (const row of refused) {
      const content = digest(row.raw);
      const equal = groups.get(content);
      if (equal) equal.push(row);
      else groups.set(content, [row]);
    }
    let open = [...groups].map(([content, rows]) => ({ content, rows, key: { owner: run.group, id: content } }));
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt === MAX_ATTEMPTS) throw new Error(`Quarantined rows are still contended after ${MAX_ATTEMPTS} attempts.`);
      const current = await this.#rows.getMany(open.map(({ key }) => key));
      const plans = open.map(({ rows }, index) => numbered(rows, current[index]?.seen ?? [], run.runId));
      // Later ones of equal rows first: the count kept with the first says that they are there.
      const later = plans.flatMap(({ rows }, index) =>
        rows
          .filter(({ nth }) => nth > 1)
          .map(({ row, nth }) => record(run, row, nth, { owner: run.group, id: `${open[index]!.content}.${nth}` }, [])),
      );
      if (later.length > 0) await update(this.#rows, later, (_, index) => later[index]!);
      const heads = plans.flatMap(({ rows, seen }, index) => {
        const stored = current[index] ?? null;
        const first = rows.find(({ nth }) => nth === 1);
        if (first) return [{ index, doc: { ...record(run, first.row, 1, open[index]!.key, seen), version: stored?.version ?? 0 } }];
        return stored === null || rows.length === 0 ? [] : [{ index, doc: { ...stored, seen } }];
      });
      const written = heads.length > 0 ? await this.#rows.putMany(heads.map(({ doc }) => doc)) : [];
      const lost = new Set(heads.filter((_, place) => written[place] === 'conflict').map(({ index }) => index));
      open = open.filter((_, index) => lost.has(index));
    }
  }

  /** How many rows of a group wait, by reason code. */
  async summary(group: string): Promise<readonly { readonly code: string; readonly count: number }[]> {
    const [totals = []] = await this.#rows.totals([[group]], { from: 1, by: 'code' });
    return totals.map(({ group: code, count }) => ({ code, count }));
  }

  /** A page of a group, the latest row first; of one reason where `code` is given. */
  async page(group: string, { first, after, code }: PageOptions): Promise<Page<QuarantineRecord>> {
    const items: QuarantineRecord[] = [];
    let next = after ?? null;
    do {
      const [page] = await this.#rows.latest([[group]], { first: code === undefined ? first : CHUNK, after: next ?? undefined, from: 1 });
      next = page?.next ?? null;
      for (const row of page?.items ?? []) {
        if (code !== undefined && row.code !== code) continue;
        items.push(row);
        if (items.length === first) return { items, next: row === page?.items.at(-1) ? next : { at: row.order, id: row.id } };
      }
    } while (next);
    return { items, next };
  }

  /** Every waiting row of a group; of one reason where `code` is given. The latest first. */
  async *waiting(group: string, code?: string): AsyncGenerator<QuarantineRecord> {
    let after: Cursor | undefined;
    do {
      const { items, next }: Page<QuarantineRecord> = await this.page(group, { first: CHUNK, after, code });
      yield* items;
      after = next ?? undefined;
    } while (after);
  }

  /** Takes all waiting rows of a group, or of one reason, out of quarantine unstored. Gives their number. */
  async discard(group: string, code?: string): Promise<number> {
    let discarded = 0;
    for (;;) {
      const { items } = await this.page(group, { first: CHUNK, code });
      if (items.length === 0) return discarded;
      await this.release(items);
      discarded += items.length;
    }
  }

  async find(group: string, ids: readonly string[]): Promise<readonly (QuarantineRecord | null)[]> {
    return this.#rows.getMany(ids.map((id) => ({ owner: group, id })));
  }

  /** Takes rows out of quarantine and forgets what they held. */
  async release(keys: readonly Key[]): Promise<void> {
    await update(this.#rows, keys, (current) => (current === null ? null : { ...current, order: 0, raw: null, occurrences: [] }));
  }

  /** Notes why rows that were retried were refused again. */
  async refuseAgain(
    refusals: readonly { readonly key: Key; readonly reason: Reason; readonly occurrences: readonly number[] }[],
  ): Promise<void> {
    await update(
      this.#rows,
      refusals.map(({ key }) => key),
      (current, index) => {
        const { reason, occurrences } = refusals[index]!;
        return current === null
          ? null
          : { ...current, code: reason.code, field: reason.field ?? null, message: reason.message, occurrences };
      },
    );
  }
}

/** Numbers equal rows within their run; rows that the run filed before a kill are left out. */
function numbered(rows: readonly RefusedRow[], seen: readonly Seen[], runId: string) {
  const before = seen.find((one) => one.runId === runId) ?? { runId, count: 0, lastRow: 0 };
  const fresh = rows.filter(({ number }) => number > before.lastRow);
  const last = fresh.at(-1);
  if (!last) return { rows: [], seen };
  const now: Seen = { runId, count: before.count + fresh.length, lastRow: last.number };
  return {
    rows: fresh.map((row, index) => ({ row, nth: before.count + index + 1 })),
    seen: [now, ...seen.filter((one) => one.runId !== runId)].slice(0, MAX_SEEN),
  };
}

function record(run: RefusingRun, row: RefusedRow, nth: number, key: Key, seen: readonly Seen[]): QuarantineRecord {
  return {
    ...key,
    version: 0,
    order: run.startedAt + row.number,
    code: row.reason.code,
    field: row.reason.field ?? null,
    message: row.reason.message,
    file: run.file,
    line: row.line,
    raw: row.raw,
    faulty: row.faulty,
    origin: row.origin,
    occurrences: row.occurrences,
    nth,
    seen,
  };
}
