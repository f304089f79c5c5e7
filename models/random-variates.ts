/** Random numbers of distributions other than the uniform; `random` gives uniform ones in [0, 1). */

/** Mean 0, variance 1: Box & Muller 1958. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shape above 0, rate 1: Marsaglia & Tsang 2000, "A simple method for generating gamma variables". */
export function gamma(shape: number, random: () => number): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normal(random);
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** From two gamma variates; two that are both too small for a double count as the mean. */
export function beta(a: number, b: number, random: () => number): number {
  const one = gamma(a, random);
  const other = gamma(b, random);
  return one + other > 0 ? one / (one + other) : a / (a + b);
}

/** Number of events where `mean` are expected, `limit` at most: Knuth's product of uniforms, in parts that do not underflow. */
export function poisson(mean: number, limit: number, random: () => number): number {
  let events = 0;
  for (let rest = mean; rest > 0; rest -= 500) {
    const least = Math.exp(-Math.min(rest, 500));
    for (let product = 1 - random(); product > least; product *= 1 - random()) if (++events >= limit) return limit;
  }
  return events;
}

/** Trials until the first success, it included; Infinity where success has no probability. */
export function geometric(probability: number, random: () => number): number {
  return probability >= 1 ? 1 : 1 + Math.floor(Math.log(1 - random()) / Math.log1p(-probability));
}
