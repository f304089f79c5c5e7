/**
 * Boosted oblivious trees (Friedman 2001; one question per level as in Prokhorenkova et al. 2018): every node of a level asks the same
 * question, so a tree is `depth` questions and 2^depth leaves and is read without a branch. Plain numbers, to be stored as they are.
 */
export interface Trees {
  readonly depth: number;
  /** Feature that question q of tree t asks for: `feature[t * depth + q]`; the answer is whether it is above `threshold[t * depth + q]`. */
  readonly feature: Uint8Array;
  readonly threshold: Float32Array;
  /** What tree t adds to the score: `leaf[t * 2^depth + answers]`, the answers read as a binary number, the first question highest. */
  readonly leaf: Float32Array;
}

/** Score that trees give the row of features that begins at `from`: higher is likelier, comparable within one customer only. */
export function scoreOf({ depth, feature, threshold, leaf }: Trees, values: Float32Array, from: number): number {
  let score = 0;
  const leaves = 1 << depth;
  for (let at = 0, first = 0; at < feature.length; at += depth, first += leaves) {
    let answers = 0;
    for (let question = at; question < at + depth; question++)
      answers = (answers << 1) | (values[from + feature[question]!]! > threshold[question]! ? 1 : 0);
    score += leaf[first + answers]!;
  }
  return score;
}
