import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventRecord } from '../../../subgraphs/digital/ingest.ts';
import type { EventRecord, EventRow } from '../../../subgraphs/digital/records.ts';
import { cartContent } from '../../../subgraphs/digital/rules.ts';
import { EMPTY_SUMMARY, join, summaryOf } from '../../../subgraphs/digital/summary.ts';

const NOON = Date.UTC(2026, 2, 1, 12);

function event(number: number, minute: number, more: Partial<EventRow>): EventRecord {
  const record: EventRow = {
    messageId: `m${number}`,
    type: 'TRACK',
    name: 'Product Viewed',
    happenedAt: NOON + minute * 60_000,
    channel: 'WEB',
    sessionId: null,
    sku: null,
    productName: null,
    category: null,
    quantity: null,
    price: null,
    path: null,
    campaign: null,
    device: null,
    error: null,
    properties: [],
    ...more,
  };
  return eventRecord({ record, owner: 'cus_1', origin: 'test', occurrence: 1 });
}

const anyEvent = fc
  .record({
    minute: fc.integer({ min: 0, max: 30 }),
    name: fc.constantFrom('Product Viewed', 'Product Added', 'Product Added', 'Product Removed', 'Order Completed', 'Button Clicked'),
    sku: fc.option(fc.constantFrom('a', 'b', 'c')),
    category: fc.option(fc.constantFrom('games', 'books')),
    quantity: fc.option(fc.integer({ min: 1, max: 3 })),
    device: fc.option(fc.record({ id: fc.constantFrom('d1', 'd2'), type: fc.constant('ios'), os: fc.constant(null) })),
  })
  .map(({ minute, ...row }) => ({ minute, row }));

const eventsFrom = (first: number) =>
  fc.array(anyEvent, { maxLength: 60 }).map((list) => list.map(({ minute, row }, index) => event(first + index, minute, row)));
const manyEvents = eventsFrom(0);

const summed = (events: readonly EventRecord[]) => events.map(summaryOf).reduce(join, EMPTY_SUMMARY);

describe('a summary', () => {
  it('is the same in whatever order, and however often, its events come', () => {
    const delivered = manyEvents.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 })),
    );
    fc.assert(
      fc.property(delivered, ([events, again]) => {
        expect(summed(again)).toEqual(summed(events));
      }),
    );
  });

  it('is the same however the events are divided among a person’s ids', () => {
    fc.assert(
      fc.property(manyEvents, eventsFrom(1000), (some, others) => {
        expect(join(summed(some), summed(others))).toEqual(join(summed(others), summed(some)));
        expect(join(summed(some), summed(others))).toEqual(summed([...some, ...others]));
      }),
    );
  });

  it('stays the same when more is seen than it remembers', () => {
    const events = Array.from({ length: 150 }, (_, index) => event(index, index, { sku: `sku${index}`, category: `topic${index}` }));
    const summary = summed(events.toReversed());
    expect(summary).toEqual(summed(events));
    expect(summary.viewed.map(({ sku }) => sku)).toEqual(Array.from({ length: 20 }, (_, index) => `sku${149 - index}`));
    expect(summary.mentions).toHaveLength(100);
  });

  it('leads to the cart that walking through the events in order leads to', () => {
    fc.assert(
      fc.property(manyEvents, (events) => {
        const lines = new Map<string, number>();
        const inOrder = events.toSorted((a, b) => a.happenedAt - b.happenedAt || (a.id < b.id ? -1 : 1));
        for (const { name, sku, quantity } of inOrder) {
          if (name === 'Order Completed') lines.clear();
          if (sku === null) continue;
          if (name === 'Product Added') lines.set(sku, (lines.get(sku) ?? 0) + (quantity ?? 1));
          if (name === 'Product Removed') lines.set(sku, Math.max(0, (lines.get(sku) ?? 0) - (quantity ?? Number.POSITIVE_INFINITY)));
          if (lines.get(sku) === 0) lines.delete(sku);
        }
        const cart = cartContent(summed(events).cart);
        expect((cart?.lines ?? []).map(({ sku, quantity }) => [sku, quantity])).toEqual([...lines]);
      }),
    );
  });

  it('counts as views and cart changes the names of the Segment spec only, of both versions', () => {
    const names = ['Product Viewed', 'Viewed Product', 'Product Clicked', 'Added Product', 'Removed Product'];
    const of = (name: string) => summaryOf(event(0, 0, { name, sku: 'a' }));
    expect(names.map((name) => of(name).viewed.length)).toEqual([1, 1, 0, 0, 0]);
    expect(names.map((name) => of(name).cart[0]?.kind)).toEqual([undefined, undefined, undefined, 'ADD', 'REMOVE']);
    expect(summaryOf(event(0, 0, { type: 'PAGE', sku: 'a' })).viewed).toEqual([]);
  });
});
