/** Everything that is understood of a text, in one pass over its normal form. */
import { detectLanguageOf } from './language.ts';
import { normalForm } from './normal-form.ts';
import { type Sentiment, type SentimentModel, SentimentScorer } from './sentiment.ts';
import { DECLARED_TOPICS, TopicFinder, type TopicMention, type TopicModel } from './topics.ts';
import { URGENCY_RULES_VERSION, type Urgency, urgencyOf } from './urgency.ts';

export interface TextModels {
  /** Null until ratings have taught one: the lexicon answers. */
  readonly sentiment: SentimentModel | null;
  /** Absent: the declared retail topics. */
  readonly topics?: TopicModel;
  /** BCP 47 primary tags of the languages in which customers are expected to write, most frequent first; empty: nothing is known. */
  readonly languages: readonly string[];
}

export interface TextAnalysis {
  /** BCP 47 primary tag; null where the text does not show it. */
  readonly language: string | null;
  /** Null where there is nothing to go by. Names the model that gave it, and its version. */
  readonly sentiment: Sentiment | null;
  readonly topics: readonly TopicMention[];
  readonly urgency: Urgency;
  /** Which topics and which rules of urgency were asked. */
  readonly model: { readonly topics: string; readonly urgency: string };
}

/** Analyses texts by a set of models; to be made once for a set, for making it prepares the terms. */
export class TextAnalyser {
  readonly #sentiment: SentimentScorer;
  readonly #topics: TopicFinder;
  readonly #languages: readonly string[];

  constructor({ sentiment, topics = DECLARED_TOPICS, languages }: TextModels) {
    this.#sentiment = new SentimentScorer(sentiment);
    this.#topics = new TopicFinder(topics);
    this.#languages = languages;
  }

  /**
   * `language` is that of a source that knows it; absent or null it is detected. `earlierContacts` is how often the customer wrote about the matter
   * before. What stands behind the first MAX_TEXT_LENGTH characters is not read.
   */
  analyse(text: string, known: { readonly language?: string | null; readonly earlierContacts?: number } = {}): TextAnalysis {
    const form = normalForm(text);
    const language = known.language ?? detectLanguageOf(text, form, this.#languages);
    const sentiment = this.#sentiment.score(form, language);
    return {
      language,
      sentiment,
      topics: this.#topics.find(form, language),
      urgency: urgencyOf(form, language, { sentimentScore: sentiment?.score ?? null, earlierContacts: known.earlierContacts ?? 0 }),
      model: { topics: this.#topics.version, urgency: URGENCY_RULES_VERSION },
    };
  }
}
