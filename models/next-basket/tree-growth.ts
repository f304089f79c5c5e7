import { randomOf } from '../random.ts';
import { BINS, type Binned, binned } from './bins.ts';
import { DEPTH, LEAVES, type Trees } from './trees.ts';

export interface GrowthOptions {
  readonly trees: number;
  /** How much of what a tree found is added. */
  readonly learningRate: number;
  /** Added to the curvature of each leaf, so that leaves of few rows say little. */
  readonly l2: number;
  /** Shares in (0, 1] of the groups and of the features that each tree sees. */
  readonly groupShare: number;
  readonly featureShare: number;
  readonly seed: number;
}

/** Candidates in rows of `width` features, those of one customer together. No value is NaN. */
export interface Examples {
  readonly width: number;
  readonly rows: number;
  readonly values: Float32Array;
  /** 1 where it was bought, else 0. */
  readonly label: Uint8Array;
  /** The rows of group g are `groupStart[g]` up to but not including `groupStart[g + 1]`. */
  readonly groupStart: Int32Array;
}

/**
 * Grows trees that put what was bought before what was not: softmax over the candidates of each customer (ListNet, Cao et al. 2007), with
 * second-order leaves (Chen and Guestrin 2016, eq. 5 and 7). Each customer counts the square root of what they bought. Equal input
 * gives equal trees. O(trees * DEPTH * rows * features), by their shares; 1 byte a value beside the examples.
 */
export function growTrees(examples: Examples, options: GrowthOptions): Trees {
  return new Growth(examples, options).grow();
}

interface Question {
  readonly feature: number;
  /** A yes is a bin above it. */
  readonly bin: number;
}

class Growth {
  readonly #examples: Examples;
  readonly #options: GrowthOptions;
  readonly #features: readonly Binned[];
  /** Of all rows. */
  readonly #score: Float32Array;
  /** The rows that this tree sees, and for each of them its derivatives and the node it has come to. */
  readonly #sample: Int32Array;
  readonly #gradient: Float32Array;
  readonly #curvature: Float32Array;
  readonly #node: Uint8Array;
  #sampled = 0;
  /** Those of `#sample` that sums are taken over: all of them, or those in the smaller child of each node. */
  readonly #summed: Int32Array;
  #toSum = 0;
  /** By feature, node and bin the sums of gradient and curvature, of this level and of the one above. */
  #sums: readonly Float64Array[];
  #above: readonly Float64Array[];

  constructor(examples: Examples, options: GrowthOptions) {
    this.#examples = examples;
    this.#options = options;
    this.#features = binned(examples);
    this.#score = new Float32Array(examples.rows);
    this.#sample = new Int32Array(examples.rows);
    this.#gradient = new Float32Array(examples.rows);
    this.#curvature = new Float32Array(examples.rows);
    this.#node = new Uint8Array(examples.rows);
    this.#summed = new Int32Array(examples.rows);
    const sums = () => this.#features.map(() => new Float64Array((LEAVES / 2) * BINS * 2));
    this.#sums = sums();
    this.#above = sums();
  }

  grow(): Trees {
    const { trees, featureShare, seed } = this.#options;
    const random = randomOf(seed);
    const feature = new Uint8Array(trees * DEPTH);
    const threshold = new Float32Array(trees * DEPTH);
    const leaf = new Float32Array(trees * LEAVES);
    for (let tree = 0; tree < trees; tree++) {
      this.#drawSample(random);
      const offered = this.#features.map((_, index) => index).filter(() => random() < featureShare);
      const questions: Question[] = [];
      for (let level = 0; level < DEPTH; level++) {
        this.#sumUp(level, offered);
        const question = this.#bestQuestion(level, offered);
        questions.push(question);
        this.#answer(level, question);
        feature[tree * DEPTH + level] = question.feature;
        threshold[tree * DEPTH + level] = this.#features[question.feature]!.cuts[question.bin] ?? Number.POSITIVE_INFINITY;
      }
      const added = leaf.subarray(tree * LEAVES, (tree + 1) * LEAVES);
      this.#fillLeaves(added);
      this.#addScores(questions, added);
    }
    return { feature, threshold, leaf };
  }

