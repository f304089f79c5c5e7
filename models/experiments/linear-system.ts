/** A pivot that keeps less than this share of its diagonal is a variable that the others already say. */
const COLLINEAR = 1e-10;

/**
 * x with A x = b for a symmetric, positive semidefinite A, by Cholesky's L D L'. A variable that is constant or collinear with those before it
 * gets 0, which is one of the solutions. Golub & Van Loan 2013, "Matrix Computations", section 4.1.
 */
export function solveSymmetric(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const size = b.length;
  const lower = a.map((row) => [...row]);
  const diagonal = new Array<number>(size).fill(0);
  for (let j = 0; j < size; j += 1) {
    let pivot = a[j]![j]!;
    for (let k = 0; k < j; k += 1) pivot -= lower[j]![k]! ** 2 * diagonal[k]!;
    diagonal[j] = pivot > COLLINEAR * a[j]![j]! ? pivot : 0;
    for (let i = j + 1; i < size; i += 1) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k += 1) sum -= lower[i]![k]! * lower[j]![k]! * diagonal[k]!;
      lower[i]![j] = diagonal[j] === 0 ? 0 : sum / diagonal[j]!;
    }
  }
  const x = [...b];
  for (let i = 0; i < size; i += 1) for (let k = 0; k < i; k += 1) x[i]! -= lower[i]![k]! * x[k]!;
  for (let i = 0; i < size; i += 1) x[i] = diagonal[i] === 0 ? 0 : x[i]! / diagonal[i]!;
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) x[i]! -= lower[k]![i]! * x[k]!;
    if (diagonal[i] === 0) x[i] = 0;
  }
  return x;
}
