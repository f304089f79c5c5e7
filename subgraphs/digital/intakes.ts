import { storeArrivals } from '../../kernel/fold.ts';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { Collection, Key, Store } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { emptySummary, errorRecord, eventRecord, foldTouch, summaryUnsubscribed, summaryWith, touchId } from './ingest.ts';
import {
  type ErrorRecord,
  type EventRecord,
  type EventRow,
  errorSpec,
  eventSpec,
  SUMMARY_ID,
  type SummaryRecord,
  summarySpec,
  type TouchRecord,
  type TouchRow,
  touchSpec,
} from './records.ts';
import { EVENT_FIELDS, eventContent, readEvent, readTouch, TOUCH_FIELDS } from './source.ts';

const ERASED: Outcome = { code: 'CUSTOMER_ERASED', message: 'The customer asked for erasure; nothing about them is taken in again.' };

/** The collections that events and touches are filed in. */
export interface Collections {
  readonly events: Collection<EventRecord>;
  readonly errors: Collection<ErrorRecord>;
  readonly touches: Collection<TouchRecord>;
  readonly summaries: Collection<SummaryRecord>;
}

export function collectionsOf(store: Store): Collections {
  return {
    events: store.collection(eventSpec),
    errors: store.collection(errorSpec),
    touches: store.collection(touchSpec),
    summaries: store.collection(summarySpec),
  };
}

/**
 * Files events, the errors that they tell of and what they change in their owners' summaries. Answers, in input order, the
 * event as it is stored (an earlier one of the same id stays) or null when its owner was erased. Events that were stored
 * already are summed up again, which repairs what a crash left undone and changes nothing otherwise.
 */
export async function fileEvents(collections: Collections, events: readonly EventRecord[]): Promise<readonly (EventRecord | null)[]> {
  const { events: filed, errors, summaries } = collections;
  const outcomes = await filed.insertOnce(events);
  const earlier = events.flatMap((event, index) => (outcomes[index] === 'duplicate' ? [{ event, index }] : []));
  const found = earlier.length > 0 ? await filed.getMany(earlier.map(({ event }) => event)) : [];
  const stored = events.map((event, index) => (outcomes[index] === 'inserted' ? event : null));
  for (const [position, { index }] of earlier.entries()) stored[index] = found[position] ?? null;

  const kept = stored.filter((event) => event !== null);
  const told = kept.map(errorRecord).filter((error) => error !== null);
  if (told.length > 0) await errors.insertOnce(told);
  const perOwner = new Map<string, EventRecord[]>();
  for (const event of kept) perOwner.set(event.owner, [...(perOwner.get(event.owner) ?? []), event]);
  const keys = [...perOwner.keys()].map((owner): Key => ({ owner, id: SUMMARY_ID }));
  await update(summaries, keys, (current, index) => {
    const { owner } = keys[index]!;
    return summaryWith(current, owner, perOwner.get(owner) ?? []);
  });
  return stored;
}

export function eventIntake(collections: Collections): Intake<EventRow> {
  return {
    kind: 'event',
    description: 'Something done on a web site or in an app, in the terms of the Segment spec. Written once, never corrected.',
    fields: EVENT_FIELDS,
    ownership: 'customer',
    read: readEvent,
    contentOf: eventContent,
    happenedAt: ({ happenedAt }) => happenedAt,
    store: async (arrivals) => {
      const stored = await fileEvents(collections, arrivals.map(eventRecord));
      return stored.map((event, index) => {
        if (event === null) return ERASED;
        return event.origin === arrivals[index]?.origin ? 'stored' : 'duplicate';
      });
    },
  };
}

function unsubscribedIn(current: SummaryRecord | null, owner: string, refusals: readonly Arrival<TouchRow>[]): SummaryRecord | null {
  const own = refusals.filter((arrival) => arrival.owner === owner);
  return summaryUnsubscribed(
    current,
    owner,
    own.map(({ record }) => record),
  );
}

/** Files what became of messages; one outcome per arrival in input order. */
export async function fileTouches(
  { touches, summaries }: Collections,
  arrivals: readonly Arrival<TouchRow>[],
): Promise<readonly Outcome<'TOUCH_HISTORY_FULL' | 'CUSTOMER_ERASED'>[]> {
  const outcomes = await storeArrivals(touches, arrivals, ({ owner, record }) => ({ owner, id: touchId(record) }), foldTouch);
  // Makes the owner known to the domain, which asks for the summary first.
  const owners = new Set(arrivals.map(({ owner }) => owner));
  await summaries.insertOnce([...owners].map(emptySummary));
  // Again for what was stored already, which repairs what a crash left undone.
  const refusals = arrivals.filter(({ record }, index) => record.state === 'UNSUBSCRIBED' && typeof outcomes[index] !== 'object');
  const keys = [...new Set(refusals.map(({ owner }) => owner))].map((owner): Key => ({ owner, id: SUMMARY_ID }));
  if (keys.length > 0) await update(summaries, keys, (current, index) => unsubscribedIn(current, keys[index]!.owner, refusals));
  return outcomes;
}

export function touchIntake(collections: Collections): Intake<TouchRow> {
  return {
    kind: 'campaign_touch',
    description: "What became of a campaign's message to one customer: one row per state.",
    fields: TOUCH_FIELDS,
    ownership: 'customer',
    read: readTouch,
    happenedAt: ({ at }) => at,
    store: (arrivals) => fileTouches(collections, arrivals),
  };
}
