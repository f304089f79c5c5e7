import { clientError } from '../../kernel/client-errors.ts';
import { Unavailable } from '../transport/transport.ts';
import { Batch } from './batch.ts';
import type { Seen } from './compile/representation.ts';
import { type FetchSite, fieldNames } from './fetch-site.ts';
import type { Plain, Remembered, Run, Step } from './run.ts';

/** Sends a fetch, merges what comes and notes what does not. A subgraph's fault never stops the plan. */
export function fetchStep(site: FetchSite): Step {
  return site.representations ? entityStep(site) : rootStep(site);
}

function rootStep(site: FetchSite): Step {
  return (run, done) => {
    const targets = site.path.length === 0 ? [run.data] : targetsOf(site, run);
    if (targets.length === 0) return done();
    const batch = open(site, run, null, undefined);
    batch.wait(() => {
      const indexes = targets.map(() => 0);
      if (!batch.fault) add(batch, site, targets, indexes);
      if (batch.fault) lose(batch, run, targets);
      else report(batch, run, site, null);
      outdate(site, run);
      done();
    });
  };
}

function entityStep(site: FetchSite): Step {
  const { representations } = site;
  if (!representations) throw new Error('A fetch of entities without representations.');
  return (run, done) => {
    const targets = targetsOf(site, run);
    const [first] = targets;
    if (first === undefined) return done();
    if (targets.length === 1 && site.memory < 0 && representations.object(first)) {
      const batch = open(site, run, targets, undefined);
      return batch.wait(() => {
        take(batch, run, site, targets, ALL_FIRST);
        outdate(site, run);
        done();
      });
    }
    askMany(site, run, targets, done);
  };
}

const ALL_FIRST = [0];

/** Asks once for all objects that are the same to the subgraph, and not again for what the same fetch has asked elsewhere. */
function askMany(site: FetchSite, run: Run, targets: readonly object[], done: () => void): void {
  const memory = memoryOf(site, run);
  const { kept, numbers, entities, texts } = grouped(site, targets, memory !== undefined);
  // For each distinct entity, who is asked for it: an earlier fetch, or this one.
  const sources: (Remembered | number)[] = [];
  let fresh: Batch | undefined;
  if (memory) {
    const unknown: object[] = [];
    const unknownTexts: string[] = [];
    for (let i = 0; i < entities.length; i++) {
      const text = texts[i] as string;
      const known = memory.get(text);
      sources.push(known ?? unknown.length);
      if (known) continue;
      unknown.push(entities[i] as object);
      unknownTexts.push(text);
    }
    if (unknown.length > 0) fresh = open(site, run, unknown, unknownTexts, memory);
  } else if (entities.length > 0) fresh = open(site, run, entities, texts.length === entities.length ? texts : undefined);

  const groups = new Map<Batch, { targets: object[]; indexes: number[] }>();
  if (fresh && (!memory || sources.every((source) => typeof source === 'number'))) groups.set(fresh, { targets: kept, indexes: numbers });
  else
    for (let i = 0; i < kept.length; i++) {
      const source = sources[numbers[i] as number] as Remembered | number;
      const batch = typeof source === 'number' ? fresh : source.batch;
      if (!batch) continue;
      let group = groups.get(batch);
      if (!group) {
        group = { targets: [], indexes: [] };
        groups.set(batch, group);
      }
      group.targets.push(kept[i] as object);
      group.indexes.push(typeof source === 'number' ? source : source.index);
    }
  let left = groups.size;
  if (left === 0) done();
  for (const [batch, group] of groups)
    batch.wait(() => {
      take(batch, run, site, group.targets, group.indexes);
      if (--left > 0) return;
      outdate(site, run);
      done();
    });
}

/** The objects that can be asked for, each with the number of the first one that is the same to the subgraph, and those first ones. */
interface Grouped {
  readonly kept: object[];
  readonly numbers: number[];
  readonly entities: object[];
  /** What is said of each of `entities`; incomplete where that was not needed to tell them apart, nor wanted. */
  readonly texts: string[];
}

function grouped(site: FetchSite, targets: readonly object[], wantsTexts: boolean): Grouped {
  const groups: Grouped = { kept: [], numbers: [], entities: [], texts: [] };
  const { distinct, text: textOf = () => null } = site.representations ?? {};
  const seen: Seen = new Map();
  const seenTexts = new Map<string, number>();
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i] as object;
    const next = groups.entities.length;
    let number = distinct ? distinct(target, seen, next) : Number.NaN;
    if (number === -1) continue;
    // By fields and by text the same entity may be met twice; it is asked for twice then, which is merely more.
    let text: string | null = null;
    if (Number.isNaN(number)) {
      text = textOf(target);
      if (text === null) continue;
      number = seenTexts.get(text) ?? next;
      if (number === next) seenTexts.set(text, next);
    }
    if (number === next) {
      groups.entities.push(target);
      if (wantsTexts) text ??= textOf(target);
      if (text !== null) groups.texts.push(text);
    }
    groups.kept.push(target);
    groups.numbers.push(number);
  }
  return groups;
}

function memoryOf({ memory }: FetchSite, run: Run): Map<string, Remembered> | undefined {
  if (memory < 0) return undefined;
  run.memories[memory] ??= new Map();
  return run.memories[memory];
}

function targetsOf(site: FetchSite, run: Run): object[] {
  run.places[site.place] ??= site.collect(run.data);
  return run.places[site.place] as object[];
}

function outdate(site: FetchSite, run: Run): void {
  for (const place of site.outdates) run.places[place] = undefined;
}

