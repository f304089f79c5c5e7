import type { Collection as Documents } from 'mongodb';
import type { Stored } from './mongo-layout.ts';
import { ownersOf, type Reading, time, within } from './mongo-query.ts';
import { compareText } from './order.ts';
import type { Collection, Doc, GroupTotal, Spec } from './port.ts';

/** A row of `$group`: one owner's documents of one group. */
interface Row extends Omit<GroupTotal, 'group'> {
  readonly _id: { readonly owner: string; readonly group?: string | null };
}

/** One `$group` by owner for all persons, folded into persons here, because two may share a member. */
export function mongoTotals<T extends Doc>(documents: Documents<Stored>, spec: Spec<T>, reading: Reading): Collection<T>['totals'] {
  return async (persons, options = {}) => {
    const { by } = options;
    if (by !== undefined && !spec.groups?.includes(by)) throw new TypeError(`Collection "${spec.name}" has no group "${by}".`);
    const owners = ownersOf(persons);
    const match = { $match: { owner: { $in: [...owners] }, ...within(spec, options) } };
    const group = {
      $group: {
        _id: { owner: '$owner', ...(by !== undefined && { group: `$${by}` }) },
        count: { $sum: 1 },
        sum: { $sum: spec.amount === undefined ? 0 : `$${spec.amount}` },
        first: { $min: `$${spec.at}` },
        last: { $max: `$${spec.at}` },
      },
    };
    const rows = await reading(owners, async () =>
      owners.length === 0 ? [] : await documents.aggregate<Row>([match, group], time).toArray(),
    );
    const byOwner = new Map<string, Row[]>();
    for (const row of rows) byOwner.set(row._id.owner, [...(byOwner.get(row._id.owner) ?? []), row]);
    return persons.map((members) => {
      const totals = fold([...new Set(members)].flatMap((owner) => byOwner.get(owner) ?? []));
      if (!totals.every(({ sum }) => Number.isSafeInteger(sum))) throw new RangeError(`Collection "${spec.name}": a total is beyond 2^53.`);
      return totals;
    });
  };
}

/** Rows of several owners as totals, one per group, in order. */
function fold(rows: readonly Row[]): readonly GroupTotal[] {
  const totals = new Map<string, GroupTotal>();
  for (const { _id, ...row } of rows) {
    const group = _id.group ?? '';
    const known = totals.get(group);
    const total = known && {
      group,
      count: known.count + row.count,
      sum: known.sum + row.sum,
      first: Math.min(known.first, row.first),
      last: Math.max(known.last, row.last),
    };
    totals.set(group, total ?? { group, ...row });
  }
  return [...totals.values()].sort((a, b) => compareText(a.group, b.group));
}
