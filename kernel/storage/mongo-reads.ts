import type { Collection as Documents, Filter } from 'mongodb';
import { isKey } from './documents.ts';
import { fromStored, type Stored, storedId } from './mongo-layout.ts';
import { ownersOf, type Reading, time, within } from './mongo-query.ts';
import { mongoSearch } from './mongo-search.ts';
import { mongoTotals } from './mongo-totals.ts';
import { compareText } from './order.ts';
import { type Place, pageEnd } from './page-end.ts';
import type { Collection, Doc, Key, Members, Page, Range, Spec } from './port.ts';

type Reads<T extends Doc> = Pick<Collection<T>, 'getMany' | 'latest' | 'totals' | 'search' | 'scan'>;

const MAX_FIRST = 1000;

/** How many documents a scan asks for at once. */
const SCAN_CHUNK = 500;

/** What a collection answers. */
export function mongoReads<T extends Doc>(documents: Documents<Stored>, spec: Spec<T>, reading: Reading): Reads<T> {
  const placeOf = (stored: Stored): Place => ({ owner: stored.owner, at: stored[spec.at] as number, id: stored.id });

  async function getMany(keys: readonly Key[]): Promise<readonly (T | null)[]> {
    const asked = keys.filter(isKey);
    const owners = [...new Set(asked.map(({ owner }) => owner))];
    const filter = { _id: { $in: asked.map(storedId) }, owner: { $in: owners } };
    const found = await reading(owners, async () => (asked.length === 0 ? [] : await documents.find(filter, time).toArray()));
    const byId = new Map(found.map((stored) => [stored._id, fromStored<T>(stored)]));
    return keys.map((key) => byId.get(storedId(key)) ?? null);
  }

  /** One targeted find per person: each walks its own stretch of the index and stops where the page ends. */
  async function latest(persons: readonly Members[], options: Parameters<Reads<T>['latest']>[1]): Promise<readonly Page<T>[]> {
    const { first, after } = options;
    if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) throw new RangeError(`"first" is 1 to ${MAX_FIRST}.`);
    const beyond: Filter<Stored> = after ? { $or: [{ [spec.at]: { $lt: after.at } }, { [spec.at]: after.at, id: { $lt: after.id } }] } : {};
    const page = async (members: Members): Promise<Page<T>> => {
      const owners = ownersOf([members]);
      if (owners.length === 0) return { items: [], next: null };
      const found = await documents
        .find({ owner: { $in: [...owners] }, ...within(spec, options), ...beyond }, time)
        .sort({ [spec.at]: -1, id: -1 })
        // Members may share time and id, one document each: enough to see where such a group ends.
        .limit(first + owners.length)
        .toArray();
      const places = found.map((stored) => ({ ...placeOf(stored), stored }));
      places.sort((a, b) => b.at - a.at || compareText(b.id, a.id) || compareText(a.owner, b.owner));
      const shown = places.slice(0, pageEnd(places, first));
      const last = shown.at(-1);
      return {
        items: shown.map(({ stored }) => fromStored<T>(stored)),
        next: last && shown.length < places.length ? { at: last.at, id: last.id } : null,
      };
    };
    return await reading(ownersOf(persons), () => Promise.all(persons.map(page)));
  }

  /**
   * By keyset and not by one cursor, which servers end when the consumer takes its time. A chunk that is full is followed by the rest
   * of its last owner, and that by the owners after: two plain ranges, which every planner reads from the index in order.
   */
  async function* scan(range: Range = {}): AsyncIterable<T> {
    const chunk = (filter: Filter<Stored>) =>
      reading(null, () =>
        documents
          .find({ ...within(spec, range), ...filter }, time)
          .sort({ owner: 1, [spec.at]: 1, id: 1 })
          .limit(SCAN_CHUNK)
          .toArray(),
      );
    let filter: Filter<Stored> = {};
    let inOwner: string | null = null;
    for (;;) {
      const found = await chunk(filter);
      for (const stored of found) yield fromStored<T>(stored);
      const last = found.at(-1);
      if (last && found.length === SCAN_CHUNK) {
        const { owner, at, id } = placeOf(last);
        filter = { owner, $or: [{ [spec.at]: { $gt: at } }, { [spec.at]: at, id: { $gt: id } }] };
        inOwner = owner;
      } else if (inOwner !== null) {
        filter = { owner: { $gt: inOwner } };
        inOwner = null;
      } else {
        return;
      }
    }
  }

  return { getMany, latest, totals: mongoTotals(documents, spec, reading), search: mongoSearch(documents, spec, reading), scan };
}
