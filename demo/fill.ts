import type { Reason } from '../kernel/errors.ts';
import type { Arrival, Claim, Directory, Intake } from '../kernel/intake.ts';
import { openStore, type StorageConfig } from '../kernel/storage/open.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { catalogueRecords } from './catalogue.ts';
import { contentRecords } from './content.ts';
import { customerRecords } from './customer.ts';
import { advance, type Fill, fillSpec, startFill } from './progress.ts';
import { DEMO_SOURCE, type DemoRecord } from './record.ts';

/** How far a fill has come. */
export interface FillProgress {
  /** Customers that are filed durably, those of an earlier run included. */
  readonly customers: number;
  readonly of: number;
}

/** What a fill did. `stored`, `duplicates` and `refused` add up to `records`, all of this run alone. */
export interface FillResult {
  /** False when it was aborted; call again to go on. */
  readonly complete: boolean;
  /** Customers that are filed, those of earlier runs included. */
  readonly customers: number;
  readonly records: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Of refused records, how many for which reason: `order FIELD_INVALID unit_price`. Empty unless the generator and an intake disagree. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
}

export interface FillOptions {
  /** Where the company's stores are; the fill keeps its progress beside them, in a store named `demo`. */
  readonly storage: StorageConfig;
  readonly directory: Directory;
  /** Of all subgraphs: `[...company.subgraphs.values()].flatMap(({ intakes }) => intakes)`. */
  readonly intakes: readonly Intake[];
  /** How many customers there shall be in all. */
  readonly customers: number;
  /** Equal seeds make equal companies. */
  readonly seed: string;
  /** What the company's dates are relative to, for a fill that begins; one that goes on keeps the time it began with. */
  readonly now: EpochMs;
  readonly onProgress?: (progress: FillProgress) => void;
  /** Customers filed at a time, 100 unless told: enough that batches are full, few enough that a step is a moment. */
  readonly step?: number;
  /** Stops after the customers under way. */
  readonly signal?: AbortSignal;
}

/** The most arrivals that one `Intake.store` is given. */
const BATCH = 200;
/** Kinds that meet in one document of their subgraph, of which the second would only wait for the first or run into it. */
const TOGETHER: Readonly<Record<string, string>> = { points: 'account', campaign_touch: 'event', interaction: 'case' };

/**
 * Fills the stores with the demo company, through the same intakes as any other data. Exactly once: what is done is
 * remembered, a fill that was killed goes on where it stopped, one that is complete is not repeated, and a larger number of
 * customers adds the missing ones. Memory does not grow with their number. Throws an OperatorError when the store holds a
 * demo company of another seed.
 */
export async function fillDemoStore(options: FillOptions): Promise<FillResult> {
  const { storage, directory, intakes, customers, seed, onProgress, signal, step: size = 100 } = options;
  const store = await openStore(storage, 'demo', [fillSpec]);
  try {
    const fills = store.collection(fillSpec);
    const started = performance.now();
    const tally = { records: 0, stored: 0, duplicates: 0, refused: 0, reasons: {} as Record<string, number> };
    let fill = await startFill(fills, { seed, now: options.now });
    const take = (current: Fill, from: number) => {
      const to = Math.min(from + size, customers);
      const records = [...recordsOf(current, from, to)];
      return { to, records, owners: ownersOf(directory, records) };
    };
    const report = () => onProgress?.({ customers: fill.customers, of: customers });
    report();
    let step = take(fill, fill.customers);
    while (fill.customers < customers && !signal?.aborted) {
      const { to, records, owners } = step;
      const found = await owners;
      // The directory's store is another than the domains': it finds the next step's owners while these are filed.
      step = take(fill, to);
      await settled([file(intakes, records, found, tally, directory), step.owners]);
      fill = await advance(fills, fill, to);
      report();
    }
    await step.owners;
    return { complete: fill.customers >= customers, customers: fill.customers, ...tally, elapsedMs: performance.now() - started };
  } finally {
    await store.close();
  }
}

/** A record and where it stands in the company, by which a repeated one is known. */
interface Numbered {
  readonly record: DemoRecord;
  readonly origin: string;
}

function* recordsOf({ seed, now }: Fill, from: number, to: number): Generator<Numbered> {
  if (from === 0) {
    yield* numbered('catalogue', catalogueRecords());
    yield* numbered('content', contentRecords(now));
  }
  for (let index = from; index < to; index++) yield* numbered(String(index), customerRecords(seed, index, now));
}

