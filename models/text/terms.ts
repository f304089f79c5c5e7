/** Terms found in texts: the declared words behind topics, urgency and the lexicon, so that each can show which ones it went by. */
import { characterClasses, normalForm, UNSPACED, WORD } from './normal-form.ts';

/** Terms by BCP 47 primary tag: comma-separated words or phrases; `deliver*` stands for every word that begins so. */
export type TermLists = Readonly<Record<string, string>>;

export interface TermMatch<V> {
  /** The term in normal form, as declared but for its star. */
  readonly term: string;
  readonly value: V;
  /** Where it stands in the normal form of the text. */
  readonly start: number;
  readonly end: number;
}

interface Entry<V> {
  readonly term: string;
  readonly prefix: boolean;
  readonly values: V[];
}

/** The terms of a comma-separated list. */
export function termsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

/**
 * Finds declared terms in texts. In scripts with spaces a term begins and ends with a word, unless it has a star; in Japanese, Chinese and Thai
 * it may stand anywhere. The texts are looked through once, whatever the number of terms.
 */
export class TermMatcher<V> {
  readonly #byHead = new Map<number, Entry<V>[]>();

  /** A term of fewer than two characters, which would be found everywhere, or with a star but at its end is a RangeError. */
  constructor(terms: Iterable<readonly [term: string, value: V]>) {
    for (const [declared, value] of terms) {
      const prefix = declared.endsWith('*');
      const term = normalForm(prefix ? declared.slice(0, -1) : declared).trim();
      if (term.length < 2) throw new RangeError(`The term "${declared}" is shorter than two characters.`);
      if (term.includes('*')) throw new RangeError(`The term "${declared}" has a star that is not at its end.`);
      const head = headOf(term, 0);
      const entries = this.#byHead.get(head) ?? [];
      const known = entries.find((entry) => entry.term === term && entry.prefix === prefix);
      if (known) known.values.push(value);
      else entries.push({ term, prefix, values: [value] });
      this.#byHead.set(head, entries);
    }
  }

  /** Every term in a text's normal form, in the order in which they begin; they may overlap. */
  match(form: string): TermMatch<V>[] {
    const classes = characterClasses();
    const matches: TermMatch<V>[] = [];
    for (let start = 0; start + 1 < form.length; start++) {
      const kind = classes[form.charCodeAt(start)]!;
      if (kind === WORD && start > 0 && classes[form.charCodeAt(start - 1)] === WORD) continue;
      for (const { term, prefix, values } of this.#byHead.get(headOf(form, start)) ?? []) {
        if (!form.startsWith(term, start)) continue;
        const end = start + term.length;
        const inWord = classes[form.charCodeAt(end - 1)] === WORD && end < form.length && classes[form.charCodeAt(end)] === WORD;
        if (inWord && !prefix && kind !== UNSPACED) continue;
        for (const value of values) matches.push({ term, value, start, end });
      }
    }
    return matches;
  }
}

/** Of overlapping matches the longest, and of equally long ones the first. */
export function longest<V>(matches: readonly TermMatch<V>[]): TermMatch<V>[] {
  const chosen: TermMatch<V>[] = [];
  const byLength = [...matches].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  for (const match of byLength) if (chosen.every(({ start, end }) => match.end <= start || match.start >= end)) chosen.push(match);
  return chosen.sort((a, b) => a.start - b.start);
}

/** A matcher for each language, and one for all of them. */
export class LanguageMatchers<V> {
  readonly #byLanguage = new Map<string, TermMatcher<V>>();
  readonly #all: TermMatcher<V>;

  constructor(terms: Iterable<readonly [language: string, term: string, value: V]>) {
    const lists = new Map<string, (readonly [string, V])[]>();
    const all: (readonly [string, V])[] = [];
    for (const [language, term, value] of terms) {
      const list = lists.get(language) ?? [];
      list.push([term, value]);
      lists.set(language, list);
      all.push([term, value]);
    }
    for (const [language, list] of lists) this.#byLanguage.set(language, new TermMatcher(list));
    this.#all = new TermMatcher(all);
  }

  /** Matches of the language's terms; of every language's where it is null; none in a language without terms. */
  match(form: string, language: string | null): TermMatch<V>[] {
    const matcher = language === null ? this.#all : this.#byLanguage.get(language);
    return matcher?.match(form) ?? [];
  }
}

function headOf(text: string, at: number): number {
  return text.charCodeAt(at) * 65_536 + text.charCodeAt(at + 1);
}
