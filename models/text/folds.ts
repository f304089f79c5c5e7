import { randomOf } from '../random.ts';

/** The fold, from 0 to `count` - 1, of each row: dealt at random, with nearly the same share of positives in every fold. */
export function stratifiedFolds(positive: Uint8Array, count: number, seed: number): Uint8Array {
  const random = randomOf(seed);
  const folds = new Uint8Array(positive.length);
  for (const label of [0, 1]) {
    const rows = [...positive.keys()].filter((row) => positive[row] === label);
    for (let last = rows.length - 1; last > 0; last--) {
      const other = Math.floor(random() * (last + 1));
      [rows[last], rows[other]] = [rows[other]!, rows[last]!];
    }
    rows.forEach((row, place) => {
      folds[row] = place % count;
    });
  }
  return folds;
}