function* numbered(part: string, records: Iterable<DemoRecord>): Generator<Numbered> {
  let nth = 0;
  for (const record of records) yield { record, origin: `${DEMO_SOURCE}/${part}/${nth++}` };
}

/** Per claim key: whose it is, or why nobody's. */
type Owners = ReadonlyMap<string, string | Reason>;
type Tally = { records: number; stored: number; duplicates: number; refused: number; reasons: Record<string, number> };

/** Files some customers' records: the domains' side by side, the kinds of one in the order in which they first occur. */
async function file(
  intakes: readonly Intake[],
  records: readonly Numbered[],
  owners: Owners,
  tally: Tally,
  directory: Directory,
): Promise<void> {
  tally.records += records.length;
  const kinds = grouped(records, ({ record }) => record.kind);
  const lanes = grouped([...kinds.keys()], (kind) => TOGETHER[kind] ?? kind);
  await settled(
    [...lanes.values()].map(async (lane) => {
      for (const kind of lane) {
        const intake = intakes.find((candidate) => candidate.kind === kind);
        if (!intake) throw new Error(`No subgraph takes in records of kind ${kind}.`);
        await fileKind(intake, kinds.get(kind) ?? [], owners, tally, directory);
      }
    }),
  );
}

async function fileKind(intake: Intake, records: readonly Numbered[], owners: Owners, tally: Tally, directory: Directory): Promise<void> {
  const arrivals: Arrival<unknown>[] = [];
  for (const { record, origin } of records) {
    const owner = record.identifiers.length === 0 ? '' : owners.get(claimKey(record))!;
    const read = intake.read(record.row);
    if (typeof owner !== 'string') refuse(tally, intake.kind, owner);
    else if (!read.ok) refuse(tally, intake.kind, read.reason);
    else arrivals.push({ record: read.record, owner, origin, occurrence: 1 });
  }
  for (let at = 0; at < arrivals.length; at += BATCH) {
    const batch = arrivals.slice(at, at + BATCH);
    for (const outcome of await intake.store(batch)) {
      if (outcome === 'stored') tally.stored++;
      else if (outcome === 'duplicate') tally.duplicates++;
      else refuse(tally, intake.kind, outcome);
    }
    await refer(directory, intake, batch);
  }
}

function refuse(tally: Tally, kind: string, { code, field }: Reason): void {
  const reason = [kind, code, field].filter(Boolean).join(' ');
  tally.refused++;
  tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
}

/** Waits for all, so that nothing is still being written when the first failure is thrown. */
async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

/** Groups in the order in which their keys first occur. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

const claimKey = ({ identifiers }: DemoRecord) => identifiers.map(({ namespace, value }) => `${namespace}:${value}`).join('\n');

/** Whose records these are, by the identifiers they carry: each set of identifiers is resolved once, with the first and last time it was seen. */
async function ownersOf(directory: Directory, records: readonly Numbered[]): Promise<Owners> {
  const claims: Claim[] = [];
  const keys: string[] = [];
  for (const [key, group] of grouped(records, ({ record }) => claimKey(record))) {
    if (key === '') continue;
    const { identifiers } = group[0]!.record;
    const times = group.flatMap(({ record }) => record.seenAt ?? []);
    const consents = group.flatMap(({ record }) => record.consents ?? []);
    const claim = (seenAt: EpochMs | null): Claim => ({ identifiers, source: DEMO_SOURCE, seenAt });
    const first = times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b));
    const last = times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b));
    claims.push(consents.length > 0 ? { ...claim(first), consents } : claim(first));
    keys.push(key);
    if (last !== first) {
      claims.push(claim(last));
      keys.push(key);
    }
  }
  const found = claims.length === 0 ? [] : await directory.resolve(claims);
  return new Map(keys.map((key, place) => [key, found[place]!]));
}

/** Remembers whose the records' numbers are, as ingest does, so that later files can refer to them. */
async function refer(directory: Directory, intake: Intake, arrivals: readonly Arrival<unknown>[]): Promise<void> {
  const references = arrivals.flatMap(({ record, owner }) => {
    const reference = intake.referenceOf?.(record) ?? null;
    return reference === null || owner === '' ? [] : [{ ...reference, owner }];
  });
  if (references.length > 0) await directory.refer(references);
}
