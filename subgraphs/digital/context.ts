import { documentsOf, keyText, membersText, pagesOf } from '../../kernel/batches.ts';
import type { Directory } from '../../kernel/intake.ts';
import { type Loader, loader, loaderByArguments } from '../../kernel/loader.ts';
import { type RequestRecord, requestSpec } from '../../kernel/requests.ts';
import type { Collection, Cursor, Doc, EpochMs, Key, Members, Page, Range } from '../../kernel/storage/port.ts';
import type { RequestScope, SubgraphDeps } from '../../kernel/subgraph.ts';
import { type Collections, collectionsOf } from './intakes.ts';
import { type ErrorRecord, type EventRecord, SUMMARY_ID, type Summary, type TouchRecord } from './records.ts';
import { type Visit, visitsOf } from './sessions.ts';
import { join } from './summary.ts';

/** Which page of a list, and between which times. */
export interface PageOf extends Range {
  readonly first: number;
  readonly after: Cursor | undefined;
}

const DAY_MS = 86_400_000;
/** More than anybody should be sent within 30 days, so that a count of them is right wherever it matters. */
const MOST_TOUCHES = 40;
const TOUCHED_MS = 30 * DAY_MS;
const MOST_ERRORS = 10;
const FAILED_MS = 7 * DAY_MS;

type ByPerson<V> = Loader<Members, V>;

/** What one request to digital reads with. */
export interface Context {
  readonly now: EpochMs;
  readonly directory: Directory;
  readonly collections: Collections;
  readonly requests: Collection<RequestRecord>;
  /** null: the domain knows nothing of the person. */
  readonly summaries: ByPerson<Summary | null>;
  readonly visits: ByPerson<readonly Visit[]>;
  readonly events: (page: PageOf) => ByPerson<Page<EventRecord>>;
  readonly errors: (page: PageOf) => ByPerson<Page<ErrorRecord>>;
  readonly touches: (page: PageOf) => ByPerson<Page<TouchRecord>>;
  /** Messages of the last 30 days, newest first, at most 40. */
  readonly recentTouches: ByPerson<readonly TouchRecord[]>;
  /** Errors of the last 7 days, newest first, at most 10. */
  readonly recentErrors: ByPerson<readonly ErrorRecord[]>;
  readonly event: Loader<Key, EventRecord | null>;
  readonly touch: Loader<Key, TouchRecord | null>;
}

/** One read of all ids of all persons, dealt out again: for what is filed per id and joined per person. */
function perMember<V>(read: (owners: readonly string[]) => Promise<readonly V[]>): (persons: readonly Members[]) => Promise<V[][]> {
  return async (persons) => {
    const values = await read(persons.flat());
    let from = 0;
    return persons.map(({ length }) => {
      from += length;
      return values.slice(from - length, from);
    });
  };
}

export function context({ store, directory }: SubgraphDeps): (scope: RequestScope) => Context {
  const collections = collectionsOf(store);
  const { events, errors, touches, summaries } = collections;
  const requests = store.collection(requestSpec);

  const summariesOf = perMember((owners) => summaries.getMany(owners.map((owner) => ({ owner, id: SUMMARY_ID }))));
  const readSummaries = async (persons: readonly Members[]) => {
    const found = await summariesOf(persons);
    return found.map((perId) =>
      perId.filter((summary) => summary !== null).reduce<Summary | null>((all, one) => (all ? join(all, one) : one), null),
    );
  };
  const visitsOfAll = perMember(async (owners) => {
    const totals = await events.totals(
      owners.map((owner) => [owner]),
      { by: 'session' },
    );
    return owners.map((owner, index) => visitsOf(owner, totals[index] ?? []));
  });
  const readVisits = async (persons: readonly Members[]) => (await visitsOfAll(persons)).map((perId) => perId.flat());
  const readEvents = pagesOf(events);
  const readErrors = pagesOf(errors);
  const readTouches = pagesOf(touches);
  const readRecent = async <T extends Doc>(of: Collection<T>, first: number, from: EpochMs, persons: readonly Members[]) =>
    (await of.latest(persons, { first, from })).map(({ items }) => items);
  const getEvents = documentsOf(events);
  const getTouches = documentsOf(touches);

  return ({ now }) => ({
    now,
    directory,
    collections,
    requests,
    summaries: loader(readSummaries, membersText),
    visits: loader(readVisits, membersText),
    events: loaderByArguments(readEvents, membersText),
    errors: loaderByArguments(readErrors, membersText),
    touches: loaderByArguments(readTouches, membersText),
    recentTouches: loader((persons) => readRecent(touches, MOST_TOUCHES, now - TOUCHED_MS, persons), membersText),
    recentErrors: loader((persons) => readRecent(errors, MOST_ERRORS, now - FAILED_MS, persons), membersText),
    event: loader(getEvents, keyText),
    touch: loader(getTouches, keyText),
  });
}
