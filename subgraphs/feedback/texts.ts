import { setImmediate as breathe } from 'node:timers/promises';
import type { ModelShelf } from '../../kernel/model-shelf.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import { TextAnalyser, type TextAnalysis } from '../../models/text/analysis.ts';
import { MAX_TEXT_LENGTH } from '../../models/text/normal-form.ts';
import type { SentimentModel } from '../../models/text/sentiment.ts';
import type { FeedbackRecord } from './records.ts';

/**
 * What is understood of texts is computed when it is asked for and kept nowhere: it costs less than reading the text from the store, it is
 * always by the model in use, and with a text that is erased everything that was made of it is gone.
 */
export interface UnderstoodText extends TextAnalysis {
  /** When the model of sentiment in use was trained; null while there is none. */
  readonly trainedAt: EpochMs | null;
}

/** The headline and what follows it; null when only rated. */
export function writtenText({ title, text }: Pick<FeedbackRecord, 'title' | 'text'>): string | null {
  const parts = [title, text].filter((part) => part !== null && part.trim() !== '');
  return parts.length > 0 ? parts.join('\n') : null;
}

/** The kinds of model that are used here. */
export const MODEL_KINDS = ['sentiment'] as const;

type Understand = (text: string) => UnderstoodText;

/**
 * Gives what analyses texts by the model that is in use at that moment; made anew only when another one is. Languages that customers are
 * expected to write in are those that the company states, or else those that the model has learnt, most frequent first.
 */
export function understanding(shelf: ModelShelf, stated: readonly string[]): () => Understand {
  let made: { readonly by: string | null; readonly understand: Understand } | undefined;
  return () => {
    const current = shelf.current<SentimentModel>('sentiment');
    const by = current?.version.id ?? null;
    if (made?.by !== by || !made) {
      const sentiment = current && { ...current.model, version: current.version.id };
      const analyser = new TextAnalyser({ sentiment, languages: stated.length > 0 ? stated : languagesOf(sentiment) });
      const trainedAt = current?.version.trainedAt ?? null;
      made = { by, understand: (text) => ({ ...analyser.analyse(text), trainedAt }) };
    }
    return made.understand;
  };
}

function languagesOf(sentiment: SentimentModel | null): readonly string[] {
  return Object.entries(sentiment?.languages ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([language]) => language);
}

/** Characters that are analysed without letting others have the process: some 2 ms. */
const CHARACTERS_AT_ONCE = 10_000;

/** A batch for the loader of one request: what is understood of each piece of feedback, null where nothing was written. All batches take turns. */
export function understandInTurns(current: () => Understand): (items: readonly FeedbackRecord[]) => Promise<(UnderstoodText | null)[]> {
  let understand: Understand | undefined;
  let before: Promise<unknown> = Promise.resolve();
  let characters = 0;
  const all = async (items: readonly FeedbackRecord[]) => {
    // One model for the whole request.
    understand ??= current();
    const understood: (UnderstoodText | null)[] = [];
    for (const item of items) {
      const text = writtenText(item);
      if (characters >= CHARACTERS_AT_ONCE) {
        characters = 0;
        await breathe();
      }
      characters += Math.min(text?.length ?? 0, MAX_TEXT_LENGTH);
      understood.push(text === null ? null : understand(text));
    }
    return understood;
  };
  return (items) => {
    const understood = before.then(() => all(items));
    before = understood.catch(() => {});
    return understood;
  };
}
