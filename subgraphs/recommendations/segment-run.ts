import { randomUUID } from 'node:crypto';
import { update } from '../../kernel/update.ts';
import { countLookalikes, type LookalikeOptions } from './segment-lookalikes.ts';
import { countPage, type PageOptions } from './segment-page.ts';
import { RUNS, type SegmentCounted, type SegmentRecord, type SegmentRunRecord, segmentKey } from './segment-records.ts';

export interface SegmentRunOptions extends PageOptions, LookalikeOptions {
  /** Which segments; all in use when absent. */
  readonly only?: readonly string[];
  readonly signal: AbortSignal;
  /** Told before the first batch: how many customers there are, and how many of them were counted before. */
  readonly onBegin?: (of: number, from: number) => void;
  /** Told after each batch: how many customers are counted. */
  readonly onProgress: (customers: number) => void;
}

export interface SegmentRunResult {
  /** False: it was stopped, and goes on from there when it is run again. */
  readonly complete: boolean;
  readonly customers: number;
  /** By segment id; those of which nothing can be said are in `refused`. */
  readonly counts: Readonly<Record<string, SegmentCounted>>;
  readonly refused: Readonly<Record<string, string>>;
}

/** As many as the graph answers for at once. */
const PAGE = 100;
/** Pages that are asked at the same time: one is written while others are read. */
const TOGETHER = 4;
const MOST_AT_ONCE = 1000;
/** Who was counted so long ago is counted again. */
const STALE_MS = 86_400_000;

/**
 * Counts segments over all customers: rules are asked of the graph page by page, lists and lookalikes of what is stored, and who came in or
 * went out is noted. What was done is kept after every batch of pages, so a count that was stopped or killed goes on from there; doing a batch twice changes nothing.
 * Of whom it can't be learnt, they stay what they were. Cost grows with the number of customers: the question is the same for each, whatever the number of segments.
 */
export async function countSegments(options: SegmentRunOptions): Promise<SegmentRunResult> {
  const { segments, signal } = options;
  const chosen = await chosenSegments(options);
  let run = await runToGoOnWith(options, chosen);
  if (options.onBegin) options.onBegin(await number(options.directory.persons('')), run.customers);
  run = await countPages(options, chosen, run);
  if (signal.aborted) return { complete: false, customers: run.customers, counts: {}, refused: {} };
  const refused = await countLookalikes(options, chosen, run);
  const counts: Record<string, SegmentCounted> = {};
  for (const segment of chosen) {
    if (refused[segment.id] !== undefined) continue;
    await dropTheGone(options, segment, run);
    counts[segment.id] = await counted(options, segment, run);
  }
  for (const [id, count] of Object.entries(counts))
    await update(segments.definitions, [segmentKey(id)], (current) => (current ? { ...current, count } : null));
  await update(segments.runs, [run], (current) => (current ? { ...current, finishedAt: options.clock() } : null));
  return { complete: true, customers: run.customers, counts, refused };
}

/** Those asked for, and the seeds that they need, rules and lists first. */
async function chosenSegments({ segments, only }: SegmentRunOptions): Promise<readonly SegmentRecord[]> {
  const inUse = await segments.inUse();
  const wanted = new Set(only ?? inUse.map(({ id }) => id));
  for (const { id, making } of inUse) if (wanted.has(id) && making.kind === 'LOOKALIKE') wanted.add(making.seeds);
  return inUse.filter(({ id }) => wanted.has(id));
}

/** The last count, if it was not finished, is of the same segments as they are now, and is not old; otherwise a new one. */
async function runToGoOnWith({ segments, clock }: SegmentRunOptions, chosen: readonly SegmentRecord[]): Promise<SegmentRunRecord> {
  const of = chosen.map(({ id, revision }) => ({ id, revision }));
  const at = clock();
  const last = await segments.lastRun();
  if (last?.finishedAt === null && at - last.at < STALE_MS && JSON.stringify(last.segments) === JSON.stringify(of)) return last;
  const none = { members: 0, entered: 0, left: 0, unknown: 0, withheld: 0 };
  const totals = Object.fromEntries(of.map(({ id }) => [id, none]));
  const run = { owner: RUNS, id: randomUUID(), version: 0, at, segments: of, after: '', customers: 0, totals, finishedAt: null };
  await segments.runs.insertOnce([run]);
  return { ...run, version: 1 };
}

async function countPages(
  options: SegmentRunOptions,
  chosen: readonly SegmentRecord[],
  started: SegmentRunRecord,
): Promise<SegmentRunRecord> {
  const { directory, segments, signal, onProgress } = options;
  let run = started;
  let pages: string[][] = [];
  const finish = async () => {
    if (pages.length === 0) return;
    const pageTotals = await Promise.all(pages.map((page) => countPage(options, chosen, run, page)));
    const totals = Object.fromEntries(
      Object.entries(run.totals).map(([id, total]) => {
        const sum = (what: 'unknown' | 'withheld') => pageTotals.reduce((all, page) => all + (page.get(id)?.[what] ?? 0), total[what]);
        return [id, { ...total, unknown: sum('unknown'), withheld: sum('withheld') }];
      }),
    );
    const customers = run.customers + pages.reduce((all, page) => all + page.length, 0);
    const next = { ...run, after: pages.at(-1)?.at(-1) ?? run.after, customers, totals };
    const [outcome] = await segments.runs.putMany([next]);
    if (outcome !== 'ok') throw new Error('The count is under way in another process. Wait for it, and run this again.');
    run = { ...next, version: next.version + 1 };
    pages = [];
    onProgress(run.customers);
  };
  for await (const person of directory.persons(run.after)) {
    const page = pages.at(-1);
    if (page && page.length < PAGE) page.push(person);
    else if (pages.length < TOGETHER) pages.push([person]);
    else {
      await finish();
      if (signal.aborted) return run;
      pages = [[person]];
    }
  }
  if (!signal.aborted) await finish();
  return run;
}

/** Ends memberships of customers who became part of others: those are counted in their place. */
async function dropTheGone(
  { segments, directory, clock }: SegmentRunOptions,
  segment: SegmentRecord,
  run: SegmentRunRecord,
): Promise<void> {
  const owners = [...(await segments.memberIds(segment.id))];
  for (let from = 0; from < owners.length; from += MOST_AT_ONCE) {
    const some = owners.slice(from, from + MOST_AT_ONCE);
    const members = await directory.members(some);
    const gone = some.filter((owner, index) => members[index]?.[0] !== owner);
    await update(
      segments.memberships,
      gone.map((owner) => ({ owner, id: segment.id })),
      (current) => (current?.member ? { ...current, member: false, because: null, likeness: null, run: run.id, at: clock() } : null),
    );
  }
}

/** What the count of a segment came to, from what is stored: a batch that was done twice is in it once. */
async function counted(
  { segments, clock }: SegmentRunOptions,
  { id, revision }: SegmentRecord,
  run: SegmentRunRecord,
): Promise<SegmentCounted> {
  let [members, entered, left] = [0, 0, 0];
  for await (const membership of segments.everyMembership(id, { member: true })) {
    members += 1;
    if (membership.run === run.id) entered += 1;
  }
  for await (const _ of segments.everyMembership(id, { member: false, run: run.id })) left += 1;
  const { unknown = 0, withheld = 0 } = run.totals[id] ?? {};
  return {
    ...{ startedAt: run.at, finishedAt: clock(), run: run.id, revision, customers: run.customers },
    ...{ members, entered, left, unknown, withheld },
  };
}

async function number(all: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of all) count += 1;
  return count;
}
