/** Questions of a tree. Deeper trees were no better on any set tried, and four can be asked in one expression. */
export const DEPTH = 4;
export const LEAVES = 2 ** DEPTH;

/**
 * Boosted oblivious trees (Friedman 2001; one question per level as in Prokhorenkova et al. 2018): every node of a level asks the same
 * question, so a tree is DEPTH questions and LEAVES leaves and is read without a branch. Plain numbers, to be stored as they are.
 */
export interface Trees {
  /** Feature that question q of tree t asks for: `feature[t * DEPTH + q]`; the answer is whether it is above `threshold[t * DEPTH + q]`. */
  readonly feature: Uint8Array;
  readonly threshold: Float32Array;
  /** What tree t adds to the score: `leaf[t * LEAVES + answers]`, the answers read as a binary number, the first question highest. */
  readonly leaf: Float32Array;
}

/**
 * Score that trees give each of the first `rows` rows of `width` features: higher is likelier, comparable within one customer only. Tree by tree
 * rather than row by row, so that a tree's questions stay in registers.
 */
export function scoresOf({ feature, threshold, leaf }: Trees, values: Float32Array, width: number, rows: number): Float32Array {
  const scores = new Float32Array(rows);
  for (let question = 0, first = 0; question < feature.length; question += DEPTH, first += LEAVES) {
    const [a, b, c, d] = [feature[question]!, feature[question + 1]!, feature[question + 2]!, feature[question + 3]!];
    const aboveA = threshold[question]!;
    const aboveB = threshold[question + 1]!;
    const aboveC = threshold[question + 2]!;
    const aboveD = threshold[question + 3]!;
    for (let row = 0, at = 0; row < rows; row++, at += width) {
      const answers =
        (values[at + a]! > aboveA ? 8 : 0) |
        (values[at + b]! > aboveB ? 4 : 0) |
        (values[at + c]! > aboveC ? 2 : 0) |
        (values[at + d]! > aboveD ? 1 : 0);
      scores[row]! += leaf[first + answers]!;
    }
  }
  return scores;
}
