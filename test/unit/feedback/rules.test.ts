import { describe, expect, it } from 'vitest';
import type { FeedbackMetric, FeedbackRecord } from '../../../subgraphs/feedback/records.ts';
import { latestAnswer, measure, openDetractor } from '../../../subgraphs/feedback/rules.ts';
import { npsCategory } from '../../../subgraphs/feedback/scales.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;

function answer(metric: FeedbackMetric, rating: number, daysAgo: number | null, more: Partial<FeedbackRecord> = {}): FeedbackRecord {
  const submittedAt = daysAgo === null ? null : NOW - daysAgo * DAY;
  return {
    owner: 'cus_1',
    id: `${metric}-${daysAgo}`,
    version: 1,
    system: 'survey',
    number: null,
    source: 'SURVEY',
    channel: 'EMAIL',
    submittedAt,
    at: submittedAt ?? 0,
    metric,
    rating,
    title: null,
    text: null,
    link: null,
    sku: null,
    orderNumber: null,
    orderSystem: null,
    authorAge: null,
    recommends: null,
    helpfulCount: null,
    categories: [],
    updatedAt: null,
    followUp: null,
    said: [],
    listings: [],
    ...more,
  };
}

describe('npsCategory', () => {
  it('draws its lines between 6 and 7 and between 8 and 9', () => {
    expect([0, 6, 7, 8, 9, 10].map(npsCategory)).toEqual(['DETRACTOR', 'DETRACTOR', 'PASSIVE', 'PASSIVE', 'PROMOTER', 'PROMOTER']);
  });
});

describe('latestAnswer', () => {
  it('is the newest of its metric, with the step from the one before', () => {
    const items = [answer('CSAT', 2, 1), answer('NPS', 6, 2), answer('NPS', 9, 30), answer('NPS', 10, 60)];
    expect(latestAnswer(items, 'NPS')).toEqual({ score: 6, trend: -3, answeredAt: NOW - 2 * DAY });
  });

  it('has no trend when it is the only one, and is null when there is none', () => {
    expect(latestAnswer([answer('NPS', 6, 2)], 'NPS')?.trend).toBeNull();
    expect(latestAnswer([answer('NPS', 6, 2)], 'CES')).toBeNull();
  });
});

describe('openDetractor', () => {
  it('is the latest bad feedback of 90 days that nobody answered', () => {
    const closed = answer('NPS', 0, 1, { followUp: { by: 'agent', note: null, at: NOW, request: '' } });
    const stars = answer('STARS', 2, 5);
    expect(openDetractor([closed, answer('NPS', 7, 2), answer('CES', 1, 3), stars, answer('CSAT', 1, 9)], NOW)).toBe(stars);
  });

  it.each([
    ['NPS', 6, true],
    ['NPS', 7, false],
    ['CSAT', 2, true],
    ['CSAT', 3, false],
    ['STARS', 3, false],
  ] as const)('counts %s %i as bad: %s', (metric, rating, bad) => {
    expect(openDetractor([answer(metric, rating, 1)], NOW) !== null).toBe(bad);
  });

  it('forgets what is older than 90 days or has no date', () => {
    expect(openDetractor([answer('NPS', 0, 90)], NOW)).not.toBeNull();
    expect(openDetractor([answer('NPS', 0, 91), answer('NPS', 0, null)], NOW)).toBeNull();
  });
});

describe('measure', () => {
  it('takes detractors from promoters: 162, 108 and 54 of 324 are 33.3', () => {
    const counts = [
      { rating: 3, count: 54 },
      { rating: 7, count: 108 },
      { rating: 9, count: 100 },
      { rating: 10, count: 62 },
    ];
    const nps = measure('NPS', counts);
    expect(nps.n).toBe(324);
    expect(nps.value).toBeCloseTo(33.3333, 4);
    expect(nps.interval?.lower).toBeCloseTo(25.217, 2);
  });

  it('is the percentage of fours and fives for CSAT: 81 of 263 are 30.8 (25.53 to 36.62, Newcombe 1998)', () => {
    const csat = measure('CSAT', [
      { rating: 1, count: 182 },
      { rating: 4, count: 40 },
      { rating: 5, count: 41 },
    ]);
    expect(csat.value).toBeCloseTo(30.7985, 4);
    expect(csat.interval?.lower).toBeCloseTo(25.53, 2);
    expect(csat.interval?.upper).toBeCloseTo(36.62, 2);
  });

  // Answers 4, 5, 6, 7, 7: mean 5.8, squares 3.24 + .64 + .04 + 1.44 + 1.44 = 6.8, deviation sqrt(6.8 / 4) = 1.30384,
  // t for 4 degrees of freedom 2.776: margin 2.776 x 1.30384 / sqrt(5) = 1.61868.
  it('is the mean with Student’s interval for CES', () => {
    const ces = measure('CES', [
      { rating: 4, count: 1 },
      { rating: 5, count: 1 },
      { rating: 6, count: 1 },
      { rating: 7, count: 2 },
    ]);
    expect(ces.value).toBeCloseTo(5.8, 10);
    expect(ces.interval?.lower).toBeCloseTo(4.18132, 4);
    expect(ces.interval?.upper).toBeCloseTo(7.41868, 4);
  });

  it('is nothing without answers', () => {
    expect(measure('CSAT', [])).toEqual({ value: null, n: 0, interval: null });
  });
});
