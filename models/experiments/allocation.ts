/**
 * Who owns which buckets: the arms of an experiment, or the experiments of a layer. A unit has one bucket for each salt, the same for ever; who
 * owns the bucket has the unit.
 */

/** So many that a share is met to a millionth. */
export const BUCKETS = 1_000_000;

/** Buckets from `from` up to, not including, `to`. */
export interface BucketRange {
  readonly from: number;
  readonly to: number;
}

/** Ranges never overlap, within an owner or between owners; what nobody owns is free. */
export interface Allocation {
  readonly owners: readonly { readonly owner: string; readonly ranges: readonly BucketRange[] }[];
}

const NOTHING_ALLOCATED: Allocation = { owners: [] };

export type AllocationRefusal =
  /** A share is not a number in [0, 1]. */
  | 'INVALID_SHARE'
  /** An owner would lose buckets, and its units with them. */
  | 'NARROWED'
  /** All shares together are above 1. */
  | 'NO_ROOM';

export type AllocationResult =
  | { readonly ok: true; readonly allocation: Allocation }
  | { readonly ok: false; readonly code: AllocationRefusal; readonly owner: string };

/**
 * Gives each owner named its share of all buckets, in the order named; owners not named keep what they have. An owner keeps every bucket it has
 * and takes more from the lowest free ones, so **no unit moves from one owner to another**: it moves from nobody to an owner, or stays. Shares
 * are rounded down to whole buckets: of six sixths, four buckets of a million stay free.
 */
export function allocate(shares: Readonly<Record<string, number>>, before: Allocation = NOTHING_ALLOCATED): AllocationResult {
  const owners = new Map(before.owners.map(({ owner, ranges }) => [owner, [...ranges]]));
  for (const [owner, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) return { ok: false, code: 'INVALID_SHARE', owner };
    const ranges = owners.get(owner) ?? [];
    // 0.29 * 100 is 28.999999999999996: what a share lacks by rounding alone is not taken from it.
    let wanted = Math.floor(share * BUCKETS + 1e-6) - bucketsOf(ranges);
    if (wanted < 0) return { ok: false, code: 'NARROWED', owner };
    for (const free of freeRanges([...owners.values()].flat())) {
      if (wanted === 0) break;
      const to = Math.min(free.to, free.from + wanted);
      ranges.push({ from: free.from, to });
      wanted -= to - free.from;
    }
    if (wanted > 0) return { ok: false, code: 'NO_ROOM', owner };
    owners.set(owner, ranges);
  }
  return { ok: true, allocation: { owners: [...owners].map(([owner, ranges]) => ({ owner, ranges: joined(ranges) })) } };
}

/**
 * Without this owner. Its units become nobody's, and whoever is given its buckets next gets all of them with what they have seen: a layer that
 * must forget needs a new salt.
 */
export function release(allocation: Allocation, owner: string): Allocation {
  return { owners: allocation.owners.filter((one) => one.owner !== owner) };
}

/** Who owns the bucket; null where it is free. */
export function ownerOf(allocation: Allocation, bucket: number): string | null {
  for (const { owner, ranges } of allocation.owners) if (ranges.some(({ from, to }) => bucket >= from && bucket < to)) return owner;
  return null;
}

/** Share of all buckets by owner. */
export function sharesOf(allocation: Allocation): ReadonlyMap<string, number> {
  return new Map(allocation.owners.map(({ owner, ranges }) => [owner, bucketsOf(ranges) / BUCKETS]));
}

function bucketsOf(ranges: readonly BucketRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

function joined(ranges: readonly BucketRange[]): BucketRange[] {
  const result: BucketRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last?.to === range.from) result[result.length - 1] = { from: last.from, to: range.to };
    else result.push(range);
  }
  return result;
}

function freeRanges(taken: readonly BucketRange[]): BucketRange[] {
  const free: BucketRange[] = [];
  let from = 0;
  for (const range of joined(taken)) {
    if (range.from > from) free.push({ from, to: range.from });
    from = range.to;
  }
  if (from < BUCKETS) free.push({ from, to: BUCKETS });
  return free;
}
