/** Texts are read up to here, in UTF-16 units; what a customer has to say is said by then, and a pasted book costs no more than a letter. */
export const MAX_TEXT_LENGTH = 2_000;

// What a character is to whoever looks for words; 0 is anything else.
/** A letter, digit or mark of a script that sets words apart. */
export const WORD = 1;
/** A letter of a script that writes words without spaces: Japanese, Chinese, Thai, Lao, Khmer, Burmese. */
export const UNSPACED = 2;
export const SPACE = 3;

const UNSPACED_LETTER =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc]/u;
const WORD_CHARACTER = /[\p{L}\p{N}\p{M}]/u;

let classes: Uint8Array | null = null;

/** The class of every UTF-16 unit: 0, WORD, UNSPACED or SPACE. Halves of surrogate pairs (emoji, rare ideographs) are 0. */
export function characterClasses(): Uint8Array {
  if (classes) return classes;
  classes = new Uint8Array(65_536);
  for (let unit = 0; unit < 65_536; unit++) {
    if (unit >= 0xd800 && unit < 0xe000) continue;
    const character = String.fromCharCode(unit);
    if (UNSPACED_LETTER.test(character)) classes[unit] = UNSPACED;
    else if (WORD_CHARACTER.test(character)) classes[unit] = WORD;
    else if (/\s/.test(character)) classes[unit] = SPACE;
  }
  return classes;
}

/**
 * The one form in which texts are compared: at most MAX_TEXT_LENGTH long, NFKC, in lower case, without the accents of Latin, Greek and Cyrillic
 * letters (they are left out in haste: nao, otimo), runs of white space as one space, every number as 0, one space at either end. The voiced
 * marks of kana are no accents and stay.
 */
export function normalForm(text: string): string {
  // Cut twice, for one character may stand for eighteen in NFKC.
  let form = cut(cut(text).normalize('NFKC')).toLowerCase();
  // Plain ASCII is the common case and has no accents.
  if (/[^\0-\x7f]/.test(form))
    form = form
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .normalize('NFC')
      .replace(/[\u2018\u2019]/g, "'");
  return ` ${form
    .replace(/\p{Nd}+(?:[.,:/-]\p{Nd}+)*/gu, '0')
    .replace(/\s+/g, ' ')
    .trim()} `;
}

function cut(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  const last = text.charCodeAt(MAX_TEXT_LENGTH - 1);
  // Never between the halves of a surrogate pair.
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? MAX_TEXT_LENGTH - 1 : MAX_TEXT_LENGTH);
}
