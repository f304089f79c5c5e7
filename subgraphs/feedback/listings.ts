import { digest } from '../../kernel/ids.ts';
import type { EpochMs, Key } from '../../kernel/storage/port.ts';
import type { FeedbackMetric, FeedbackRecord, ListingRecord } from './records.ts';

/**
 * Feedback is filed under who gave it. Two questions go across people: what all answers of a period come to, and what was said
 * of a product. For those each piece of feedback also stands in listings, small documents whose totals are read by rating:
 * one listing per metric and day of UTC, one per product. What a listing holds follows from the feedback alone, so writing
 * it again changes nothing, and a correction takes the feedback out of where it no longer belongs.
 */

/** The time of what was taken out of its listing; before every real time, so that reading from 0 leaves it out. */
const TAKEN_OUT: EpochMs = -1;

export function productListing(sku: string): string {
  return `product:${sku}`;
}

const REPORT = 'report:';

const DAY_MS = 86_400_000;

function reportListing(metric: FeedbackMetric, at: EpochMs): string {
  return `${REPORT}${metric}:${new Date(at).toISOString().slice(0, 10)}`;
}

/** The report listings that hold a metric's answers of [since, until), oldest first; none when the period is empty. */
export function reportListings(metric: FeedbackMetric, since: EpochMs, until: EpochMs): readonly string[] {
  const names: string[] = [];
  for (let day = Math.floor(since / DAY_MS) * DAY_MS; since < until && day < until; day += DAY_MS) names.push(reportListing(metric, day));
  return names;
}

/** Where feedback that nobody in particular gave is filed. */
export function nobodysOwner(sku: string | null): string {
  return sku === null ? 'nobody' : productListing(sku);
}

/** The customer who gave it; null for nobody in particular. */
export function giverOf({ owner, sku }: Pick<FeedbackRecord, 'owner' | 'sku'>): string | null {
  return owner === nobodysOwner(sku) ? null : owner;
}

type Listed = Pick<FeedbackRecord, 'metric' | 'submittedAt' | 'source' | 'sku'>;

/** The listings that the feedback belongs in: its day's report if it is dated and rated, its product's if it is a review. */
export function listingsOf({ metric, submittedAt, source, sku }: Listed): readonly string[] {
  const names: string[] = [];
  if (metric !== null && submittedAt !== null) names.push(reportListing(metric, submittedAt));
  if (source === 'REVIEW' && sku !== null) names.push(productListing(sku));
  return names;
}

/** Where the feedback stands in a listing. */
export function listingKey(name: string, { owner, id }: Key): Key {
  return { owner: name, id: digest(owner, id) };
}

/** What the listing should hold of the feedback; null when it holds that, or something newer, already. */
export function listingWith(current: ListingRecord | null, name: string, item: FeedbackRecord): ListingRecord | null {
  if (current && current.itemVersion >= item.version) return null;
  const report = name.startsWith(REPORT);
  const rated = item.rating !== null && (report || item.metric === 'STARS');
  return {
    ...listingKey(name, item),
    version: current?.version ?? 0,
    at: listingsOf(item).includes(name) ? item.at : TAKEN_OUT,
    rating: rated ? String(item.rating) : '',
    points: rated ? (item.rating ?? 0) : 0,
    item: report ? null : { owner: item.owner, id: item.id },
    itemVersion: item.version,
  };
}
