import type { Collection as Documents, Filter } from 'mongodb';
import { isIndexable } from './documents.ts';
import { fromStored, type Stored } from './mongo-layout.ts';
import { type Reading, time } from './mongo-query.ts';
import { holding } from './mongo-terms.ts';
import type { Collection, Doc, Spec } from './port.ts';

/** See mongo-terms.ts for what is looked up. */
export function mongoSearch<T extends Doc>(documents: Documents<Stored>, spec: Spec<T>, reading: Reading): Collection<T>['search'] {
  return async (prefixes, { first, after }) => {
    if (!spec.terms) throw new TypeError(`Collection "${spec.name}" has no search terms.`);
    const sought = [...new Set(prefixes)].filter((prefix) => prefix !== '');
    if (sought.length === 0 || !sought.every(isIndexable)) return { items: [], next: null };
    const conditions = sought.map(holding);
    const holdAll = (conditions.length === 1 ? conditions[0] : { $and: conditions }) as Filter<Stored>;
    const beyond: Filter<Stored> = after ? { $or: [{ owner: { $gt: after.owner } }, { owner: after.owner, id: { $gt: after.id } }] } : {};
    const found = await reading(null, () =>
      documents
        .find({ ...holdAll, ...beyond }, time)
        .sort({ owner: 1, id: 1 })
        .limit(first + 1)
        .toArray(),
    );
    const shown = found.slice(0, first);
    const last = shown.at(-1);
    return {
      items: shown.map((stored) => fromStored<T>(stored)),
      next: last && found.length > first ? { owner: last.owner, id: last.id } : null,
    };
  };
}
