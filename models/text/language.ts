/**
 * In which language a text is written. The script decides where one language owns it. Among languages of the Latin script the frequent words
 * decide first, for reviews are short and n-gram profiles (tinyld) are weak on short texts: of Olist's Portuguese reviews tinyld alone gets
 * .851. What the company's customers write in is a prior, not a rule.
 */
import { createRequire } from 'node:module';
import type * as Tinyld from 'tinyld';
import { LATIN_WORDS } from './language-words.ts';
import { normalForm } from './normal-form.ts';

/** More of a text than this makes no answer surer. */
const READ = 400;
/** tinyld's cost grows with the text, about 1 us a character; it is asked only where the words leave doubt. */
const PROFILED = 160;
/** What a language outside the expected ones counts, against 1 for an expected one. */
const UNEXPECTED = 0.4;
/** Weight of frequent words from which the leader is believed, and how far it has to lead. */
const SURE = 1.5;
const LEAD = 1.6;
/** Below this there is no answer. */
const ENOUGH = 0.15;

const load = createRequire(import.meta.url);
let tinyld: typeof Tinyld | undefined;

/** tinyld's profiles take 48 MB and 0.2 s to load: not before a text's words leave doubt, which in many a process no text does. */
function detectAll(text: string): ReturnType<typeof Tinyld.detectAll> {
  tinyld ??= load('tinyld') as typeof Tinyld;
  return tinyld.detectAll(text);
}

const SCRIPTS = {
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
  han: /\p{Script=Han}/gu,
  hangul: /\p{Script=Hangul}/gu,
  thai: /\p{Script=Thai}/gu,
  greek: /\p{Script=Greek}/gu,
  hebrew: /\p{Script=Hebrew}/gu,
  latin: /\p{Script=Latin}/gu,
} as const;
const OWNERS: readonly (readonly [script: keyof typeof SCRIPTS, language: string])[] = [
  ['hangul', 'ko'],
  ['thai', 'th'],
  ['greek', 'el'],
  ['hebrew', 'he'],
];

/** Languages by frequent word, each with its weight: a word that many languages share says little. */
const wordWeights = new Map<string, readonly (readonly [language: string, weight: number])[]>();
{
  const sharers = new Map<string, string[]>();
  for (const [language, words] of Object.entries(LATIN_WORDS))
    for (const word of words.split(' ')) sharers.set(word, [...(sharers.get(word) ?? []), language]);
  for (const [word, languages] of sharers)
    wordWeights.set(
      word,
      languages.map((language) => [language, 1 / languages.length ** 2] as const),
    );
}

/**
 * The BCP 47 primary language tag of a text, such as `pt`, or null where it is too short, mixed or strange to tell.
 * `expected` are the tags of languages in which the company's customers write, most frequent first; empty: nothing is known.
 */
export function detectLanguage(text: string, expected: readonly string[] = []): string | null {
  return detectLanguageOf(text, normalForm(text), expected);
}

/** Texts that are looked at to see in which languages a set is written, evenly spread over it. */
const SAMPLE = 1_000;
/** A language of fewer than one in so many texts is a stray. */
const STRAY = 50;

/** The languages in which a set of texts is written, most frequent first; one of fewer than 2 % of the texts is left out. */
export function languagesWritten(texts: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  const step = Math.max(1, Math.floor(texts.length / SAMPLE));
  let seen = 0;
  for (let at = 0; at < texts.length; at += step) {
    const language = detectLanguage(texts[at]!);
    if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
    seen++;
  }
  return leaders(counts)
    .filter(([, count]) => count * STRAY >= seen)
    .map(([language]) => language);
}

/** As detectLanguage, for who has the normal form of the text already. */
export function detectLanguageOf(text: string, form: string, expected: readonly string[]): string | null {
  const head = form.slice(0, READ);
  if (/^[\0-\x7f]*$/.test(head)) return latinLanguage(text, head, expected);
  const letters = head.match(/\p{L}/gu)?.length ?? 0;
  if (letters === 0) return null;
  const count = (script: keyof typeof SCRIPTS) => head.match(SCRIPTS[script])?.length ?? 0;
  const kana = count('kana');
  const han = count('han');
  if (kana + han > 0.3 * letters) {
    // Without a kana it may still be Japanese ("大変満足"); who else writes in Han letters to this company decides.
    if (kana > 0) return 'ja';
    return expected.find((language) => language === 'ja' || language === 'zh') ?? 'zh';
  }
  for (const [script, language] of OWNERS) if (count(script) > 0.5 * letters) return language;
  return count('latin') > 0.5 * letters ? latinLanguage(text, head, expected) : (profiled(text, expected)[0]?.[0] ?? null);
}

function latinLanguage(text: string, head: string, expected: readonly string[]): string | null {
  const totals = new Map<string, number>();
  const words = head.match(/[\p{L}']+/gu) ?? [];
  if (words.length === 0) return null;
  for (const word of words)
    for (const [language, weight] of wordWeights.get(word) ?? [])
      totals.set(language, (totals.get(language) ?? 0) + weight * prior(language, expected));
  const [first, second] = leaders(totals);
  if (first && first[1] >= SURE && first[1] >= LEAD * (second?.[1] ?? 0)) return first[0];

  // Shares of the words against tinyld's accuracies, which are small for short texts.
  const combined = new Map(profiled(text, expected));
  for (const [language, weight] of totals) combined.set(language, (combined.get(language) ?? 0) + weight / words.length);
  const [best, next] = leaders(combined);
  return best && best[1] >= ENOUGH && best[1] > 1.1 * (next?.[1] ?? 0) ? best[0] : null;
}

function profiled(text: string, expected: readonly string[]): readonly (readonly [language: string, weight: number])[] {
  const found = detectAll(text.slice(0, PROFILED)).map(({ lang, accuracy }) => [lang, accuracy * prior(lang, expected)] as const);
  return found.sort(([, a], [, b]) => b - a);
}

function prior(language: string, expected: readonly string[]): number {
  return expected.length === 0 || expected.includes(language) ? 1 : UNEXPECTED;
}

function leaders(totals: ReadonlyMap<string, number>): (readonly [language: string, weight: number])[] {
  return [...totals].sort(([, a], [, b]) => b - a);
}
