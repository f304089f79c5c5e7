import type { CartChange, EventRecord, Summary, Unsubscribed } from './records.ts';

/** How much of each kind a summary remembers. */
const REMEMBERED = { viewed: 20, cart: 200, mentions: 100, devices: 20 } as const;

export const EMPTY_SUMMARY: Summary = { lastSeenAt: null, viewed: [], checkout: null, cart: [], mentions: [], devices: [] };

// The names of the Segment e-commerce spec, version 2 and its aliases of version 1.
const VIEWED = new Set(['Product Viewed', 'Viewed Product']);
const CHANGES: ReadonlyMap<string, CartChange['kind']> = new Map([
  ['Product Added', 'ADD'],
  ['Added Product', 'ADD'],
  ['Product Removed', 'REMOVE'],
  ['Removed Product', 'REMOVE'],
]);
const CHECKOUT = new Set(['Order Completed', 'Completed Order']);

/** When something happened, and the event that told of it, which decides between equal times. */
interface Moment {
  readonly at: number;
  readonly event: string;
}

function compare(a: Moment, b: Moment): number {
  return a.at - b.at || (a.event < b.event ? -1 : a.event > b.event ? 1 : 0);
}

/** The newest moment of each key, newest first, at most `most` of them. */
function newest<M extends Moment>(moments: readonly M[], keyOf: (moment: M) => string, most: number): readonly M[] {
  const kept = new Map<string, M>();
  for (const moment of moments) {
    const before = kept.get(keyOf(moment));
    if (!before || compare(moment, before) > 0) kept.set(keyOf(moment), moment);
  }
  return [...kept.values()].sort((a, b) => compare(b, a)).slice(0, most);
}

/** The product that was looked at; null for another event. */
export function viewedIn({ type, name, sku }: Pick<EventRecord, 'type' | 'name' | 'sku'>): string | null {
  return type === 'TRACK' && VIEWED.has(name ?? '') ? sku : null;
}

/** What one event comes to. */
export function summaryOf({ id, happenedAt: at, ...event }: EventRecord): Summary {
  const tracked = event.type === 'TRACK' ? (event.name ?? '') : '';
  const kind = CHANGES.get(tracked);
  const { sku, productName: name } = event;
  const viewed = viewedIn(event);
  return {
    lastSeenAt: at,
    viewed: viewed !== null ? [{ sku: viewed, name, at, event: id }] : [],
    checkout: CHECKOUT.has(tracked) ? { at, event: id } : null,
    cart: sku !== null && kind ? [{ event: id, at, kind, sku, name, quantity: event.quantity, price: event.price }] : [],
    mentions: event.category !== null ? [{ event: id, at, topic: event.category }] : [],
    devices: event.device?.id ? [{ id: event.device.id, type: event.device.type, os: event.device.os, at, event: id }] : [],
  };
}

/**
 * What two sets of events come to together. Commutative, associative and idempotent (a join) where an id means one event, so a
 * summary depends on the set of events alone: not on their order, nor on how often one is delivered or applied. Joins a person's ids at reading, too.
 */
export function join(a: Summary, b: Summary): Summary {
  const lastSeenAt = a.lastSeenAt === null ? b.lastSeenAt : b.lastSeenAt === null ? a.lastSeenAt : Math.max(a.lastSeenAt, b.lastSeenAt);
  const [checkout = null] = newest(
    [a.checkout, b.checkout].filter((moment) => moment !== null),
    () => '',
    1,
  );
  const open = (change: CartChange) => checkout === null || compare(change, checkout) > 0;
  return {
    lastSeenAt,
    viewed: newest([...a.viewed, ...b.viewed], ({ sku }) => sku, REMEMBERED.viewed),
    checkout,
    cart: newest([...a.cart, ...b.cart].filter(open), ({ event }) => event, REMEMBERED.cart),
    mentions: newest([...a.mentions, ...b.mentions], ({ event }) => event, REMEMBERED.mentions),
    devices: newest([...a.devices, ...b.devices], ({ id }) => id, REMEMBERED.devices),
    ...((a.unsubscribed ?? b.unsubscribed) && { unsubscribed: latestOf([...(a.unsubscribed ?? []), ...(b.unsubscribed ?? [])]) }),
  };
}

function latestOf(said: readonly Unsubscribed[]): readonly Unsubscribed[] {
  const latest = new Map<string, Unsubscribed>();
  for (const one of said) if (one.at > (latest.get(one.channel)?.at ?? Number.NEGATIVE_INFINITY)) latest.set(one.channel, one);
  return [...latest.values()].sort((a, b) => (a.channel < b.channel ? -1 : 1));
}
