import { setImmediate as breathe } from 'node:timers/promises';
import { badArgument } from '../../kernel/errors.ts';
import type { Collection, EpochMs } from '../../kernel/storage/port.ts';
import { reportListings } from './listings.ts';
import type { FeedbackMetric, ListingRecord } from './records.ts';
import { type Measure, measure, type RatingCount } from './rules.ts';

const DEFAULT_MS = 90 * 86_400_000;
const MAX_MS = 3653 * 86_400_000;

export interface MetricReport extends Measure {
  readonly metric: FeedbackMetric;
  readonly distribution: readonly RatingCount[];
  readonly since: EpochMs;
  readonly until: EpochMs;
  readonly asOf: EpochMs;
}

/** Listings per read: a read holds up everything else in the process, so a long period is read a month at a time. */
const LISTINGS_AT_ONCE = 31;

/** What the answers of [since, until) come to, from the totals of one listing per day. */
export async function metricReport(
  listings: Collection<ListingRecord>,
  metric: FeedbackMetric,
  period: { readonly since: EpochMs | null; readonly until: EpochMs | null },
  now: EpochMs,
): Promise<MetricReport> {
  const until = period.until ?? now;
  const since = period.since ?? until - DEFAULT_MS;
  if (since >= until) throw badArgument('since', 'is not before "until"', 'Ask for a period that begins before it ends.');
  if (until - since > MAX_MS) throw badArgument('since', 'is more than ten years before "until"', 'Ask for ten years at most.');
  const names = reportListings(metric, since, until);
  const counts = new Map<number, number>();
  for (let from = 0; from < names.length; from += LISTINGS_AT_ONCE) {
    if (from > 0) await breathe();
    const days = names.slice(from, from + LISTINGS_AT_ONCE);
    const [totals = []] = await listings.totals([days], { from: since, to: until, by: 'rating' });
    for (const { group, count } of totals) counts.set(Number(group), (counts.get(Number(group)) ?? 0) + count);
  }
  const distribution = [...counts].map(([rating, count]) => ({ rating, count })).sort((a, b) => a.rating - b.rating);
  return { metric, ...measure(metric, distribution), distribution, since, until, asOf: now };
}
