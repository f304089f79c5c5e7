import { describe, expect, it } from 'vitest';
import type { FeedbackRecord } from '../../../subgraphs/feedback/records.ts';
import { latestTexts, mostUrgent, sentimentOf, unanswered } from '../../../subgraphs/feedback/sentiment.ts';

const NOW = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;

const scored = (score: number | null, version = '1') => ({
  sentiment: score === null ? null : { score, probability: null, model: { name: 'lexicon' as const, version } },
  trainedAt: null,
});

const item = (more: Partial<FeedbackRecord>) =>
  ({ title: null, text: null, submittedAt: NOW - DAY, followUp: null, ...more }) as FeedbackRecord;

describe('the sentiment of a customer', () => {
  it('has no trend with three texts, and halves four', () => {
    expect(sentimentOf([scored(0.5), scored(-0.5), scored(-0.75)])).toMatchObject({ score: -0.25, trend: null, n: 3 });
    expect(sentimentOf([scored(0.5), scored(1), scored(-0.5), scored(0)])).toMatchObject({ score: 0.25, trend: 1, n: 4 });
  });

  it('counts the middle one of an odd number with the newer half', () => {
    expect(sentimentOf([scored(0), scored(0), scored(0.75), scored(-0.5), scored(0.5)])).toMatchObject({ score: 0.15, trend: 0.25, n: 5 });
  });

  it('leaves out texts that show none, and names what scored the others once each', () => {
    expect(sentimentOf([scored(null), scored(0.5, '2'), scored(0.5), scored(0.5)])).toEqual({
      score: 0.5,
      trend: null,
      n: 3,
      models: [
        { name: 'LEXICON', version: '2', trainedAt: null },
        { name: 'LEXICON', version: '1', trainedAt: null },
      ],
    });
    expect(sentimentOf([scored(null)])).toBeNull();
    expect(sentimentOf([])).toBeNull();
  });

  it('is read from the latest twenty texts', () => {
    const items = Array.from({ length: 50 }, (_, index) => item({ text: index % 2 === 0 ? `${index}` : ' ' }));
    expect(latestTexts(items).map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, index) => `${2 * index}`));
  });
});

describe('what is urgent', () => {
  it('is looked for in ten texts of thirty days that nobody answered', () => {
    const followUp = { by: 'agent-7', note: null, at: NOW, request: '' };
    const items = [
      item({ text: 'answered', followUp }),
      item({ title: 'headline' }),
      item({}),
      item({ text: 'just in time', submittedAt: NOW - 30 * DAY }),
      item({ text: 'too long ago', submittedAt: NOW - 30 * DAY - 1 }),
      item({ text: 'at no time', submittedAt: null }),
    ];
    expect(unanswered(items, NOW)).toEqual([items[1], items[3]]);
    expect(
      unanswered(
        Array.from({ length: 12 }, () => item({ text: 'again' })),
        NOW,
      ),
    ).toHaveLength(10);
  });

  it('is the first critical one, or else the first high one', () => {
    expect(mostUrgent([{ level: 'HIGH' }, { level: 'CRITICAL' }, { level: 'CRITICAL' }])).toBe(1);
    expect(mostUrgent([{ level: 'NORMAL' }, { level: 'HIGH' }, { level: 'HIGH' }])).toBe(1);
    expect(mostUrgent([{ level: 'NORMAL' }, { level: 'LOW' }])).toBe(-1);
  });
});
