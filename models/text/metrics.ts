/** How well probabilities tell two classes apart, and whether they are what they say. `positive` holds 1 and 0. */

/**
 * Area under the ROC curve: the chance that a positive scores higher than a negative, ties as half. By ranks (Mann & Whitney 1947). NaN
 * where one class is empty.
 */
export function areaUnderCurve(scores: Float64Array, positive: Uint8Array): number {
  const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) to++;
    // Ranks from + 1 to `to`, shared equally.
    const rank = (from + 1 + to) / 2;
    for (let place = from; place < to; place++) {
      if (positive[order[place]!] !== 1) continue;
      positives++;
      rankSum += rank;
    }
    from = to;
  }
  const negatives = order.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Expected calibration error: how far the share of positives is from the mean probability, on average over `bins` bins of equal width, each
 * weighed by how many fall in. Guo et al. 2017, eq. 5. NaN for no probabilities.
 */
export function expectedCalibrationError(probabilities: Float64Array, positive: Uint8Array, bins = 10): number {
  const sums = new Float64Array(bins);
  const positives = new Float64Array(bins);
  for (const [row, probability] of probabilities.entries()) {
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    sums[bin]! += probability;
    positives[bin]! += positive[row]!;
  }
  let distance = 0;
  for (let bin = 0; bin < bins; bin++) distance += Math.abs(sums[bin]! - positives[bin]!);
  return distance / probabilities.length;
}
