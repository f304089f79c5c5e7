import type { RatedTextFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { FEWEST_OF_A_CLASS, type RatedText, trainSentiment } from '../models/text/sentiment.ts';
import type { Learnt } from './consenting.ts';
import type { Trained } from './trainer.ts';

/** More texts than this teach little that is new, and each takes 6 KB of memory. */
const MOST_TEXTS = 50_000;

/** The model of sentiment from what customers wrote and the stars that they gave. */
export async function trainOnStars(texts: AsyncIterable<Learnt<RatedTextFact>>, now: EpochMs): Promise<Trained> {
  const rated: RatedText[] = [];
  let [from, to, seen] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for await (const { at, text, stars } of texts) {
    seen += 1;
    if (rated.length >= MOST_TEXTS || at > now) continue;
    rated.push({ text, stars });
    [from, to] = [Math.min(from, at), Math.max(to, at)];
  }
  const model = trainSentiment(rated, { version: new Date(now).toISOString().slice(0, 10) });
  if (!model) {
    const count = (wanted: (stars: number) => boolean) => rated.filter(({ stars }) => wanted(stars)).length;
    return {
      ok: false,
      message:
        `${count((stars) => stars <= 2)} texts have at most 2 stars and ${count((stars) => stars >= 4)} at least 4; ` +
        `it takes ${FEWEST_OF_A_CLASS} of both. Until then a list of words is used.`,
    };
  }
  const { positives, negatives, heldOut } = model;
  return {
    ok: true,
    model,
    from,
    to,
    counts: { 'rated texts': seen, positive: positives, negative: negatives },
    metrics: { auc: rounded(heldOut.auc), 'calibration error': rounded(heldOut.calibrationError) },
  };
}

const rounded = (value: number) => Math.round(value * 10_000) / 10_000;
