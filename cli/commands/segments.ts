import { destination } from 'pino';
import { openEngine } from '../../gateway/engine/engine.ts';
import { mergedView } from '../../gateway/merged-view.ts';
import { readSupergraph } from '../../gateway/supergraph-file.ts';
import { inProcess } from '../../gateway/transport/in-process.ts';
import { closest } from '../../kernel/closest.ts';
import { OperatorError } from '../../kernel/errors.ts';
import { createLog } from '../../kernel/log.ts';
import type { MergedView } from '../../kernel/merged-view.ts';
import { scalars } from '../../kernel/scalars.ts';
import type { SubgraphName } from '../../kernel/subgraph-names.ts';
import { SegmentJudge } from '../../subgraphs/segments/judge.ts';
import { countSegments, type SegmentRunResult } from '../../subgraphs/segments/run.ts';
import { Segments } from '../../subgraphs/segments/store.ts';
import { Likenesses } from '../../training/alike.ts';
import { loadConfig } from '../runtime/config.ts';
import { type OpenSubgraphs, openSubgraphs } from '../runtime/open-subgraphs.ts';
import { EXIT_INTERRUPTED, interruption, printJson } from '../runtime/output.ts';
import { customersProgress } from '../runtime/progress.ts';

interface Flags {
  readonly json?: boolean;
  readonly config?: string;
}

/** A whole page of customers with every segment may take a while on a busy machine; nobody waits for it. */
const PAGE_DEADLINE_MS = 60_000;

/** `c360 segments count`: who is in, came in and went out, over all customers. */
export async function count(ids: readonly string[], { json, config: file }: Flags): Promise<void> {
  const config = loadConfig({ env: process.env, file, role: 'all' });
  const log = createLog(config.logLevel, destination(2));
  const signal = interruption();
  let view: () => MergedView | null = () => null;
  const opened = await openSubgraphs({ ...config, clock: Date.now, log, mergedView: () => view() });
  const transportFor = ({ name }: { readonly name: string }) => {
    const subgraph = opened.subgraphs.get(name as SubgraphName);
    if (subgraph) return inProcess(subgraph);
    throw new OperatorError('The supergraph was not loaded:', [
      `${config.supergraphFile}: names a subgraph "${name}" that is none of ours.`,
    ]);
  };
  const engine = openEngine({ transportFor, scalars, deadlineMs: PAGE_DEADLINE_MS, requestDeadlineMs: PAGE_DEADLINE_MS, log });
  const display = customersProgress();
  let of = 0;
  try {
    const supergraph = { path: config.supergraphFile, place: `${config.supergraphFile} (C360_SUPERGRAPH)` };
    await engine.load(readSupergraph(supergraph), supergraph.place);
    view = mergedView(engine, Date.now).view;
    const segments = segmentsOf(opened);
    await checkIds(segments, ids);
    // Rules may rest on models, ranks and content, which a server's jobs find: without them members would seem to leave.
    for (const job of [...opened.subgraphs.values()].flatMap(({ jobs }) => jobs)) await job.run(signal);
    const judge = new SegmentJudge(view, Date.now);
    // Read when the first segment of lookalikes is counted, and for all of them.
    let likenesses: Promise<Likenesses | null> | undefined;
    const alike = async (seeds: ReadonlySet<string>) => {
      likenesses ??= Likenesses.of(purchasesOf(opened), opened.directory, Date.now());
      return (await likenesses)?.rank(seeds) ?? 'nobody who allows models to learn from them has bought anything';
    };
    const { directory } = opened;
    const result = await countSegments({
      segments,
      judge,
      directory,
      clock: Date.now,
      alike,
      ...(ids.length > 0 && { only: ids }),
      signal,
      onBegin: (all, from) => {
        of = all;
        if (from > 0) console.error(`Going on after ${from} of ${of} customers, which were counted before.`);
        display.update({ customers: from, of });
      },
      onProgress: (customers) => display.update({ customers, of }),
    });
    display.stop();
    await report(result, json === true, segments);
  } finally {
    display.stop();
    await engine.close();
    await opened.close();
  }
}

function segmentsOf(opened: OpenSubgraphs): Segments {
  const store = opened.stores.get('segments');
  if (!store) throw new Error('The store of segments is not open.');
  return new Segments(store);
}

function purchasesOf(opened: OpenSubgraphs) {
  const purchases = opened.subgraphs.get('pos')?.facts.purchases;
  if (!purchases) throw new Error('pos offers no purchases.');
  return purchases();
}

async function checkIds(segments: Segments, ids: readonly string[]): Promise<void> {
  const known = (await segments.inUse()).map(({ id }) => id);
  const problems = ids
    .filter((id) => !known.includes(id))
    .map((id) => {
      const meant = closest(id, known, 4);
      return `${id} is no segment in use${meant ? `; did you mean ${meant}?` : '.'} See: c360 segments list`;
    });
  if (problems.length > 0) throw new OperatorError('Nothing was counted:', problems);
  if (known.length === 0)
    throw new OperatorError('Nothing was counted:', ['No segment is in use. Define one: segmentDefine of the graph.']);
}

async function report({ complete, customers, counts, refused }: SegmentRunResult, json: boolean, segments: Segments): Promise<void> {
  if (!complete) {
    process.exitCode = EXIT_INTERRUPTED;
    console.error(`Stopped after ${customers} customers. Run the same command again to go on from here.`);
    return;
  }
  for (const [id, counted] of Object.entries(counts)) {
    if (json) printJson({ segment: id, ...counted });
    else console.log(described(id, counted));
  }
  for (const [id, why] of Object.entries(refused)) {
    if (json) printJson({ segment: id, refused: why });
    else console.log(`${id}: not counted, because ${why}.`);
  }
  const changed = (await segments.inUse()).filter(({ id, revision }) => counts[id] && counts[id].revision !== revision);
  for (const { id } of changed) console.error(`${id} was defined anew meanwhile. Count it again.`);
}

function described(id: string, { customers, members, entered, left, unknown, withheld }: SegmentRunResult['counts'][string]): string {
  const notes = [unknown > 0 && `${unknown} not known`, withheld > 0 && `${withheld} without consent`].filter(Boolean);
  return `${id}: ${members} of ${customers} customers; ${entered} entered, ${left} left${notes.length > 0 ? `; ${notes.join(', ')}` : ''}`;
}

/** `c360 segments list`: what is in use, with what was last counted. */
export async function list({ json, config: file }: Flags): Promise<void> {
  const { storage, logLevel } = loadConfig({ env: process.env, file, role: 'all' });
  const opened = await openSubgraphs({ storage, names: ['segments'], clock: Date.now, log: createLog(logLevel, destination(2)) });
  try {
    for (const { id, name, making, revision, count: counted } of await segmentsOf(opened).inUse()) {
      if (json) printJson({ segment: id, name, kind: making.kind, revision, count: counted });
      else console.log(counted ? described(id, counted) : `${id}: not counted yet. Count it: c360 segments count ${id}`);
    }
  } finally {
    await opened.close();
  }
}
