import { randomUUID } from 'node:crypto';
import { OperatorError } from '../../kernel/errors.ts';
import { update } from '../../kernel/update.ts';
import { countLookalikes, type LookalikeOptions } from './lookalikes.ts';
import type { Counting } from './membership.ts';
import { countPage, type PageOptions } from './page.ts';
import { pruneMemberships } from './prune.ts';
import { RUNS, type SegmentCounted, type SegmentRecord, type SegmentRunRecord, segmentKey } from './records.ts';
import { ruleProblems } from './rules/segment-rules.ts';

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
/** Who was counted so long ago is counted again. */
const STALE_MS = 86_400_000;

/**
 * Counts segments over all customers: rules are asked of the graph page by page, lists and lookalikes of what is stored, and who came in or
 * went out is noted. What was done is kept after every batch of pages, so a count that was stopped or killed goes on from there; doing a batch twice changes nothing.
 * Of whom it can't be learnt, they stay what they were. Cost grows with the number of customers: the question is the same for each, whatever the number of segments.
 */
export async function countSegments(options: SegmentRunOptions): Promise<SegmentRunResult> {
  const { segments, signal } = options;
  const { askable, refused: unaskable } = asked(options, await chosenSegments(options));
  if (askable.length === 0) return { complete: true, customers: 0, counts: {}, refused: unaskable };
  let run = await runToGoOnWith(options, askable);
  const marks = new Map(run.segments.map(({ id, mark }) => [id, mark]));
  const chosen = askable.map((segment): Counting => ({ ...segment, mark: marks.get(segment.id) ?? run.id }));
  if (options.onBegin) options.onBegin(await number(options.directory.persons('')), run.customers);
  run = await countPages(options, chosen, run);
  if (signal.aborted) return { complete: false, customers: run.customers, counts: {}, refused: {} };
  const refused = { ...unaskable, ...(await countLookalikes(options, chosen)) };
  const counts: Record<string, SegmentCounted> = {};
  for (const segment of chosen) {
    if (refused[segment.id] !== undefined) continue;
    await pruneMemberships(options, segment);
    counts[segment.id] = await counted(options, segment, run);
  }
  for (const [id, count] of Object.entries(counts))
    await update(
      segments.definitions,
      [segmentKey(id)],
      (current) => current && { ...current, count, mark: current.mark === count.run ? null : current.mark },
    );
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

/** Leaves out rules that can't be asked any more: they would be asked of everybody for nothing. */
function asked({ judge }: SegmentRunOptions, chosen: readonly SegmentRecord[]) {
  const { schema } = judge;
  const refused: Record<string, string> = {};
  for (const { id, making } of chosen) {
    const [problem] = making.kind === 'RULE' && schema ? ruleProblems(making.rule, schema) : [];
    if (problem) refused[id] = `its rule can't be asked any more: "${problem.at}" ${problem.message}`;
  }
  return { askable: chosen.filter(({ id }) => refused[id] === undefined), refused };
}

/**
 * A count that was not finished, is of the same segments as they are now, and is not old; otherwise a new one. What counts that did
 * not end have changed keeps its mark in the next one, which so tells who came in and went out since the last that did.
 */
async function runToGoOnWith({ segments, clock }: SegmentRunOptions, chosen: readonly SegmentRecord[]): Promise<SegmentRunRecord> {
  const of = chosen.map(({ id, revision }) => ({ id, revision }));
  const at = clock();
  const counts = JSON.stringify(of);
  const begun = (await segments.unfinishedRuns(at - STALE_MS)).find(
    (one) => JSON.stringify(one.segments.map(({ id, revision }) => ({ id, revision }))) === counts,
  );
  const mark = randomUUID();
  const keys = of.map(({ id }) => segmentKey(id));
  await update(segments.definitions, keys, (current) => (current && !current.mark ? { ...current, mark } : null));
  const marked = await segments.definitions.getMany(keys);
  const marks = { segments: of.map((segment, index) => ({ ...segment, mark: marked[index]?.mark ?? mark })) };
  if (begun) return saved(segments, { ...begun, ...marks });
  const totals = Object.fromEntries(of.map(({ id }) => [id, { unknown: 0, withheld: 0 }]));
  const run: SegmentRunRecord = {
    ...{ owner: RUNS, id: randomUUID(), version: 0, at, after: '', customers: 0, totals, finishedAt: null },
    ...marks,
  };
  await segments.runs.insertOnce([run]);
  return { ...run, version: 1 };
}

/** The run as it is stored now. */
async function saved({ runs }: SegmentRunOptions['segments'], run: SegmentRunRecord): Promise<SegmentRunRecord> {
  const [outcome] = await runs.putMany([run]);
  if (outcome === 'ok') return { ...run, version: run.version + 1 };
  throw new OperatorError('Nothing more was counted:', [
    'Another process is at the same count. Wait until it has ended; it counts for both.',
  ]);
}

async function countPages(options: SegmentRunOptions, chosen: readonly Counting[], started: SegmentRunRecord): Promise<SegmentRunRecord> {
  const { directory, segments, signal, onProgress } = options;
  let run = started;
  let pages: string[][] = [];
  const finish = async () => {
    if (pages.length === 0) return;
    const pageTotals = await Promise.all(pages.map((page) => countPage(options, chosen, page)));
    const totals = Object.fromEntries(
      Object.entries(run.totals).map(([id, total]) => {
        const sum = (what: 'unknown' | 'withheld') => pageTotals.reduce((all, page) => all + (page.get(id)?.[what] ?? 0), total[what]);
        return [id, { unknown: sum('unknown'), withheld: sum('withheld') }];
      }),
    );
    const customers = run.customers + pages.reduce((all, page) => all + page.length, 0);
    run = await saved(segments, { ...run, after: pages.at(-1)?.at(-1) ?? run.after, customers, totals });
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

/** What the count of a segment came to, from what is stored: a batch that was done twice is in it once. */
async function counted(
  { segments, clock }: SegmentRunOptions,
  { id, revision, mark }: Counting,
  run: SegmentRunRecord,
): Promise<SegmentCounted> {
  let [members, entered, left] = [0, 0, 0];
  for await (const membership of segments.everyMembership(id, { member: true })) {
    members += 1;
    if (membership.run === mark) entered += 1;
  }
  for await (const _ of segments.everyMembership(id, { member: false, run: mark })) left += 1;
  const { unknown = 0, withheld = 0 } = run.totals[id] ?? {};
  return {
    ...{ startedAt: run.at, finishedAt: clock(), run: mark, revision, customers: run.customers },
    ...{ members, entered, left, unknown, withheld },
  };
}

async function number(all: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of all) count += 1;
  return count;
}
