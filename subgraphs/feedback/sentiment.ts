import type { EpochMs } from '../../kernel/storage/port.ts';
import type { Urgency } from '../../models/text/urgency.ts';
import type { FeedbackRecord } from './records.ts';
import { type UnderstoodText, writtenText } from './texts.ts';

/** Texts that a customer's sentiment is read from: what somebody thought long ago says little of today. */
const MOST_TEXTS = 20;
/** With fewer texts a difference between two halves is one text against another. */
const FEWEST_FOR_A_TREND = 4;

/** What scored a sentiment. */
export interface TextModelUse {
  readonly name: 'SENTIMENT' | 'LEXICON';
  readonly version: string;
  readonly trainedAt: EpochMs | null;
}

export interface SentimentSummary {
  /** The mean of the texts' scores, -1 to 1. */
  readonly score: number;
  /** The newer half's mean less the older's; null with fewer than four texts. */
  readonly trend: number | null;
  readonly n: number;
  readonly models: readonly TextModelUse[];
}

/** What scored the sentiment of a text; null when it has none. */
export function modelOf({ sentiment, trainedAt }: Pick<UnderstoodText, 'sentiment' | 'trainedAt'>): TextModelUse | null {
  if (sentiment === null) return null;
  const { name, version } = sentiment.model;
  return name === 'sentiment' ? { name: 'SENTIMENT', version, trainedAt } : { name: 'LEXICON', version, trainedAt: null };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The latest texts of `items`, which are newest first: those that a customer's sentiment is read from. */
export function latestTexts(items: readonly FeedbackRecord[]): readonly FeedbackRecord[] {
  return items.filter((item) => writtenText(item) !== null).slice(0, MOST_TEXTS);
}

/** The sentiment of one person's texts, which are newest first; null when none of them shows any. */
export function sentimentOf(texts: readonly Pick<UnderstoodText, 'sentiment' | 'trainedAt'>[]): SentimentSummary | null {
  const scores = texts.flatMap(({ sentiment }) => sentiment?.score ?? []);
  if (scores.length === 0) return null;
  const newer = Math.ceil(scores.length / 2);
  const models = new Map(texts.flatMap((text) => modelOf(text) ?? []).map((model) => [`${model.name} ${model.version}`, model]));
  return {
    score: mean(scores),
    trend: scores.length < FEWEST_FOR_A_TREND ? null : mean(scores.slice(0, newer)) - mean(scores.slice(newer)),
    n: scores.length,
    models: [...models.values()],
  };
}

const URGENT_FOR_MS = 30 * 86_400_000;
const MOST_URGENT = 10;

/** The texts of the last 30 days that nobody answered, at most 10, of `items`, which are newest first. */
export function unanswered(items: readonly FeedbackRecord[], now: EpochMs): readonly FeedbackRecord[] {
  const open = items.filter(({ followUp, submittedAt }) => followUp === null && submittedAt !== null && submittedAt >= now - URGENT_FOR_MS);
  return open.filter((item) => writtenText(item) !== null).slice(0, MOST_URGENT);
}

/** The place of the most urgent of texts that are newest first; -1 when none is HIGH or CRITICAL. */
export function mostUrgent(urgencies: readonly Pick<Urgency, 'level'>[]): number {
  const critical = urgencies.findIndex(({ level }) => level === 'CRITICAL');
  return critical >= 0 ? critical : urgencies.findIndex(({ level }) => level === 'HIGH');
}
