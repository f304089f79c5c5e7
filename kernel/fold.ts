import { keyText } from './batches.ts';
import type { Arrival, Outcome } from './intake.ts';
import { heard, remember, type Statement, statementContent } from './statement.ts';
import type { Collection, Doc, EpochMs, Key } from './storage/port.ts';
import { update } from './update.ts';

/** A document after arrivals: what to store, or null when nothing changed, and one outcome per arrival in input order. */
export interface Folded<D, Code extends string = string> {
  readonly doc: D | null;
  readonly outcomes: readonly Outcome<Code>[];
}

/**
 * Stores a batch of arrivals of which several may concern one document: those are folded into it together, in the order in
 * which they arrived. `fold` must be pure; it runs again when another writer came first. One outcome per arrival in input order.
 */
export async function storeArrivals<R, D extends Doc, Code extends string>(
  collection: Collection<D>,
  arrivals: readonly Arrival<R>[],
  idOf: (arrival: Arrival<R>) => Key,
  fold: (current: D | null, key: Key, arrivals: readonly Arrival<R>[]) => Folded<D, Code>,
): Promise<readonly Outcome<Code | 'CUSTOMER_ERASED'>[]> {
  const groups = new Map<string, { key: Key; places: number[]; arrivals: Arrival<R>[]; outcomes: readonly Outcome<Code>[] }>();
  for (const [place, arrival] of arrivals.entries()) {
    const key = idOf(arrival);
    const name = keyText(key);
    let group = groups.get(name);
    if (!group) {
      group = { key, places: [], arrivals: [], outcomes: [] };
      groups.set(name, group);
    }
    group.places.push(place);
    group.arrivals.push(arrival);
  }
  const list = [...groups.values()];
  const written = await update(
    collection,
    list.map(({ key }) => key),
    (current, index) => {
      const group = list[index]!;
      const { doc, outcomes } = fold(current, group.key, group.arrivals);
      group.outcomes = outcomes;
      return doc;
    },
  );
  const outcomes: Outcome<Code | 'CUSTOMER_ERASED'>[] = arrivals.map(() => 'duplicate');
  for (const [index, group] of list.entries())
    for (const [nth, place] of group.places.entries())
      outcomes[place] =
        written[index] === 'erased'
          ? { code: 'CUSTOMER_ERASED', message: 'The customer asked for erasure; nothing about them is taken in again.' }
          : group.outcomes[nth]!;
  return outcomes;
}

/** What holds what was said of it last: a document or a part of one. */
export interface Newest {
  readonly updatedAt: EpochMs | null;
  readonly said: readonly Statement[];
}

interface FoldingRules<R, D> {
  /** What is made of a row that came too late, where a part of it has a time of its own; what held, when absent. */
  readonly older?: (row: R, said: readonly Statement[], current: D) => D;
  /** When a row was changed, as `build` files it; what it says, or long ago, when absent. */
  readonly changedAt?: (row: R) => EpochMs;
}

/**
 * Folds rows of which the newest holds as a whole, such as a price or a payment's status: a row that was heard before changes
 * nothing, and one that its source changed earlier than what holds is only remembered. `build` makes the document of a row, given what held before.
 */
export function foldNewest<R extends { readonly updatedAt: EpochMs | null }, D extends Newest>(
  current: D | null,
  arrivals: readonly Arrival<R>[],
  build: (row: R, said: readonly Statement[], current: D | null) => D,
  { older = (_, said, holds) => ({ ...holds, said }), changedAt = ({ updatedAt }) => updatedAt ?? 0 }: FoldingRules<R, D> = {},
): Folded<D, never> {
  let doc = current;
  const outcomes = arrivals.map(({ record, origin }): Outcome<never> => {
    const content = statementContent(record);
    const known = heard(doc?.said ?? [], content, origin);
    if (known !== 'new') return known;
    const said = remember(doc?.said ?? [], { content, origin });
    doc = doc && changedAt(record) < (doc.updatedAt ?? 0) ? older(record, said, doc) : build(record, said, doc);
    return 'stored';
  });
  return { doc: doc === current ? null : doc, outcomes };
}
