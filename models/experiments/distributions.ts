/** The distributions that tests of experiments need, in the two-sided forms that they are needed in. */
import { chdtrc, compiled, incbet, incbi, lgam, ndtr, ndtri } from 'cephes';

// Imported as a module, cephes compiles while others load; its functions exist once it has.
await compiled;

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  return ndtr(z);
}

/** z with P(Z <= z) = p; p in (0, 1). */
export function normalQuantile(p: number): number {
  return ndtri(p);
}

/** P(|Z| >= |z|). */
export function normalTwoSidedP(z: number): number {
  return Math.min(1, 2 * ndtr(-Math.abs(z)));
}

/** P(|T| >= |t|) of Student's t; degrees of freedom need not be whole. Abramowitz & Stegun 26.7.1 with 26.5.27. */
export function studentTwoSidedP(t: number, degrees: number): number {
  return incbet(degrees / 2, 0.5, degrees / (degrees + t * t));
}

/** t with P(|T| <= t) = confidence; degrees of freedom need not be whole. */
export function studentCritical(confidence: number, degrees: number): number {
  // Of the two tails of the beta distribution the one near 0: near 1 the digits of what is left of it are lost.
  const share = incbi(0.5, degrees / 2, confidence);
  return Math.sqrt((degrees * share) / (1 - share));
}

/** Below e to the power of this there is no number. */
const LEAST_LOG = -709;

/** P(X >= x) of chi-square; 0 where it is too small for a number. */
export function chiSquareUpper(x: number, degrees: number): number {
  const [shape, half] = [degrees / 2, x / 2];
  // The factor before the continued fraction, of which cephes throws where it underflows.
  return x > degrees && shape * Math.log(half) - half - lgam(shape) < LEAST_LOG ? 0 : chdtrc(degrees, x);
}

/** x with P(X <= x) = p of the beta distribution; p in [0, 1]. */
export function betaQuantile(p: number, a: number, b: number): number {
  return incbi(a, b, p);
}
