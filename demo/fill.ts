import type { Arrival, Claim, Directory, Intake, Outcome } from '../kernel/intake.ts';
import { openStore, type StorageConfig } from '../kernel/storage/open.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { catalogueRecords } from './catalogue.ts';
import { customerRecords } from './customer.ts';
import { advance, type Fill, fillSpec, startFill } from './progress.ts';
import { DEMO_SOURCE, type DemoRecord } from './record.ts';

/** How far a fill has come. */
export interface FillProgress {
  /** Customers that are filed durably, those of an earlier run included. */
  readonly customers: number;
  readonly of: number;
  /** In this run; 0 at its beginning. */
  readonly customersPerSecond: number;
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
  /** Stops after the customers under way. */
  readonly signal?: AbortSignal;
}

/** Customers per step: enough that batches are full, few enough that a step is a moment. */
const STEP = 50;
/** The most arrivals that one `Intake.store` is given. */
const BATCH = 200;

/**
 * Fills the stores with the demo company, through the same intakes as any other data. Exactly once: what is done is
 * remembered, a fill that was killed goes on where it stopped, one that is complete is not repeated, and a larger number of
 * customers adds the missing ones. Memory does not grow with their number. Throws an OperatorError when the store holds a
 * demo company of another seed.
 */
export async function fillDemoStore(options: FillOptions): Promise<FillResult> {
  const { storage, customers, seed, onProgress, signal } = options;
  const store = await openStore(storage, 'demo', [fillSpec]);
  try {
    const fills = store.collection(fillSpec);
    const started = performance.now();
    const tally = { records: 0, stored: 0, duplicates: 0, refused: 0, reasons: {} as Record<string, number> };
    let fill = await startFill(fills, { seed, now: options.now });
    const before = fill.customers;
    const report = () => {
      const seconds = (performance.now() - started) / 1000;
      onProgress?.({ customers: fill.customers, of: customers, customersPerSecond: seconds > 0 ? (fill.customers - before) / seconds : 0 });
    };
    report();
    while (fill.customers < customers && !signal?.aborted) {
      const next = Math.min(fill.customers + STEP, customers);
      await file(options, [...recordsOf(fill, next)], tally);
      fill = await advance(fills, fill, next);
      report();
    }
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

function* recordsOf({ customers, seed, now }: Fill, to: number): Generator<Numbered> {
  if (customers === 0) yield* numbered('catalogue', catalogueRecords());
  for (let index = customers; index < to; index++) yield* numbered(String(index), customerRecords(seed, index, now));
}

function* numbered(part: string, records: Iterable<DemoRecord>): Generator<Numbered> {
  let nth = 0;
  for (const record of records) yield { record, origin: `${DEMO_SOURCE}/${part}/${nth++}` };
}

type Tally = { records: number; stored: number; duplicates: number; refused: number; reasons: Record<string, number> };

/** Files some customers' records: finds whose they are in one call, then stores kind after kind in the order in which kinds first occur. */
async function file(
  { directory, intakes }: Pick<FillOptions, 'directory' | 'intakes'>,
  records: readonly Numbered[],
  tally: Tally,
): Promise<void> {
  const owners = await ownersOf(directory, records);
  const refuse = (kind: string, { code, field }: { code: string; field?: string }) => {
    const reason = [kind, code, field].filter(Boolean).join(' ');
    tally.refused++;
    tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
  };
  tally.records += records.length;
  for (const [kind, group] of grouped(records, ({ record }) => record.kind)) {
    const intake = intakes.find((candidate) => candidate.kind === kind);
    if (!intake) throw new Error(`No subgraph takes in records of kind ${kind}.`);
    const arrivals: Arrival<unknown>[] = [];
    for (const { record, origin } of group) {
      const owner = record.identifiers.length === 0 ? '' : owners.get(claimKey(record))!;
      const read = intake.read(record.row);
      if (typeof owner !== 'string') refuse(kind, owner);
      else if (!read.ok) refuse(kind, read.reason);
      else arrivals.push({ record: read.record, owner, origin, occurrence: 1 });
    }
    for (let at = 0; at < arrivals.length; at += BATCH) {
      const batch = arrivals.slice(at, at + BATCH);
      const outcomes = await intake.store(batch);
      for (const outcome of outcomes) count(outcome);
      await refer(directory, intake, batch);
    }
    function count(outcome: Outcome) {
      if (outcome === 'stored') tally.stored++;
      else if (outcome === 'duplicate') tally.duplicates++;
      else refuse(kind, outcome);
    }
  }
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
async function ownersOf(directory: Directory, records: readonly Numbered[]) {
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
