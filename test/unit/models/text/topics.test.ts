import { describe, expect, it } from 'vitest';
import { normalForm } from '../../../../models/text/normal-form.ts';
import { longest, TermMatcher } from '../../../../models/text/terms.ts';
import { widenTopics } from '../../../../models/text/topic-widening.ts';
import { DECLARED_TOPICS, TopicFinder } from '../../../../models/text/topics.ts';

describe('terms', () => {
  const matcher = new TermMatcher([
    ['fit', 'FIT'],
    ['deliver*', 'DELIVERY'],
    ['too small', 'SIZE'],
    ['サイズ', 'SIZE'],
    ['ção*', 'NEVER'],
  ]);
  const found = (text: string) => matcher.match(normalForm(text)).map(({ term, value }) => `${term}: ${value}`);

  it('match whole words, beginnings where they have a star, and phrases', () => {
    expect(found('Fit: too  SMALL, delivered late')).toEqual(['fit: FIT', 'too small: SIZE', 'deliver: DELIVERY']);
    expect(found('benefit fitting undelivered canção')).toEqual([]);
  });

  it('match anywhere in a script without spaces', () => {
    expect(found('このサイズは小さい')).toEqual(['サイズ: SIZE']);
  });

  it('give way to longer ones that they overlap', () => {
    const words = new TermMatcher([
      ['良くない', -1],
      ['良く', 1],
    ]);
    expect(longest(words.match(' 良くない ')).map(({ value }) => value)).toEqual([-1]);
  });

  it('are refused when they would be found everywhere, or have a star inside', () => {
    expect(() => new TermMatcher([['a', 1]])).toThrow(RangeError);
    expect(() => new TermMatcher([['a* b', 1]])).toThrow(RangeError);
  });
});

describe('topics', () => {
  const finder = new TopicFinder(DECLARED_TOPICS);

  it('come with the terms that tell of them, those with most terms first', () => {
    expect(finder.find(normalForm('The fabric is thin and has a hole. Shipping was quick.'), 'en')).toEqual([
      { topic: 'QUALITY', terms: ['fabric', 'thin', 'hole'] },
      { topic: 'DELIVERY', terms: ['shipping'] },
    ]);
    expect(finder.find(normalForm('Não recebi o produto, quero meu dinheiro de volta'), 'pt')).toEqual([
      { topic: 'DELIVERY', terms: ['nao recebi'] },
      { topic: 'RETURNS_AND_REFUNDS', terms: ['dinheiro de volta'] },
    ]);
    expect(finder.find(normalForm('店員の接客が良かったが、値段が高すぎる'), 'ja')).toEqual([
      { topic: 'PRICE', terms: ['値段', '高すぎ'] },
      { topic: 'SERVICE', terms: ['店員', '接客'] },
    ]);
  });

  it('are looked for in every language where it is not known, and in none that has no terms', () => {
    expect(finder.find(normalForm('refund'), null)).toEqual([{ topic: 'RETURNS_AND_REFUNDS', terms: ['refund'] }]);
    expect(finder.find(normalForm('refund'), 'fi')).toEqual([]);
  });
});

describe('widening', () => {
  const topics = [{ topic: 'DELIVERY', terms: { en: 'courier' } }];
  // 100 texts: 20 tell of the topic, 12 of those and no other say "depot"; "parking" is as frequent with it as without.
  const texts = Array.from({ length: 100 }, (_, index) => ({
    text: `${index < 20 ? 'courier' : 'fabric'} ${index < 12 ? 'depot' : ''} ${index % 5 === 0 ? 'parking' : ''}`,
    language: 'en',
  }));

  it('adds the words that go with the declared ones, and what ties them', () => {
    const { learnt } = widenTopics(topics, texts, { version: '7', minTexts: 4 });
    // p(both) = .12, p(depot) = .12, p(topic) = .2: ln(.12 / (.12 * .2)) / -ln .12 = 0.759074.
    expect(learnt).toEqual([{ topic: 'DELIVERY', language: 'en', term: 'depot', association: expect.closeTo(0.759074, 6), texts: 12 }]);
  });

  it('lets the learnt words tell of the topic from then on', () => {
    const finder = new TopicFinder(widenTopics(topics, texts, { version: '7', minTexts: 4 }));
    expect(finder.find(normalForm('It is at the depot'), 'en')).toEqual([{ topic: 'DELIVERY', terms: ['depot'] }]);
    expect(finder.version).toBe('7');
  });

  it('cuts Japanese into words by dictionary', () => {
    const declared = [{ topic: 'DELIVERY', terms: { ja: '配送' } }];
    const japanese = Array.from({ length: 40 }, (_, index) => ({
      text: index < 15 ? '配送の時間指定' : '色がきれい',
      language: 'ja',
    }));
    expect(widenTopics(declared, japanese, { version: '1' }).learnt.map(({ term }) => term)).toContain('時間');
  });
});
