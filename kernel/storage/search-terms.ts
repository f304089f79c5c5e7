/** Raised when `termsOf` answers differently than before, so that stores rebuild what they indexed. */
export const TERMS_VERSION = 2;

/** Letters that carry no mark which decomposition could strip, as people type them without a special keyboard. */
const FOLDED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  ĸ: 'k',
  ſ: 's',
  ς: 'σ',
};
const FOLDABLE = new RegExp(`[${Object.keys(FOLDED).join('')}]`, 'gu');

/** Kana, kanji, hangul and han with their iteration and length marks: written without spaces, so found by any part. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}\u30fc\u3005\u3006]+/u;
const WORD = /[\p{L}\p{N}\p{M}\u30fc\u3005\u3006]+/gu;
/** Digits in groups, as phone numbers, dates and account numbers are written. */
const GROUPED_DIGITS = /\+?\(?\d[\d\s().\-/]*/g;
const MIN_JOINED_DIGITS = 5;
const DAKUTEN = '\u3099\u309a';

/** A longer run of unspaced text is indexed by its first so many suffixes; names, addresses and titles are shorter. */
const MAX_SUFFIXES = 64;

/**
 * Text in the one spelling that is compared: full and half width alike (NFKC), lower case, without accents (NFKD, marks
 * stripped), katakana as hiragana. The voicing marks of kana are letters, not accents, and stay.
 */
function foldText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKD')
    .replace(new RegExp(`(?![${DAKUTEN}])\\p{M}`, 'gu'), '')
    .normalize('NFC')
    .replace(FOLDABLE, (letter) => FOLDED[letter] ?? letter)
    .replace(/[\u30a1-\u30f6\u30fd\u30fe]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/**
 * The distinct terms under which texts are found: every word of them, folded; every suffix of unspaced (Japanese,
 * Chinese, Korean) runs, so that any part of one is the beginning of a term; an e-mail address whole and by its words;
 * digits in groups (a phone number) joined, from each group on. A national form of a phone number (with its leading 0)
 * is the caller's to add as a text of its own.
 */
export function termsOf(texts: readonly string[]): string[] {
  const terms = new Set<string>();
  for (const text of texts) {
    const folded = foldText(text);
    for (const word of wordsOf(folded)) {
      terms.add(word);
      for (const suffix of suffixesOf(word)) terms.add(suffix);
    }
    for (const address of folded.split(/\s+/u).map(addressOf)) if (address !== null) terms.add(address);
    for (const [digits] of folded.matchAll(GROUPED_DIGITS)) {
      const groups = digits.match(/\d+/g) ?? [];
      for (let i = 0; i < groups.length; i++) {
        const joined = groups.slice(i).join('');
        if (joined.length >= MIN_JOINED_DIGITS) terms.add(joined);
      }
    }
  }
  return [...terms];
}

/**
 * A query's words, folded, each to be matched against the beginning of a term; empty when the query holds no letter or
 * digit. A word with an @ in it is one prefix (of an address), and a query of nothing but grouped digits is these joined.
 */
export function prefixesOf(query: string): string[] {
  const folded = foldText(query).trim();
  if (folded.match(GROUPED_DIGITS)?.[0] === folded) {
    const joined = folded.replace(/\D/g, '');
    if (joined.length >= MIN_JOINED_DIGITS) return [joined];
  }
  const prefixes = folded.split(/\s+/u).flatMap((part) => addressOf(part) ?? wordsOf(part));
  return [...new Set(prefixes)];
}

function wordsOf(folded: string): string[] {
  return folded.match(WORD) ?? [];
}

/** The word's suffixes that begin inside an unspaced run. */
function suffixesOf(word: string): string[] {
  const letters = [...word];
  const suffixes: string[] = [];
  for (let i = 1; i < letters.length && suffixes.length < MAX_SUFFIXES; i++)
    if (UNSPACED.test(letters[i] ?? '')) suffixes.push(letters.slice(i).join(''));
  return suffixes;
}

/** The text, which holds no space, without what encloses it if there is an @ inside; null when there is none. */
function addressOf(part: string): string | null {
  const address = part.replace(/^[^\p{L}\p{N}]+|[,;:>)\]"']+$/gu, '');
  return address.indexOf('@') > 0 ? address : null;
}
