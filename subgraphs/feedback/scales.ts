import type { FeedbackMetric } from './records.ts';

/** The answers that each question allows, whole numbers from `worst` to `best`. */
export const SCALES: Readonly<Record<FeedbackMetric, { readonly worst: number; readonly best: number }>> = {
  NPS: { worst: 0, best: 10 },
  CSAT: { worst: 1, best: 5 },
  CES: { worst: 1, best: 7 },
  STARS: { worst: 1, best: 5 },
};

/** A promoter answers 9 or 10, a passive 7 or 8, a detractor 0 to 6. Reichheld 2003, "The One Number You Need to Grow". */
export function npsCategory(rating: number): 'PROMOTER' | 'PASSIVE' | 'DETRACTOR' {
  if (rating >= 9) return 'PROMOTER';
  return rating >= 7 ? 'PASSIVE' : 'DETRACTOR';
}
