import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { TextAnalyser } from '../../../../models/text/analysis.ts';
import { normalForm } from '../../../../models/text/normal-form.ts';
import { type RatedText, SentimentScorer, sentimentCorpus, trainSentiment } from '../../../../models/text/sentiment.ts';
import { crossValidateSentiment } from '../../../../models/text/sentiment-evaluation.ts';
import { lexiconScore } from '../../../../models/text/sentiment-lexicon.ts';
import { dataFile } from '../../../support/ingest.ts';

function ratedTexts(path: string, text: readonly string[], stars: string): RatedText[] {
  const rows = parse(readFileSync(path), { columns: true, bom: true }) as Record<string, string>[];
  return rows.map((row) => ({ text: text.map((column) => row[column] ?? '').join('\n'), stars: Number(row[stars]) }));
}

const japanese = ratedTexts(new URL('data/reviews-ja.csv', import.meta.url).pathname, ['text'], 'stars');

describe('a model of Japanese reviews', () => {
  const model = trainSentiment(japanese, { version: '3', expected: ['ja'] })!;
  const analyser = new TextAnalyser({ sentiment: model, languages: ['ja'] });

  it('learns from all but those with three stars', () => {
    expect(model).toMatchObject({ kind: 'sentiment', format: 1, version: '3', positives: 30, negatives: 30, languages: { ja: 60 } });
  });

  it('tells praise from complaint in texts that it has not seen, and which model said so', () => {
    const praise = analyser.analyse('とても可愛くて、大満足です。');
    const complaint = analyser.analyse('届いた商品が壊れていて、返事もありません。最悪です。');
    expect(praise.language).toBe('ja');
    expect(praise.sentiment).toMatchObject({ model: { name: 'sentiment', version: '3' } });
    expect(praise.sentiment!.probability).toBeGreaterThan(0.6);
    expect(complaint.sentiment!.probability).toBeLessThan(0.4);
    expect(complaint.sentiment!.score).toBeCloseTo(2 * complaint.sentiment!.probability! - 1, 12);
    expect(complaint.topics.map(({ topic }) => topic)).toEqual(['DELIVERY', 'QUALITY', 'SERVICE']);
    expect(complaint.urgency.level).toBe('NORMAL');
  });

  it('is the same whenever it is trained on the same texts, and survives being copied', () => {
    expect(trainSentiment(japanese, { version: '3', expected: ['ja'] })).toEqual(model);
    const copy = new TextAnalyser({ sentiment: structuredClone(model), languages: ['ja'] });
    expect(copy.analyse('残念です')).toEqual(analyser.analyse('残念です'));
  });

  it('leaves languages that it has not learnt to the lexicon', () => {
    expect(analyser.analyse('The dress is beautiful and the delivery was fast').sentiment).toEqual({
      score: 2 / 3,
      probability: null,
      model: { name: 'lexicon', version: '1' },
    });
    expect(analyser.analyse('Il pacco è arrivato ieri mattina con il corriere').sentiment).toBe(null);
  });
});

describe('without a model', () => {
  const scorer = new SentimentScorer(null);

  it.each([
    // One word of praise: 1 / (1 + 1).
    ['It is great', 'en', 0.5],
    // Negated: a complaint.
    ["It isn't good", 'en', -0.5],
    // Two of complaint: -2 / 3.
    ['O produto veio quebrado e errado', 'pt', -2 / 3],
    // A word of praise inside a complaint is not counted.
    ['良くない', 'ja', -0.5],
    // One of each.
    ['Bonito, mas atrasou', 'pt', 0],
  ])('"%s" is scored by the words of praise and complaint', (text, language, score) => {
    expect(scorer.score(normalForm(text), language)).toEqual({ score, probability: null, model: { name: 'lexicon', version: '1' } });
  });

  it('says nothing where no word is known', () => {
    expect(lexiconScore(normalForm('It is a table'), 'en')).toBe(null);
    expect(scorer.score(normalForm(''), null)).toBe(null);
  });
});

it('does not learn from too few ratings of a kind', () => {
  const few = [...japanese.filter(({ stars }) => stars >= 4), ...japanese.filter(({ stars }) => stars <= 2).slice(0, 19)];
  expect(trainSentiment(few, { version: '1' })).toBe(null);
});

const olist = dataFile('olist/olist_order_reviews_dataset.csv');

it.runIf(olist)('ranks held-out Portuguese reviews as their stars do, better than the lexicon, by honest probabilities', () => {
  const rated = ratedTexts(olist!, ['review_comment_title', 'review_comment_message'], 'review_score');
  const result = crossValidateSentiment(sentimentCorpus(rated, ['pt']))!;
  // Counted in the file: 353 and 87 with one and two stars, 243 and 901 with four and five, and words.
  expect([result.negatives, result.positives]).toEqual([440, 1144]);
  expect(result.auc).toBeGreaterThan(0.95);
  expect(result.auc).toBeGreaterThan(result.lexiconAuc);
  expect(result.calibrationError).toBeLessThan(0.03);
});
