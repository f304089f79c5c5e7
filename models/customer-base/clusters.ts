/**
 * Clusters of like customers: k-means on standardised features, Lloyd 1982, from the seeds of k-means++, Arthur & Vassilvitskii 2007.
 */
import { randomOf } from '../random.ts';
import { type Distinction, distinctions, type FeatureTable, rowsOf, type Standard, standardised, standardOf } from './features.ts';

export interface ClustersModel {
  readonly kind: 'clusters';
  readonly format: 1;
  readonly standard: Standard;
  /** In order of size, the largest first. */
  readonly clusters: readonly Cluster[];
  /** Sum of squared distances from the own centre, in standard deviations. */
  readonly inertia: number;
  readonly customers: number;
}

export interface Cluster {
  readonly size: number;
  /** In the units of the features. */
  readonly centre: Float64Array;
}

export interface Membership {
  /** Index of the cluster with the nearest centre. */
  readonly cluster: number;
  /** In standard deviations. */
  readonly distance: number;
  /** By what the member stands out from the base as a whole. */
  readonly reasons: readonly Distinction[];
}

export interface ClusterOptions {
  readonly count: number;
  readonly seed: number;
  /** Starts, of which the one that ends with the least inertia is kept; 5 when absent. */
  readonly starts?: number;
}

const MAX_PASSES = 300;

/** Throws RangeError for fewer customers than clusters, and for what rowsOf refuses. Fewer clusters come of fewer different customers. */
export function trainClusters(table: FeatureTable, { count, seed, starts = 5 }: ClusterOptions): ClustersModel {
  const customers = rowsOf(table);
  if (!(count >= 1 && customers >= count)) throw new RangeError(`${customers} customers do not make ${count} clusters.`);
  const standard = standardOf(table);
  const points = standardised(table, standard);
  const width = table.names.length;
  const random = randomOf(seed);
  let best: Partition | null = null;
  for (let start = 0; start < starts; start++) {
    const found = lloyd(points, width, seeds(points, width, count, random));
    if (!best || found.inertia < best.inertia) best = found;
  }
  const { centres, sizes, inertia } = best!;
  const clusters = Array.from(sizes, (size, c) => ({
    size,
    centre: Float64Array.from(standard.mean, (mean, f) => mean + standard.scale[f]! * centres[c * width + f]!),
  }));
  return {
    kind: 'clusters',
    format: 1,
    standard,
    clusters: clusters.filter(({ size }) => size > 0).sort((one, other) => other.size - one.size),
    inertia,
    customers,
  };
}

/** The cluster of a customer with these features, and the `reasons` strongest reasons (2 when absent). */
export function clusterOf({ standard, clusters }: ClustersModel, row: ArrayLike<number>, reasons = 2): Membership {
  let cluster = 0;
  let nearest = Number.POSITIVE_INFINITY;
  for (const [c, { centre }] of clusters.entries()) {
    let square = 0;
    for (let f = 0; f < centre.length; f++) square += ((row[f]! - centre[f]!) / standard.scale[f]!) ** 2;
    if (square < nearest) {
      nearest = square;
      cluster = c;
    }
  }
  return { cluster, distance: Math.sqrt(nearest), reasons: distinctions(row, standard, reasons) };
}

interface Partition {
  readonly centres: Float64Array;
  readonly sizes: Uint32Array;
  readonly inertia: number;
}

/** Each next centre is a point drawn with a probability that goes with its squared distance from the centres so far. */
function seeds(points: Float64Array, width: number, count: number, random: () => number): Float64Array {
  const rows = points.length / width;
  const centres = new Float64Array(count * width);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  let drawn = Math.floor(random() * rows);
  for (let c = 0; ; c++) {
    centres.set(points.subarray(drawn * width, (drawn + 1) * width), c * width);
    if (c === count - 1) return centres;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      nearest[row] = Math.min(nearest[row]!, squaredDistance(points, row * width, centres, c * width, width));
      sum += nearest[row]!;
    }
    let left = random() * sum;
    drawn = 0;
    for (let row = 0; row < rows && left >= 0; row++) {
      if (nearest[row]! === 0) continue;
      left -= nearest[row]!;
      drawn = row;
    }
  }
}

/** Moves each centre into the middle of the points nearest to it until none changes sides; a centre that is nearest to none stays. */
function lloyd(points: Float64Array, width: number, centres: Float64Array): Partition {
  const rows = points.length / width;
  const count = centres.length / width;
  const owner = new Int32Array(rows).fill(-1);
  const sizes = new Uint32Array(count);
  const sums = new Float64Array(centres.length);
  let inertia = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let moved = false;
    inertia = 0;
    sizes.fill(0);
    sums.fill(0);
    for (let row = 0; row < rows; row++) {
      let own = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < count; c++) {
        const square = squaredDistance(points, row * width, centres, c * width, width);
        if (square < least) {
          least = square;
          own = c;
        }
      }
      if (owner[row] !== own) {
        owner[row] = own;
        moved = true;
      }
      inertia += least;
      sizes[own]!++;
      for (let f = 0; f < width; f++) sums[own * width + f]! += points[row * width + f]!;
    }
    if (!moved) break;
    for (let at = 0; at < centres.length; at++) {
      const size = sizes[Math.floor(at / width)]!;
      if (size > 0) centres[at] = sums[at]! / size;
    }
  }
  return { centres, sizes, inertia };
}

function squaredDistance(one: Float64Array, at: number, other: Float64Array, otherAt: number, width: number): number {
  let sum = 0;
  for (let f = 0; f < width; f++) {
    const difference = one[at + f]! - other[otherAt + f]!;
    sum += difference * difference;
  }
  return sum;
}
