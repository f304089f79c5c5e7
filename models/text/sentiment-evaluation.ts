/** What a sentiment model is worth on a company's own ratings: trained as it would be, and asked about texts that it has not seen. */
import { stratifiedFolds } from './folds.ts';
import { areaUnderCurve, expectedCalibrationError } from './metrics.ts';
import { fitSentiment, rowProbability, type SentimentCorpus } from './sentiment.ts';
import { lexiconScore } from './sentiment-lexicon.ts';

export interface SentimentEvaluation {
  readonly texts: number;
  readonly positives: number;
  readonly negatives: number;
  /** Over all held-out texts together. */
  readonly auc: number;
  /** The same texts by the lexicon; one in which it finds no word scores 0. */
  readonly lexiconAuc: number;
  /** Expected, over 10 bins. */
  readonly calibrationError: number;
  /** The same without Platt's scale: the margins taken for logarithms of odds. */
  readonly uncalibratedError: number;
}

/** Cross-validated: every text is scored by a model of the other folds, calibration and all. Null where a fold has too few of a class to train on. */
export function crossValidateSentiment(corpus: SentimentCorpus, { folds = 5, seed = 1 } = {}): SentimentEvaluation | null {
  const { positive, forms, languages } = corpus;
  const fold = stratifiedFolds(positive, folds, seed);
  const rows = Int32Array.from(positive.keys());
  const probabilities = new Float64Array(rows.length);
  const uncalibrated = new Float64Array(rows.length);
  for (let held = 0; held < folds; held++) {
    const model = fitSentiment(
      corpus,
      rows.filter((row) => fold[row] !== held),
      { version: `fold-${held}`, seed },
    );
    if (model === null) return null;
    for (const row of rows) {
      if (fold[row] !== held) continue;
      probabilities[row] = rowProbability(model, corpus, row);
      uncalibrated[row] = rowProbability({ ...model, slope: 1, intercept: 0 }, corpus, row);
    }
  }
  const positives = positive.reduce((sum, label) => sum + label, 0);
  const lexicon = Float64Array.from(forms, (form, row) => lexiconScore(form, languages[row]!) ?? 0);
  return {
    texts: rows.length,
    positives,
    negatives: rows.length - positives,
    auc: areaUnderCurve(probabilities, positive),
    lexiconAuc: areaUnderCurve(lexicon, positive),
    calibrationError: expectedCalibrationError(probabilities, positive),
    uncalibratedError: expectedCalibrationError(uncalibrated, positive),
  };
}
