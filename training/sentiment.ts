import type { RatedTextFact } from '../kernel/facts.ts';
import type { EpochMs } from '../kernel/storage/port.ts';
import { languagesWritten } from '../models/text/language.ts';
import { areaUnderCurve } from '../models/text/metrics.ts';
import { FEWEST_OF_A_CLASS, fitSentiment, type RatedText, type SentimentCorpus, sentimentCorpus } from '../models/text/sentiment.ts';
import { LEXICON_LANGUAGES, lexiconScore } from '../models/text/sentiment-lexicon.ts';
import type { Learnt } from './consenting.ts';
import { rounded, type Trained } from './trainer.ts';

/** More texts than this teach little that is new, and each takes 6 KB of memory. */
const MOST_TEXTS = 50_000;

/**
 * Texts of either class from which a model of a language does better than the list of words, where there is one. Measured by AUC on texts held
 * back, eight draws each with the mix of stars as it is: English reviews .842, .885, .898, .920 with 20, 40, 60, 100 of the rarer class against
 * .880 by the words, Portuguese .924, .936, .941, .948 against .943. With 100 every draw was above the words, with 60 seven of eight Portuguese ones below.
 */
const FEWEST_TO_BEAT_WORDS = 100;

interface Classes {
  readonly positives: number;
  readonly negatives: number;
}

/** The model of sentiment from what customers wrote and the stars that they gave, for the languages in which there are enough of them. */
export async function trainOnStars(texts: AsyncIterable<Learnt<RatedTextFact>>, now: EpochMs): Promise<Trained> {
  const rated: (RatedText & { readonly person: string })[] = [];
  let from: EpochMs | null = null;
  let to: EpochMs | null = null;
  let seen = 0;
  for await (const { person, at, text, stars } of texts) {
    seen += 1;
    if (rated.length >= MOST_TEXTS || (at ?? now) > now) continue;
    rated.push({ person, text, stars });
    if (at !== null) [from, to] = [Math.min(from ?? at, at), Math.max(to ?? at, at)];
  }
  const corpus = sentimentCorpus(rated, languagesWritten(rated.map(({ text }) => text)));
  const classes = classesOf(corpus);
  const enough = [...classes].filter(([language, found]) => rarer(found) >= fewest(language));
  const fitted =
    enough.length > 0
      ? fitSentiment(corpus, Int32Array.from(corpus.positive.keys()), { version: new Date(now).toISOString().slice(0, 10) })
      : null;
  if (!fitted) return { ok: false, message: tooFew(classes) };
  const { positives, negatives, heldOut } = fitted;
  const words = Float64Array.from(corpus.forms, (form, row) => lexiconScore(form, corpus.languages[row]!) ?? 0);
  return {
    ok: true,
    model: { ...fitted, languages: Object.fromEntries(enough.map(([language, found]) => [language, found.positives + found.negatives])) },
    learntFrom: corpus.places.map((place) => rated[place]!.person),
    from,
    to,
    counts: {
      'rated texts': seen,
      positive: positives,
      negative: negatives,
      ...Object.fromEntries(enough.map(([language, found]) => [`in ${language}`, found.positives + found.negatives])),
    },
    metrics: {
      auc: rounded(heldOut.auc),
      'auc of the list of words': rounded(areaUnderCurve(words, corpus.positive)),
      'calibration error': rounded(heldOut.calibrationError),
    },
  };
}

/** How many texts of each language are positive and negative, the language of most texts first. */
function classesOf({ languages, positive }: SentimentCorpus): ReadonlyMap<string, Classes> {
  const classes = new Map<string, Classes>();
  for (const [row, language] of languages.entries()) {
    if (language === null) continue;
    const { positives, negatives } = classes.get(language) ?? { positives: 0, negatives: 0 };
    classes.set(language, { positives: positives + positive[row]!, negatives: negatives + 1 - positive[row]! });
  }
  const total = ({ positives, negatives }: Classes) => positives + negatives;
  return new Map([...classes].sort(([, a], [, b]) => total(b) - total(a)));
}

const rarer = ({ positives, negatives }: Classes) => Math.min(positives, negatives);

const fewest = (language: string) => (LEXICON_LANGUAGES.includes(language) ? FEWEST_TO_BEAT_WORDS : FEWEST_OF_A_CLASS);

function tooFew(classes: ReadonlyMap<string, Classes>): string {
  const [most] = classes;
  if (!most) return 'There are no texts with stars that models may learn from. Until there are, a list of words is used.';
  const [language, { positives, negatives }] = most;
  return (
    `In ${language}, the language of most texts, ${negatives} have at most 2 stars and ${positives} at least 4; ` +
    `it takes ${fewest(language)} of both. Until then a list of words is used, where it knows the language.`
  );
}
