import { expect, it } from 'vitest';
import { listingsOf, reportListings } from '../../../subgraphs/feedback/listings.ts';

it('names the months that a period touches, its end not in it', () => {
  expect(reportListings('NPS', Date.UTC(2025, 10, 15), Date.UTC(2026, 1, 1))).toEqual([
    'report:NPS:2025-11',
    'report:NPS:2025-12',
    'report:NPS:2026-01',
  ]);
  expect(reportListings('CES', Date.UTC(2026, 1, 28), Date.UTC(2026, 1, 1))).toEqual([]);
});

it('lists a dated rating under its month and a review under its product', () => {
  const submittedAt = Date.UTC(2026, 0, 31, 23, 59);
  expect(listingsOf({ metric: 'STARS', submittedAt, source: 'REVIEW', sku: '767' })).toEqual(['report:STARS:2026-01', 'product:767']);
  expect(listingsOf({ metric: 'STARS', submittedAt: null, source: 'REVIEW', sku: '767' })).toEqual(['product:767']);
  expect(listingsOf({ metric: null, submittedAt, source: 'SOCIAL', sku: '767' })).toEqual([]);
});
