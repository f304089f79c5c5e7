import type { GroupTotal, Range } from '../../kernel/storage/port.ts';
import type { Order } from './storage-fixtures.ts';

/** What a collection of orders answers, computed the plain way: filter and sort a list. */

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What inserting the documents one by one leaves stored. */
function stored(docs: readonly Order[], { from = -Infinity, to = Infinity }: Range): Order[] {
  const byKey = new Map<string, Order>();
  for (const doc of docs) {
    const key = `${doc.owner}\n${doc.id}`;
    if (!byKey.has(key)) byKey.set(key, { ...doc, version: 1 });
  }
  return [...byKey.values()].filter(({ placedAt }) => placedAt >= from && placedAt < to);
}

export function modelLatest(docs: readonly Order[], members: readonly string[], range: Range): Order[] {
  return stored(docs, range)
    .filter(({ owner }) => members.includes(owner))
    .sort((a, b) => b.placedAt - a.placedAt || bytes(b.id, a.id) || bytes(a.owner, b.owner));
}

export function modelScan(docs: readonly Order[], range: Range): Order[] {
  return stored(docs, range).sort((a, b) => bytes(a.owner, b.owner) || a.placedAt - b.placedAt || bytes(a.id, b.id));
}

export function modelTotals(docs: readonly Order[], members: readonly string[], range: Range): GroupTotal[] {
  const found = stored(docs, range).filter(({ owner }) => members.includes(owner));
  const groups = [...new Set(found.map(({ currency }) => currency ?? ''))].sort(bytes);
  return groups.map((group) => {
    const of = found.filter(({ currency }) => (currency ?? '') === group);
    const times = of.map(({ placedAt }) => placedAt);
    const sum = of.reduce((total, { totalMinor }) => total + (totalMinor ?? 0), 0);
    return { group, count: of.length, sum, first: Math.min(...times), last: Math.max(...times) };
  });
}
