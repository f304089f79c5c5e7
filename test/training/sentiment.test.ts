import { describe, expect, it } from 'vitest';
import type { RatedTextFact } from '../../kernel/facts.ts';
import { trainOnStars } from '../../training/sentiment.ts';

const NOW = Date.UTC(2026, 2, 1);
const DAY = 86_400_000;

const WORDS = {
  en: [
    ['the fit of this dress is great and I love the colour', 'comfortable, and it was well made'],
    ['the zip of this one broke and it was a waste', 'it is too small and the seams are poor'],
  ],
  de: [
    ['das Kleid sitzt sehr gut und ich bin zufrieden', 'die Qualität ist wirklich schön und bequem'],
    ['der Reißverschluss ist nach einem Tag kaputt gegangen', 'leider ist die Qualität sehr schlecht und zu teuer'],
  ],
} as const;

/** As many pleased texts as displeased ones, a day apart; undated ones where `dated` is false. */
const texts = (language: keyof typeof WORDS, ofEach: number, dated = true) =>
  Array.from({ length: 2 * ofEach }, (_, index): RatedTextFact & { person: string } => ({
    owner: 'product:dress',
    person: 'product:dress',
    at: dated ? NOW - (index + 1) * DAY : null,
    text: `${WORDS[language][index % 2]?.[(index >> 1) % 2]} ${language === 'en' ? 'said customer' : 'sagt Kunde'} ${index}`,
    stars: index % 2 === 0 ? 5 : 2,
  }));

async function* each<T>(items: readonly T[]) {
  yield* items;
}

const train = (...sets: (readonly (RatedTextFact & { person: string })[])[]) => trainOnStars(each(sets.flat()), NOW);

describe('training on stars', () => {
  it('leaves a language to the words that it has until 100 texts are pleased and 100 are not', async () => {
    expect(await train(texts('en', 99))).toEqual({
      ok: false,
      message:
        'In en, the language of most texts, 99 have at most 2 stars and 99 at least 4; it takes 100 of both. ' +
        'Until then a list of words is used, where it knows the language.',
    });
    expect(await train(texts('en', 100))).toMatchObject({ ok: true, counts: { positive: 100, negative: 100, 'in en': 200 } });
  });

  it('does with 20 of both where there are no words, and takes over in that language alone', async () => {
    expect(await train(texts('de', 19))).toMatchObject({ ok: false, message: expect.stringContaining('it takes 20 of both') });
    const trained = await train(texts('de', 20), texts('en', 30));
    expect(trained).toMatchObject({ ok: true, model: { languages: { de: 40 } } });
    expect(trained).not.toHaveProperty(['counts', 'in en']);
  });

  it('names the range of the texts that have a date, leaves out those of tomorrow, and shows what the words do on the same texts', async () => {
    const tomorrow = texts('en', 1).map((fact) => ({ ...fact, at: NOW + DAY }));
    const trained = await train(texts('en', 100), texts('en', 20, false), tomorrow);
    expect(trained).toMatchObject({ ok: true, from: NOW - 200 * DAY, to: NOW - DAY, counts: { 'rated texts': 242, positive: 120 } });
    expect(trained).toMatchObject({ metrics: { 'auc of the list of words': expect.any(Number), auc: expect.any(Number) } });
    expect(await train(texts('en', 100, false))).toMatchObject({ ok: true, from: null, to: null });
  });

  it('says whose texts are in the model: three stars and blank texts teach nothing', async () => {
    const by = (person: string, stars: number, text: string) => [{ owner: person, person, at: NOW - DAY, text, stars }];
    const trained = await train(
      texts('en', 100),
      by('cus_pleased', 4, 'the fit is great'),
      by('cus_neither', 3, 'it is a dress'),
      by('cus_silent', 5, '   '),
    );
    if (!trained.ok) throw new Error(trained.message);
    expect(new Set(trained.learntFrom)).toEqual(new Set(['product:dress', 'cus_pleased']));
  });
});
