import { describe, expect, it } from 'vitest';
import { detectLanguage, languagesWritten } from '../../../../models/text/language.ts';

it.each([
  ['Muito bom', 'pt'],
  ['Não recebi o produto até agora, estou aguardando', 'pt'],
  ['Love it', 'en'],
  ['I ordered the blue one and it never arrived', 'en'],
  ['Muy bueno, lo recomiendo', 'es'],
  ['Très bien', 'fr'],
  ['Sehr gut, schnelle Lieferung', 'de'],
  ['とても良い', 'ja'],
  ['商品がまだ届きません', 'ja'],
  ['너무 좋아요', 'ko'],
  ['สินค้าดีมาก', 'th'],
  ['очень хорошо', 'ru'],
])('tells "%s" to be %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

it.each(['', '   ', '12345', ':)', '👍', 'ok', 'asdf qwer'])('does not guess at "%s"', (text) => {
  expect(detectLanguage(text)).toBe(null);
});

it('goes by who writes to the company where Han letters alone could be either', () => {
  expect(detectLanguage('大変満足')).toBe('zh');
  expect(detectLanguage('大変満足', ['ja', 'en'])).toBe('ja');
  expect(detectLanguage('大変満足', ['zh', 'ja'])).toBe('zh');
});

it('lets what is expected lean, and not decide', () => {
  expect(detectLanguage('I ordered the blue one and it never arrived', ['pt', 'ja'])).toBe('en');
});

describe('the languages of a set of texts', () => {
  const ENGLISH = 'The parcel was late and it is not what I wanted.';
  const JAPANESE = 'とても良い商品でした。';

  it('are those of at least one text in fifty, most frequent first', () => {
    const of = (english: number, japanese: number) =>
      languagesWritten([...Array<string>(english).fill(ENGLISH), ...Array<string>(japanese).fill(JAPANESE)]);
    expect(of(98, 2)).toEqual(['en', 'ja']);
    expect(of(99, 1)).toEqual(['en']);
    expect(of(1, 2)).toEqual(['ja', 'en']);
    expect(of(0, 0)).toEqual([]);
  });
});
