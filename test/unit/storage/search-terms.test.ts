import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixesOf, termsOf } from '../../../kernel/storage/search-terms.ts';

/** Whether a search for the query finds a document of these texts. */
const finds = (query: string, ...texts: string[]) => {
  const terms = termsOf(texts);
  const prefixes = prefixesOf(query);
  return prefixes.length > 0 && prefixes.every((prefix) => terms.some((term) => term.startsWith(prefix)));
};

describe('termsOf', () => {
  it('folds case and accents and splits at everything that is no letter or digit', () => {
    expect(termsOf(['Anna-María O’Neill, 2nd'])).toEqual(['anna', 'maria', 'o', 'neill', '2nd']);
  });

  it.each([
    ['Straße', 'strasse'],
    ['Søren', 'soren'],
    ['Łukasz', 'lukasz'],
    ['Æsir', 'aesir'],
    ['Œuvre', 'oeuvre'],
    ['Đorđe', 'dorde'],
    ['Þór', 'thor'],
    ['Nguyễn', 'nguyen'],
    ['İstanbul', 'istanbul'],
    ['Işık', 'isik'],
    ['ﬁn', 'fin'],
    ['Ｓｍｉｔｈ', 'smith'],
    ['Élodie', 'elodie'],
  ])('folds %s to %s', (text, folded) => {
    expect(termsOf([text])).toEqual([folded]);
  });

  it('gives every suffix of a Japanese, Chinese or Korean run', () => {
    expect(termsOf(['山田太郎'])).toEqual(['山田太郎', '田太郎', '太郎', '郎']);
    expect(termsOf(['김민준'])).toEqual(['김민준', '민준', '준']);
  });

  it('reads katakana as hiragana, and half width as full width', () => {
    expect(termsOf(['ヤマダ'])).toEqual(['やまだ', 'まだ', 'だ']);
    expect(termsOf(['ﾔﾏﾀﾞ'])).toEqual(termsOf(['やまだ']));
    expect(termsOf(['ジョージ'])).toEqual(termsOf(['じょーじ']));
  });

  it('keeps voicing marks, which make another syllable', () => {
    expect(termsOf(['が'])).toEqual(['が']);
    expect(finds('か', 'が')).toBe(false);
  });

  it('gives an e-mail address whole and by its words', () => {
    expect(termsOf(['Anna.Keller+shop@Example.co.uk'])).toEqual([
      'anna',
      'keller',
      'shop',
      'example',
      'co',
      'uk',
      'anna.keller+shop@example.co.uk',
    ]);
  });

  it('gives a phone number as its digits', () => {
    expect(termsOf(['+44 7911 123456'])).toContain('447911123456');
    expect(termsOf(['+81312345678'])).toEqual(['81312345678']);
  });

  it('gives each term once, and none for texts without letters or digits', () => {
    expect(termsOf(['Bob Bob', 'bob'])).toEqual(['bob']);
    expect(termsOf(['', ' — ', '!?'])).toEqual([]);
  });
});

describe('prefixesOf', () => {
  it('gives the words of a query as they are folded in terms', () => {
    expect(prefixesOf('  MARÍA  kel ')).toEqual(['maria', 'kel']);
    expect(prefixesOf("O'Ne")).toEqual(['o', 'ne']);
    expect(prefixesOf('山田')).toEqual(['山田']);
    expect(prefixesOf('?!')).toEqual([]);
  });

  it.each([
    ['anna@exa', 'anna@example.com'],
    ['ANNA.KELLER@', 'anna.keller@example.com'],
    ['example.com', 'anna@example.com'],
    ['+44 7911', '+447911123456'],
    ['7911 123', '+44 7911 123456'],
    ['45-67', 'flat 1, 23-45-67'],
    ['<anna@example.com>,', 'Anna anna@example.com'],
    ['+44 (79) 11-12', '+447911123456'],
    ['0791', '07911123456'],
    ['447911123456', '+447911123456'],
    ['ﾀﾅｶ', '田中 タナカ'],
    ['田', '山田太郎'],
    ['Tanaka 山', '山田 Tanaka'],
    ['ÅNG', 'Angström'],
    ['00123', 'Kunde 00123'],
    ['cus-12', 'CUS-1234'],
  ])('finds with %s what is stored as %s', (query, text) => {
    expect(finds(query, text)).toBe(true);
  });

  it('finds every text by itself and by the beginning of each of its words', () => {
    const character = fc.constantFrom(...'aZé98ßŁøがカｱ山田ー々한-@.+/ \u0301𠮷😀');
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), fc.nat(), (text, cut) => {
        const whole = prefixesOf(text);
        if (whole.length > 0) expect(finds(text, text)).toBe(true);
        for (const word of text.split(' ')) {
          const letters = [...word];
          const beginning = letters.slice(0, 1 + (cut % Math.max(1, letters.length))).join('');
          if (prefixesOf(beginning).length > 0) expect(finds(beginning, text)).toBe(true);
        }
      }),
      { numRuns: 2000, seed: 360 },
    );
  });

  it('finds any part of an unspaced run', () => {
    const run = fc.string({ unit: fc.constantFrom('山', '田', 'ア', 'が', 'ー', '한', '々'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(run, fc.nat(), fc.nat(), (text, a, b) => {
        const from = a % text.length;
        const part = text.slice(from, from + 1 + (b % (text.length - from)));
        expect(finds(part, `x ${text}`)).toBe(true);
      }),
      { numRuns: 1000, seed: 360 },
    );
  });
});
