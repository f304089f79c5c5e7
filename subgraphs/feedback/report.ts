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

/** What the answers of [since, until) come to; one read of totals, over one listing per month. */
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
  const [totals = []] = await listings.totals([reportListings(metric, since, until)], { from: since, to: until, by: 'rating' });
  const distribution = totals.map(({ group, count }) => ({ rating: Number(group), count })).sort((a, b) => a.rating - b.rating);
  return { metric, ...measure(metric, distribution), distribution, since, until, asOf: now };
}
