/** Bins of a feature: a byte tells them apart. */
export const BINS = 64;

/** One feature of all rows, in bins of about the same number of rows: bin b is above cut b - 1 and not above cut b. */
export interface Binned {
  /** Ascending, fewer than BINS. */
  readonly cuts: Float32Array;
  /** By row. */
  readonly bins: Uint8Array;
}

interface Matrix {
  readonly width: number;
  readonly rows: number;
  readonly values: Float32Array;
}

/** Rows that quantiles are taken from, evenly spread. */
const LOOKED_AT = 50_000;

/** Each feature of a matrix in bins. */
export function binned(matrix: Matrix): Binned[] {
  return Array.from({ length: matrix.width }, (_, feature) => {
    const cuts = quantiles(matrix, feature);
    return { cuts, bins: binsOf(matrix, feature, cuts) };
  });
}

function quantiles({ rows, width, values }: Matrix, feature: number): Float32Array {
  const step = Math.ceil(rows / LOOKED_AT) || 1;
  const seen = new Float32Array(Math.ceil(rows / step));
  for (let at = 0; at < seen.length; at++) seen[at] = values[at * step * width + feature]!;
  seen.sort();
  const cuts: number[] = [];
  for (let bin = 1; bin < BINS; bin++) {
    const cut = seen[Math.floor((bin * seen.length) / BINS)];
    if (cut !== undefined && cut < seen[seen.length - 1]! && cut !== cuts[cuts.length - 1]) cuts.push(cut);
  }
  return Float32Array.from(cuts);
}

function binsOf({ rows, width, values }: Matrix, feature: number, cuts: Float32Array): Uint8Array {
  const bins = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const value = values[row * width + feature]!;
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value > cuts[middle]!) low = middle + 1;
      else high = middle;
    }
    bins[row] = low;
  }
  return bins;
}
