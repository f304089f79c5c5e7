import type { RatedTextFact } from '../../kernel/facts.ts';
import type { FeedbackRecord } from './records.ts';

/** Texts with stars. Other scales say something else: who gives an NPS of 0 may well have liked what they write about. */
export async function* ratedTextFacts(items: AsyncIterable<FeedbackRecord>): AsyncIterable<RatedTextFact> {
  for await (const { owner, at, metric, rating, title, text } of items) {
    const words = [title, text].filter((part) => part !== null && part.trim() !== '').join('\n');
    if (metric === 'STARS' && rating !== null && words !== '') yield { owner, at, text: words, stars: rating };
  }
}
