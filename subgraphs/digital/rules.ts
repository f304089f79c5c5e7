import { VIEWED_LATELY_MS } from '../../kernel/facts.ts';
import type { Channel } from '../../kernel/intake.ts';
import type { Money } from '../../kernel/money.ts';
import type { EpochMs } from '../../kernel/storage/port.ts';
import {
  type CartChange,
  TOUCH_STATES,
  type TopicMention,
  type TouchRecord,
  type TouchState,
  type TouchStep,
  type ViewedProduct,
} from './records.ts';

export interface CartLine {
  readonly sku: string;
  readonly name: string | null;
  readonly quantity: number;
  readonly unitPrice: Money | null;
}

export interface CartContent {
  /** In the order in which they were first put in; never empty. */
  readonly lines: readonly CartLine[];
  readonly updatedAt: EpochMs;
}

/**
 * What lies in a cart after `changes` (newest first): an addition puts in its quantity, one when it has none; a removal
 * takes its quantity out, all when it has none, and never more than there is. null: nothing.
 */
export function cartContent(changes: readonly CartChange[]): CartContent | null {
  const lines = new Map<string, CartLine>();
  for (const change of changes.toReversed()) {
    const before = lines.get(change.sku);
    if (change.kind === 'ADD') {
      lines.set(change.sku, {
        sku: change.sku,
        name: change.name ?? before?.name ?? null,
        quantity: (before?.quantity ?? 0) + (change.quantity ?? 1),
        unitPrice: change.price ?? before?.unitPrice ?? null,
      });
    } else if (before) {
      const quantity = before.quantity - (change.quantity ?? before.quantity);
      if (quantity > 0) lines.set(change.sku, { ...before, quantity });
      else lines.delete(change.sku);
    }
  }
  const newest = changes[0];
  return newest && lines.size > 0 ? { lines: [...lines.values()], updatedAt: newest.at } : null;
}

/** Signals are bounded: so many products, and half of the 32 KB that a signal may hold. */
const MOST_SIGNAL_SKUS = 200;
const MOST_SIGNAL_BYTES = 16_384;

/** The products of a cart, in its order; the last put in, where that are more than a signal holds. */
export function signalSkus(lines: readonly CartLine[]): readonly string[] {
  const skus = lines.slice(-MOST_SIGNAL_SKUS).map(({ sku }) => sku);
  let bytes = 0;
  let first = skus.length;
  for (; first > 0; first--) {
    // Each stands in quotes, before a comma.
    bytes += Buffer.byteLength(skus[first - 1] ?? '') + 3;
    if (bytes > MOST_SIGNAL_BYTES) break;
  }
  return skus.slice(first);
}

/** Those of `viewed` that were looked at within 30 days, in their order. */
export function viewedLately(viewed: readonly ViewedProduct[], now: EpochMs): readonly ViewedProduct[] {
  return viewed.filter(({ at }) => now - at <= VIEWED_LATELY_MS);
}

export interface Interest {
  readonly topic: string;
  readonly score: number;
}

/** After this time a mention counts half: last month's interest is half of this month's. */
const HALF_LIFE_MS = 30 * 86_400_000;
const MOST_INTERESTS = 20;

/** Mentions per topic, each weighing 2^(-age / 30 days); strongest first. A mention ahead of `now` weighs 1. */
export function interestsOf(mentions: readonly TopicMention[], now: EpochMs): readonly Interest[] {
  const scores = new Map<string, number>();
  for (const { topic, at } of mentions) scores.set(topic, (scores.get(topic) ?? 0) + 2 ** (-Math.max(0, now - at) / HALF_LIFE_MS));
  return [...scores]
    .map(([topic, score]) => ({ topic, score }))
    .sort((a, b) => b.score - a.score || (a.topic < b.topic ? -1 : 1))
    .slice(0, MOST_INTERESTS);
}

/** The furthest that a message came, in the order of TOUCH_STATES, when it first came there. The history is never empty. */
export function furthest(history: readonly TouchStep[]): TouchStep {
  return history.reduce((best, step) => {
    const ahead = TOUCH_STATES.indexOf(step.state) - TOUCH_STATES.indexOf(best.state);
    return ahead > 0 || (ahead === 0 && step.at < best.at) ? step : best;
  });
}

/** Where the company goes to the customer. */
const OUTBOUND: readonly Channel[] = ['EMAIL', 'SMS', 'PUSH', 'PHONE'];
const ARRIVED: readonly TouchState[] = ['DELIVERED', 'OPENED', 'CLICKED', 'CONVERTED'];

/** One message as far as it bears on sending the next. */
export interface SentMessage {
  readonly channel: Channel;
  readonly sentAt: EpochMs;
  /** When it last showed that it got through; null when never. */
  readonly arrivedAt: EpochMs | null;
  readonly bouncedAt: EpochMs | null;
}

/** Those of `touches` that went out to the customer, in their order. */
export function sentMessages(touches: readonly TouchRecord[]): readonly SentMessage[] {
  return touches
    .filter(({ channel }) => OUTBOUND.includes(channel))
    .map(({ channel, firstAt, history }) => ({
      channel,
      sentAt: firstAt,
      arrivedAt: lastAt(history, ARRIVED),
      bouncedAt: lastAt(history, ['BOUNCED']),
    }));
}

function lastAt(history: readonly TouchStep[], states: readonly TouchState[]): EpochMs | null {
  return history.findLast(({ state }) => states.includes(state))?.at ?? null;
}
