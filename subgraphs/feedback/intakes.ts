import { storeArrivals } from '../../kernel/fold.ts';
import type { Arrival, Intake, Outcome } from '../../kernel/intake.ts';
import type { Collection, Key, Store } from '../../kernel/storage/port.ts';
import { update } from '../../kernel/update.ts';
import { feedbackKey, foldFeedback } from './ingest.ts';
import { listingKey, listingWith } from './listings.ts';
import { type FeedbackRecord, type FeedbackRow, feedbackSpec, type ListingRecord, listingSpec } from './records.ts';
import { FEEDBACK_FIELDS, feedbackContent, readFeedback } from './source.ts';

/** The collections that feedback is filed in. */
export interface Collections {
  readonly items: Collection<FeedbackRecord>;
  readonly listings: Collection<ListingRecord>;
}

export function collectionsOf(store: Store): Collections {
  return { items: store.collection(feedbackSpec), listings: store.collection(listingSpec) };
}

/**
 * Files feedback and brings the listings that it stands in up to date; also for feedback that was filed before, which repairs
 * what a crash left undone. One outcome per arrival in input order.
 */
export async function fileFeedback(
  { items, listings }: Collections,
  arrivals: readonly Arrival<FeedbackRow>[],
): Promise<readonly Outcome[]> {
  const outcomes = await storeArrivals(items, arrivals, feedbackKey, foldFeedback);
  const keys = new Map(arrivals.map(feedbackKey).map((key): [string, Key] => [`${key.owner}\n${key.id}`, key]));
  const stored = await items.getMany([...keys.values()]);
  const entries = stored.filter((item) => item !== null).flatMap((item) => item.listings.map((name) => ({ name, item })));
  await update(
    listings,
    entries.map(({ name, item }) => listingKey(name, item)),
    (current, index) => {
      const { name, item } = entries[index]!;
      return listingWith(current, name, item);
    },
  );
  return outcomes;
}

export function feedbackIntake(collections: Collections): Intake<FeedbackRow> {
  return {
    kind: 'feedback',
    description:
      'An answer to a survey, a review, a mention: a rating, a text or both. One row each; a later row of its number corrects it.',
    fields: FEEDBACK_FIELDS,
    ownership: 'optional',
    read: readFeedback,
    contentOf: feedbackContent,
    happenedAt: ({ submittedAt }) => submittedAt,
    store: (arrivals) => fileFeedback(collections, arrivals),
  };
}
