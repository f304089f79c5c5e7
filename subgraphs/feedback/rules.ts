import type { EpochMs } from '../../kernel/storage/port.ts';
import type { FeedbackMetric, FeedbackRecord } from './records.ts';
import { npsCategory } from './scales.ts';
import { type Interval, meanInterval, npsInterval, wilsonInterval } from './statistics.ts';

export interface Answer {
  readonly score: number;
  /** `score` less the answer before; null when there is none before. */
  readonly trend: number | null;
  readonly answeredAt: EpochMs | null;
}

/** The latest answer to a metric among `items`, which are newest first; null when there is none. */
export function latestAnswer(items: readonly FeedbackRecord[], metric: FeedbackMetric): Answer | null {
  const [latest, before] = items.filter((item) => item.metric === metric);
  if (!latest || latest.rating === null) return null;
  const previous = before?.rating ?? null;
  return { score: latest.rating, trend: previous === null ? null : latest.rating - previous, answeredAt: latest.submittedAt };
}

const OPEN_FOR_MS = 90 * 86_400_000;

/** Highest rating that counts as bad; CES has none, for an effort is not yet a complaint. */
const BAD: Readonly<Record<FeedbackMetric, number>> = { NPS: 6, CSAT: 2, CES: Number.NEGATIVE_INFINITY, STARS: 2 };

/** The latest bad feedback of the last 90 days that nobody answered, among `items`, which are newest first; null when there is none. */
export function openDetractor(items: readonly FeedbackRecord[], now: EpochMs): FeedbackRecord | null {
  const open = items.find(
    ({ metric, rating, submittedAt, followUp }) =>
      metric !== null &&
      rating !== null &&
      rating <= BAD[metric] &&
      followUp === null &&
      submittedAt !== null &&
      submittedAt >= now - OPEN_FOR_MS,
  );
  return open ?? null;
}

/** How often each rating was given. */
export interface RatingCount {
  readonly rating: number;
  readonly count: number;
}

export interface Measure {
  readonly value: number | null;
  readonly n: number;
  readonly interval: Interval | null;
}

function countOf(counts: readonly RatingCount[], counted: (rating: number) => boolean): number {
  return counts.reduce((sum, { rating, count }) => sum + (counted(rating) ? count : 0), 0);
}

/** What answers come to: NPS in points, CSAT in per cent of answers 4 and 5, CES and STARS as a mean. */
export function measure(metric: FeedbackMetric, counts: readonly RatingCount[]): Measure {
  const n = countOf(counts, () => true);
  if (n === 0) return { value: null, n, interval: null };
  if (metric === 'NPS') {
    const promoters = countOf(counts, (rating) => npsCategory(rating) === 'PROMOTER');
    const detractors = countOf(counts, (rating) => npsCategory(rating) === 'DETRACTOR');
    return { value: (100 * (promoters - detractors)) / n, n, interval: npsInterval(promoters, detractors, n) };
  }
  if (metric === 'CSAT') {
    const satisfied = countOf(counts, (rating) => rating >= 4);
    const share = wilsonInterval(satisfied, n);
    return { value: (100 * satisfied) / n, n, interval: share && { lower: 100 * share.lower, upper: 100 * share.upper } };
  }
  const mean = counts.reduce((sum, { rating, count }) => sum + rating * count, 0) / n;
  const squares = counts.reduce((sum, { rating, count }) => sum + count * (rating - mean) ** 2, 0);
  return { value: mean, n, interval: meanInterval(mean, Math.sqrt(squares / (n - 1)), n) };
}
