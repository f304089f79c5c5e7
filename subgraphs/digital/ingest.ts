import { isDeepStrictEqual } from 'node:util';
import type { Folded } from '../../kernel/fold.ts';
import { digest } from '../../kernel/ids.ts';
import type { Arrival, Outcome } from '../../kernel/intake.ts';
import { statementContent } from '../../kernel/statement.ts';
import type { Key } from '../../kernel/storage/port.ts';
import {
  type ErrorRecord,
  type EventRecord,
  type EventRow,
  SUMMARY_ID,
  type Summary,
  type SummaryRecord,
  type TouchRecord,
  type TouchRow,
  type TouchStep,
} from './records.ts';
import { sessionKey } from './sessions.ts';
import { EMPTY_SUMMARY, join, summaryOf } from './summary.ts';

/** The event as kept, under its message id or else under its content and occurrence. */
export function eventRecord({ record, owner, origin, occurrence }: Arrival<EventRow>): EventRecord {
  const content = statementContent(record);
  const id = record.messageId === null ? digest('content', content, String(occurrence)) : digest('message', record.messageId);
  return { owner, id, version: 0, ...record, session: sessionKey(record), content, origin };
}

/** The error that an event tells of, or null. */
export function errorRecord({ owner, id, happenedAt, error, channel, name }: EventRecord): ErrorRecord | null {
  return error === null ? null : { owner, id, version: 0, happenedAt, kind: error, channel, name };
}

/** The summary of an owner that is known without events, for example by a campaign touch. */
export function emptySummary(owner: string): SummaryRecord {
  return { owner, id: SUMMARY_ID, version: 0, at: 0, ...EMPTY_SUMMARY };
}

/** The owner's summary with `events` in it; null when they change nothing, so that repeated events cost no write. */
export function summaryWith(current: SummaryRecord | null, owner: string, events: readonly EventRecord[]): SummaryRecord | null {
  return summaryJoined(current, owner, events.map(summaryOf));
}

/** The owner's summary with the channels on which `touches` came to UNSUBSCRIBED; null when they change nothing. */
export function summaryUnsubscribed(current: SummaryRecord | null, owner: string, touches: readonly TouchRow[]): SummaryRecord | null {
  const unsubscribed = touches.filter(({ state }) => state === 'UNSUBSCRIBED').map(({ channel, at }) => ({ channel, at }));
  return summaryJoined(current, owner, [{ ...EMPTY_SUMMARY, unsubscribed }]);
}

function summaryJoined(current: SummaryRecord | null, owner: string, parts: readonly Summary[]): SummaryRecord | null {
  const before = current ?? emptySummary(owner);
  const summary = parts.reduce(join, before);
  const after: SummaryRecord = { owner, id: SUMMARY_ID, version: before.version, at: summary.lastSeenAt ?? 0, ...summary };
  return current && isDeepStrictEqual(current, after) ? null : after;
}

/** One touch per message; without a message number, one per campaign and channel. */
export function touchId({ campaign, channel, messageId }: TouchRow): string {
  return messageId === null ? digest(campaign, channel) : digest(campaign, channel, messageId);
}

export const MAX_TOUCH_STEPS = 100;

function inTime(a: TouchStep, b: TouchStep): number {
  return a.at - b.at || (a.state < b.state ? -1 : 1);
}

/** Adds what became of one message, in any order, to its touch. */
export function foldTouch(
  current: TouchRecord | null,
  key: Key,
  arrivals: readonly Arrival<TouchRow>[],
): Folded<TouchRecord, 'TOUCH_HISTORY_FULL'> {
  let doc = current;
  const outcomes = arrivals.map(({ record, origin }): Outcome<'TOUCH_HISTORY_FULL'> => {
    const { campaign, channel, messageId, title, state, at } = record;
    const known = doc?.history.find((step) => step.state === state && step.at === at);
    if (known) return known.origin === origin ? 'stored' : 'duplicate';
    if (doc && doc.history.length >= MAX_TOUCH_STEPS) {
      const message = `The message has ${MAX_TOUCH_STEPS} states already; give each message a number of its own.`;
      return { code: 'TOUCH_HISTORY_FULL', field: 'message_id', message };
    }
    const history = [...(doc?.history ?? []), { state, at, origin }].sort(inTime);
    const before = doc ?? { ...key, version: 0, campaign, channel, messageId, title };
    doc = { ...before, title: before.title ?? title, firstAt: history[0]?.at ?? at, history };
    return 'stored';
  });
  return { doc: doc === current ? null : doc, outcomes };
}
