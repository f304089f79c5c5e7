import { expect, it } from 'vitest';
import { listingsOf, reportListings } from '../../../subgraphs/feedback/listings.ts';

it('names the days that a period touches, its end not in it', () => {
  expect(reportListings('NPS', Date.UTC(2024, 1, 28, 15), Date.UTC(2024, 2, 1))).toEqual([
    'report:NPS:2024-02-28',
    'report:NPS:2024-02-29',
  ]);
  expect(reportListings('NPS', Date.UTC(2024, 2, 1), Date.UTC(2024, 2, 1, 0, 0, 0, 1))).toEqual(['report:NPS:2024-03-01']);
  expect(reportListings('CES', Date.UTC(2026, 1, 28), Date.UTC(2026, 1, 1))).toEqual([]);
});

it('lists a dated rating under its day and a review under its product', () => {
  const submittedAt = Date.UTC(2026, 0, 31, 23, 59);
  expect(listingsOf({ metric: 'STARS', submittedAt, source: 'REVIEW', sku: '767' })).toEqual(['report:STARS:2026-01-31', 'product:767']);
  expect(listingsOf({ metric: 'STARS', submittedAt: null, source: 'REVIEW', sku: '767' })).toEqual(['product:767']);
  expect(listingsOf({ metric: null, submittedAt, source: 'SOCIAL', sku: '767' })).toEqual([]);
});
