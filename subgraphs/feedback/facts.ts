import type { RatedTextFact } from '../../kernel/facts.ts';
import type { FeedbackRecord } from './records.ts';
import { writtenText } from './texts.ts';

/** Texts with stars. Other scales say something else: who gives an NPS of 0 may well have liked what they write about. */
export async function* ratedTextFacts(items: AsyncIterable<FeedbackRecord>): AsyncIterable<RatedTextFact> {
  for await (const item of items) {
    const { owner, submittedAt: at, metric, rating } = item;
    const text = writtenText(item);
    if (metric === 'STARS' && rating !== null && text !== null) yield { owner, at, text, stars: rating };
  }
}
