/** What a text is about, by declared terms: every topic comes with the terms that it was told by. */
import { LanguageMatchers, termsOf } from './terms.ts';
import { RETAIL_TOPICS, type TopicDefinition } from './topic-terms.ts';

/** A term that goes with a topic in a company's own texts. */
export interface LearntTerm {
  readonly topic: string;
  /** BCP 47 primary tag. */
  readonly language: string;
  readonly term: string;
  /** Normalised pointwise mutual information with the topic's declared terms, from -1 to 1. */
  readonly association: number;
  /** In how many of the topic's texts it occurs. */
  readonly texts: number;
}

export interface TopicModel {
  readonly kind: 'topics';
  readonly format: 1;
  readonly version: string;
  readonly topics: readonly TopicDefinition[];
  readonly learnt: readonly LearntTerm[];
}

export interface TopicMention {
  readonly topic: string;
  /** Each term once, in the order in which they occur, in normal form. */
  readonly terms: readonly string[];
}

/** The declared retail topics, nothing learnt. */
export const DECLARED_TOPICS: TopicModel = { kind: 'topics', format: 1, version: 'declared-1', topics: RETAIL_TOPICS, learnt: [] };

export class TopicFinder {
  readonly version: string;
  readonly #matchers: LanguageMatchers<string>;
  readonly #places: ReadonlyMap<string, number>;

  constructor({ version, topics, learnt }: TopicModel) {
    this.version = version;
    this.#places = new Map(topics.map(({ topic }, place) => [topic, place]));
    this.#matchers = new LanguageMatchers([
      ...declaredTerms(topics),
      ...learnt.map(({ language, term, topic }) => [language, term, topic] as const),
    ]);
  }

  /** Topics of a text in its normal form, those with most terms first, else as declared. A null language is looked for in all of them. */
  find(form: string, language: string | null): TopicMention[] {
    const terms = new Map<string, Set<string>>();
    for (const { term, value } of this.#matchers.match(form, language)) {
      const found = terms.get(value);
      if (found) found.add(term);
      else terms.set(value, new Set([term]));
    }
    return [...terms]
      .map(([topic, found]) => ({ topic, terms: [...found] }))
      .sort((a, b) => b.terms.length - a.terms.length || this.#places.get(a.topic)! - this.#places.get(b.topic)!);
  }
}

/** Every declared term with its language and topic. */
export function declaredTerms(topics: readonly TopicDefinition[]): (readonly [language: string, term: string, topic: string])[] {
  return topics.flatMap(({ topic, terms }) =>
    Object.entries(terms).flatMap(([language, list]) => termsOf(list).map((term) => [language, term, topic] as const)),
  );
}