/** Sends the fetch, or gives it up at once when it can't be in time. */
function open(
  site: FetchSite,
  run: Run,
  entities: readonly object[] | null,
  texts: readonly string[] | undefined,
  memory?: Map<string, Remembered>,
): Batch {
  const { transports, deadlineMs } = run.surroundings;
  const { service } = site.operation;
  const leftMs = run.endsAt - performance.now();
  const batch = new Batch(site, run, entities, texts, Math.min(deadlineMs, leftMs));
  run.batches.push(batch);
  // Before it is sent, since a fast subgraph may answer before `send` returns.
  if (memory && texts) for (let index = 0; index < texts.length; index++) memory.set(texts[index] as string, { batch, index });
  const transport = transports.get(service);
  if (leftMs <= 0 || run.late?.has(service) || !transport) batch.refuse(new Unavailable('DEADLINE'));
  else batch.send(transport);
  return batch;
}

/** Merges the answers into the objects, and notes what is missing or was reported: `indexes` says which one is whose. */
function take(batch: Batch, run: Run, site: FetchSite, targets: readonly object[], indexes: readonly number[]): void {
  if (!batch.fault) add(batch, site, targets, indexes);
  if (batch.fault) {
    lose(batch, run, targets, site);
    return;
  }
  if (batch.errors.length > 0) report(batch, run, site, { all: targets, of: byIndex(targets, indexes) });
}

function byIndex(targets: readonly object[], indexes: readonly number[]): ReadonlyMap<number, readonly object[]> {
  const objects = new Map<number, object[]>();
  for (const [i, target] of targets.entries()) {
    const index = indexes[i] as number;
    const same = objects.get(index);
    if (same) same.push(target);
    else objects.set(index, [target]);
  }
  return objects;
}

/** Merges the answers into the objects; spoils a batch with one that can't be. */
function add(batch: Batch, site: FetchSite, targets: readonly object[], indexes: readonly number[]): void {
  const { merge, leavesOnly } = batch.site;
  try {
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i] as object;
      const index = indexes[i] as number;
      const answer = batch.answers[index];
      if (answer === undefined) nullify(site, target);
      else if (answer !== null) merge(target, answer, leavesOnly || batch.giveAway(index));
    }
  } catch (error) {
    batch.spoil(error);
  }
}

/** Notes that the answer is missing, and answers for it: every field is null, so that the plan goes on with what others say. */
function lose(batch: Batch, run: Run, targets: readonly object[], site: FetchSite = batch.site): void {
  const { service } = site.operation;
  const { fault } = batch;
  if (fault instanceof Unavailable && fault.code === 'DEADLINE') {
    run.late ??= new Set();
    run.late.add(service);
  }
  // Those that wait for somebody else's fetch have nothing of their own to tell.
  if (site === batch.site) tell(batch);
  run.losses.push({ site, targets });
  for (const target of targets) nullify(site, target);
}

function tell({ fault, site, run }: Batch): void {
  const { service } = site.operation;
  const { code, status } = fault instanceof Unavailable ? fault : { code: undefined, status: undefined };
  const about = { requestId: run.client.requestId, service, status, err: fault };
  // A client's going is no fault of the subgraph, and that it is left alone was told when that began.
  if (code === 'CLIENT_GONE' || code === 'BREAKER_OPEN') run.surroundings.log.debug(about, 'a subgraph was not waited for');
  else run.surroundings.log.warn(about, status === 401 ? 'a subgraph has another SUBGRAPH_SECRET' : 'a subgraph is unavailable');
}

/** What is known of an object already, its key above all, stays as it is. */
export function nullify(site: FetchSite, target: object): void {
  const known = target as Plain;
  const typeName = site.shape.entities ? String(known.__typename) : '';
  for (const name of fieldNames(site, typeName)) {
    if (known[name] === undefined && name !== '__typename') known[name] = null;
  }
}

/** As many of one answer's errors are logged; there may be as many as fit into it. */
const MOST_LOGGED = 20;

/** The objects that an answer of entities is for: all, and those that each of its items is for. */
interface Receivers {
  readonly all: readonly object[];
  readonly of: ReadonlyMap<number, readonly object[]>;
}

/** Notes what the subgraph's resolvers reported, masked. `receivers`: null for root fields. */
function report(batch: Batch, run: Run, site: FetchSite, receivers: Receivers | null): void {
  const { service } = site.operation;
  const places = new Set<string>();
  let logged = 0;
  for (const given of batch.errors) {
    const { message, code, argument } = clientError(given, service);
    const cause: unknown = (given as { originalError?: unknown }).originalError ?? given;
    if (code === 'SUBGRAPH_ERROR' && site === batch.site && logged++ < MOST_LOGGED)
      run.surroundings.log.error({ requestId: run.client.requestId, service, code, err: cause }, 'a resolver failed');
    const index = given.path?.[1];
    const ofOne = typeof index === 'number';
    // Without an index, but at a place, it is of `_entities` as a whole.
    const targets = given.path && receivers ? (ofOne ? (receivers.of.get(index) ?? []) : receivers.all) : null;
    if (targets?.length === 0) continue;
    // A field has one error (GraphQL, 6.4.4). Thousands at one place of an entity would be told at every place where it stands.
    const place = targets && !ofOne ? '_entities' : (given.path?.join('\n') ?? ` ${message}`);
    if (places.has(place)) continue;
    places.add(place);
    run.reports.push({
      site,
      error: { message, extensions: { code, service, ...(argument !== undefined && { argument }) } },
      targets,
      path: targets ? (ofOne ? given.path?.slice(2) : undefined) : (given.path ?? undefined),
    });
  }
  if (logged <= MOST_LOGGED) return;
  run.surroundings.log.error(
    { requestId: run.client.requestId, service, count: logged },
    'many resolvers failed; the first are in the log',
  );
}
