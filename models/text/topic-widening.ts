/** Topics widened by the words that go with them in a company's own texts. */

import { LATIN_WORDS } from './language-words.ts';
import { characterClasses, normalForm, UNSPACED } from './normal-form.ts';
import { LanguageMatchers } from './terms.ts';
import type { TopicDefinition } from './topic-terms.ts';
import { declaredTerms, type LearntTerm, TopicFinder, type TopicModel } from './topics.ts';

export interface WideningOptions {
  readonly version: string;
  /** A term has to occur in so many of the topic's texts. */
  readonly minTexts?: number;
  readonly minAssociation?: number;
  /** For each topic and language. */
  readonly maxTerms?: number;
}

const frequentWords: ReadonlySet<string> = new Set(Object.values(LATIN_WORDS).flatMap((words) => words.split(' ')));

/** Words occur in texts, not among them: each text counts a word once. */
interface Counts {
  texts: number;
  readonly words: Map<string, number>;
  readonly topics: Map<string, number>;
  readonly together: Map<string, Map<string, number>>;
}

/**
 * Widens topics by the words that go with their declared terms in a company's texts: normalised pointwise mutual information (Bouma 2009), of
 * "the word occurs" and "a declared term of the topic occurs". A word goes to the topic with which it is associated most. Words of declared
 * terms are left out, and words so frequent that they tell of the language and not of a matter.
 */
export function widenTopics(
  topics: readonly TopicDefinition[],
  texts: Iterable<{ readonly text: string; readonly language: string | null }>,
  { version, minTexts = 10, minAssociation = 0.3, maxTerms = 20 }: WideningOptions,
): TopicModel {
  const finder = new TopicFinder({ kind: 'topics', format: 1, version, topics, learnt: [] });
  const terms = declaredTerms(topics);
  const declared = new LanguageMatchers(terms);
  const known = new Set(terms.flatMap(([, term]) => normalForm(term).trim().split(' ')));
  const byLanguage = new Map<string, Counts>();
  for (const { text, language } of texts) {
    if (language === null) continue;
    let counts = byLanguage.get(language);
    if (!counts) {
      counts = { texts: 0, words: new Map(), topics: new Map(), together: new Map() };
      byLanguage.set(language, counts);
    }
    count(counts, normalForm(text), language, finder);
  }

  const learnt: LearntTerm[] = [];
  for (const [language, counts] of byLanguage) {
    const candidates = new Map<string, LearntTerm[]>();
    for (const [topic, words] of counts.together)
      for (const [word, texts] of words) {
        if (texts < minTexts || known.has(word) || frequentWords.has(word) || declared.match(` ${word} `, language).length > 0) continue;
        const joint = texts / counts.texts;
        const independent = (counts.words.get(word)! / counts.texts) * (counts.topics.get(topic)! / counts.texts);
        const association = joint === 1 ? 0 : Math.log(joint / independent) / -Math.log(joint);
        if (association >= minAssociation) push(candidates, word, { topic, language, term: word, association, texts });
      }
    const byTopic = new Map<string, LearntTerm[]>();
    for (const [, found] of candidates) {
      const best = found.reduce((a, b) => (b.association > a.association ? b : a));
      push(byTopic, best.topic, best);
    }
    for (const [, terms] of byTopic)
      learnt.push(...terms.sort((a, b) => b.association - a.association || (a.term < b.term ? -1 : 1)).slice(0, maxTerms));
  }
  return { kind: 'topics', format: 1, version, topics, learnt };
}

function count(counts: Counts, form: string, language: string, finder: TopicFinder): void {
  counts.texts++;
  const words = wordsOf(form, language);
  for (const word of words) counts.words.set(word, (counts.words.get(word) ?? 0) + 1);
  for (const { topic } of finder.find(form, language)) {
    counts.topics.set(topic, (counts.topics.get(topic) ?? 0) + 1);
    let together = counts.together.get(topic);
    if (!together) {
      together = new Map();
      counts.together.set(topic, together);
    }
    for (const word of words) together.set(word, (together.get(word) ?? 0) + 1);
  }
}

/** The words of a text, each once: of scripts without spaces as ICU's dictionary cuts them. One-letter words tell nothing. */
function wordsOf(form: string, language: string): ReadonlySet<string> {
  const classes = characterClasses();
  let unspaced = false;
  for (let at = 0; at < form.length && !unspaced; at++) unspaced = classes[form.charCodeAt(at)] === UNSPACED;
  const words = unspaced
    ? [...new Intl.Segmenter(language, { granularity: 'word' }).segment(form)]
        .filter(({ isWordLike }) => isWordLike)
        .map(({ segment }) => segment)
    : (form.match(/[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu) ?? []);
  return new Set(words.filter((word) => word.length > 1));
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
