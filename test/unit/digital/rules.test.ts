import { describe, expect, it } from 'vitest';
import { foldTouch, MAX_TOUCH_STEPS } from '../../../subgraphs/digital/ingest.ts';
import type { CartChange, TouchRecord, TouchRow, TouchState } from '../../../subgraphs/digital/records.ts';
import { cartContent, furthest, interestsOf } from '../../../subgraphs/digital/rules.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;

describe('interestsOf', () => {
  const mention = (topic: string, daysAgo: number) => ({ topic, at: NOW - daysAgo * DAY, event: `${topic}${daysAgo}` });

  it('halves a mention for every 30 days: 1 + 1/2 + 1/4', () => {
    expect(interestsOf([mention('games', 0), mention('games', 30), mention('games', 60)], NOW)).toEqual([{ topic: 'games', score: 1.75 }]);
  });

  it('puts two mentions of today before three of two months ago', () => {
    const topics = interestsOf([...[60, 60, 60].map((days) => mention('books', days)), mention('games', 0), mention('games', 0)], NOW);
    expect(topics).toEqual([
      { topic: 'games', score: 2 },
      { topic: 'books', score: 0.75 },
    ]);
  });

  it('counts a mention of a clock that is ahead as one of now', () => {
    expect(interestsOf([mention('games', -2)], NOW)).toEqual([{ topic: 'games', score: 1 }]);
  });
});

describe('cartContent', () => {
  const change = (minute: number, kind: CartChange['kind'], sku: string, quantity: number | null, more: Partial<CartChange> = {}) => ({
    event: `${minute}`,
    at: NOW + minute,
    kind,
    sku,
    name: null,
    quantity,
    price: null,
    ...more,
  });
  const newestFirst = (...changes: CartChange[]) => changes.toReversed();

  it('adds up, takes out and keeps the last price', () => {
    const cart = cartContent(
      newestFirst(
        change(1, 'ADD', 'a', 2, { name: 'Uno', price: { amountMinor: 300, currency: 'EUR' } }),
        change(2, 'ADD', 'b', null),
        change(3, 'ADD', 'a', 1, { price: { amountMinor: 250, currency: 'EUR' } }),
        change(4, 'REMOVE', 'b', null),
        change(5, 'REMOVE', 'a', 1),
      ),
    );
    expect(cart).toEqual({
      lines: [{ sku: 'a', name: 'Uno', quantity: 2, unitPrice: { amountMinor: 250, currency: 'EUR' } }],
      updatedAt: NOW + 5,
    });
  });

  it('is nothing once all is taken out, and takes out no more than there is', () => {
    expect(cartContent(newestFirst(change(1, 'ADD', 'a', 1), change(2, 'REMOVE', 'a', 9)))).toBeNull();
    expect(cartContent([])).toBeNull();
  });
});

describe('a campaign touch', () => {
  const row = (state: TouchState, minute: number, origin = 'run/1') => ({
    record: { campaign: 'spring', channel: 'EMAIL', messageId: 'm1', title: null, state, at: NOW + minute } satisfies TouchRow,
    owner: 'cus_1',
    origin,
    occurrence: 1,
  });
  const key = { owner: 'cus_1', id: 'spring' };
  const fold = (current: TouchRecord | null, ...rows: ReturnType<typeof row>[]) => foldTouch(current, key, rows);

  it('is the same in whatever order reports come in', () => {
    const rows = [row('SENT', 0), row('OPENED', 5), row('CLICKED', 6), row('OPENED', 9)];
    const { doc } = fold(null, ...rows);
    expect(fold(null, ...rows.toReversed()).doc).toEqual(doc);
    expect(doc?.firstAt).toBe(NOW);
    expect(doc && furthest(doc.history)).toMatchObject({ state: 'CLICKED', at: NOW + 6 });
  });

  it('knows a repeated row of its own run from a redelivery', () => {
    const { doc } = fold(null, row('SENT', 0));
    expect(fold(doc, row('SENT', 0), row('SENT', 0, 'run/2'), row('SENT', 1))).toMatchObject({
      outcomes: ['stored', 'duplicate', 'stored'],
    });
    expect(fold(doc, row('SENT', 0)).doc).toBeNull();
  });

  it('refuses more states than it keeps, rather than forget one', () => {
    const full = fold(null, ...Array.from({ length: MAX_TOUCH_STEPS }, (_, minute) => row('OPENED', minute))).doc;
    expect(fold(full, row('OPENED', 1000)).outcomes).toMatchObject([{ code: 'TOUCH_HISTORY_FULL' }]);
  });
});
