/** Where Stirling's series has all digits that a double has. */
const LARGE = 10;

/** ln Gamma(x) for x > 0, to 14 digits or so: recurrence and Stirling's series, Abramowitz & Stegun 6.1.15 and 6.1.41. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < LARGE; at++) product *= at;
  const inverse = 1 / at;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - (square * 691) / 360360)))));
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** Its derivative for x > 0, Abramowitz & Stegun 6.3.5 and 6.3.18. */
export function digamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < LARGE; at++) sum += 1 / at;
  const square = 1 / (at * at);
  const series =
    square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - (square * 691) / 32760)))));
  return Math.log(at) - 0.5 / at - series - sum;
}
