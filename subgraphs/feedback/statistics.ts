/** A 95 % confidence interval, in the unit of what it is of. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The 97.5th percentile of the standard normal distribution. */
const Z = 1.959963984540054;

/** Student's t at 97.5 % for 1 to 30 degrees of freedom. NIST/SEMATECH e-Handbook, table 1.3.6.7.2. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086,
  2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** Student's t at 97.5 %: the table up to 30 degrees of freedom, beyond it Abramowitz & Stegun 26.7.5, right to five digits there. */
export function studentT(degrees: number): number {
  const tabled = T[degrees - 1];
  if (tabled !== undefined) return tabled;
  const first = (Z ** 3 + Z) / 4;
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const third = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  return Z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}

/** Of a mean, from its standard deviation (with n - 1); null below two values. */
export function meanInterval(mean: number, deviation: number, n: number): Interval | null {
  if (n < 2) return null;
  const margin = (studentT(n - 1) * deviation) / Math.sqrt(n);
  return { lower: mean - margin, upper: mean + margin };
}

/** Of a share in [0, 1]; null of nothing. Wilson 1927, without continuity correction. */
export function wilsonInterval(successes: number, n: number): Interval | null {
  if (n === 0) return null;
  const share = successes / n;
  const centre = share + Z ** 2 / (2 * n);
  const margin = Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  const scale = 1 + Z ** 2 / n;
  return { lower: Math.max(0, (centre - margin) / scale), upper: Math.min(1, (centre + margin) / scale) };
}

/**
 * Of a Net Promoter Score in points, within -100 and 100; null below two answers. The standard error of the difference of two
 * shares of one multinomial sample: sqrt((p + d - (p - d)^2) / n).
 */
export function npsInterval(promoters: number, detractors: number, n: number): Interval | null {
  if (n < 2) return null;
  const score = (promoters - detractors) / n;
  const margin = Z * Math.sqrt(((promoters + detractors) / n - score ** 2) / n);
  return { lower: Math.max(-100, 100 * (score - margin)), upper: Math.min(100, 100 * (score + margin)) };
}