  /** Whole groups, by chance, with the derivatives of their loss at the scores so far. */
  #drawSample(random: () => number): void {
    const { groupStart, label } = this.#examples;
    const exponential = new Float64Array(largestGroup(groupStart));
    this.#sampled = 0;
    for (let group = 0; group + 1 < groupStart.length; group++) {
      if (random() >= this.#options.groupShare) continue;
      const from = groupStart[group]!;
      const to = groupStart[group + 1]!;
      let bought = 0;
      let highest = Number.NEGATIVE_INFINITY;
      for (let row = from; row < to; row++) {
        bought += label[row]!;
        highest = Math.max(highest, this.#score[row]!);
      }
      if (bought === 0) continue;
      let all = 0;
      for (let row = from; row < to; row++) {
        const value = Math.exp(this.#score[row]! - highest);
        exponential[row - from] = value;
        all += value;
      }
      const weight = 1 / Math.sqrt(bought);
      for (let row = from; row < to; row++) {
        const p = exponential[row - from]! / all;
        const at = this.#sampled++;
        this.#sample[at] = row;
        this.#gradient[at] = weight * (bought * p - label[row]!);
        this.#curvature[at] = weight * bought * p * (1 - p);
        this.#node[at] = 0;
        this.#summed[at] = at;
      }
    }
    this.#toSum = this.#sampled;
  }

  /** Sums over all rows at the root; below, over the smaller child of each node, whose sibling is the rest of the node above. */
  #sumUp(level: number, offered: readonly number[]): void {
    [this.#sums, this.#above] = [this.#above, this.#sums];
    const size = 2 ** level * BINS * 2;
    for (const index of offered) {
      const sums = this.#sums[index]!;
      sums.fill(0, 0, size);
      accumulate(sums, this.#features[index]!.bins, this.#summed, this.#toSum, this.#sample, this.#node, this.#gradient, this.#curvature);
      if (level === 0) continue;
      const above = this.#above[index]!;
      for (let child = 0; child < 2 ** level; child++) {
        if (this.#isSummed(child)) continue;
        const from = child * BINS * 2;
        const sibling = (child ^ 1) * BINS * 2;
        const parent = (child >> 1) * BINS * 2;
        for (let k = 0; k < BINS * 2; k++) sums[from + k] = above[parent + k]! - sums[sibling + k]!;
      }
    }
  }

  readonly #smaller = new Uint8Array(256);

  #isSummed(child: number): boolean {
    return this.#smaller[child >> 1] === (child & 1);
  }

  #bestQuestion(level: number, offered: readonly number[]): Question {
    const { l2 } = this.#options;
    // Without any gain a question that all answer with no.
    let best = { feature: 0, bin: BINS, gain: 0 };
    const gain = new Float64Array(BINS);
    for (const feature of offered) {
      const sums = this.#sums[feature]!;
      const cuts = this.#features[feature]!.cuts.length;
      gain.fill(0);
      for (let node = 0; node < 2 ** level; node++) {
        const from = node * BINS * 2;
        let allG = 0;
        let allH = 0;
        for (let bin = 0; bin <= cuts; bin++) {
          allG += sums[from + 2 * bin]!;
          allH += sums[from + 2 * bin + 1]!;
        }
        const whole = (allG * allG) / (allH + l2);
        let g = 0;
        let h = 0;
        for (let bin = 0; bin < cuts; bin++) {
          g += sums[from + 2 * bin]!;
          h += sums[from + 2 * bin + 1]!;
          gain[bin]! += (g * g) / (h + l2) + ((allG - g) * (allG - g)) / (allH - h + l2) - whole;
        }
      }
      for (let bin = 0; bin < cuts; bin++) if (gain[bin]! > best.gain) best = { feature, bin, gain: gain[bin]! };
    }
    return best;
  }

  /** Moves each sampled row to its child, and lists the rows of the smaller children. */
  #answer(level: number, { feature, bin }: Question): void {
    const { bins } = this.#features[feature]!;
    const yes = new Int32Array(2 ** level);
    const all = new Int32Array(2 ** level);
    for (let k = 0; k < this.#sampled; k++) {
      const node = this.#node[k]!;
      const answer = bins[this.#sample[k]!]! > bin ? 1 : 0;
      all[node]! += 1;
      yes[node]! += answer;
      this.#node[k] = (node << 1) | answer;
    }
    for (let node = 0; node < all.length; node++) this.#smaller[node] = 2 * yes[node]! <= all[node]! ? 1 : 0;
    this.#toSum = 0;
    for (let k = 0; k < this.#sampled; k++) if (this.#isSummed(this.#node[k]!)) this.#summed[this.#toSum++] = k;
  }

  #fillLeaves(leaf: Float32Array): void {
    const { learningRate, l2 } = this.#options;
    const g = new Float64Array(leaf.length);
    const h = new Float64Array(leaf.length);
    for (let k = 0; k < this.#sampled; k++) {
      g[this.#node[k]!]! += this.#gradient[k]!;
      h[this.#node[k]!]! += this.#curvature[k]!;
    }
    for (let at = 0; at < leaf.length; at++) leaf[at] = (-learningRate * g[at]!) / (h[at]! + l2);
  }

  #addScores(questions: readonly Question[], leaf: Float32Array): void {
    const answers = new Uint8Array(this.#examples.rows);
    for (const { feature, bin } of questions) {
      const { bins } = this.#features[feature]!;
      for (let row = 0; row < answers.length; row++) answers[row] = (answers[row]! << 1) | (bins[row]! > bin ? 1 : 0);
    }
    for (let row = 0; row < answers.length; row++) this.#score[row]! += leaf[answers[row]!]!;
  }
}

/** The innermost loop of all, on its own so that the engine compiles it well. */
function accumulate(
  sums: Float64Array,
  bins: Uint8Array,
  summed: Int32Array,
  toSum: number,
  sample: Int32Array,
  node: Uint8Array,
  gradient: Float32Array,
  curvature: Float32Array,
): void {
  for (let at = 0; at < toSum; at++) {
    const k = summed[at]!;
    const cell = (node[k]! * BINS + bins[sample[k]!]!) << 1;
    sums[cell] = sums[cell]! + gradient[k]!;
    sums[cell + 1] = sums[cell + 1]! + curvature[k]!;
  }
}

function largestGroup(groupStart: Int32Array): number {
  let largest = 0;
  for (let group = 0; group + 1 < groupStart.length; group++) largest = Math.max(largest, groupStart[group + 1]! - groupStart[group]!);
  return largest;
}
