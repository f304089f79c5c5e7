/**
 * The special functions that models use, in the package's own names and argument order (Moshier's Cephes library). The package has these types in a
 * file that its `exports` do not lead to.
 */
declare module 'cephes' {
  /** Imported as a module, the functions exist only once this has resolved. */
  export const compiled: Promise<void>;
  /** Logarithm of the absolute value of the gamma function. */
  export function lgam(x: number): number;
  /** Gauss's hypergeometric function 2F1(a, b; c; x). */
  export function hyp2f1(a: number, b: number, c: number, x: number): number;
  /** Regularised incomplete beta integral from 0 to x. */
  export function incbet(a: number, b: number, x: number): number;
  /** x at which `incbet` is y. */
  export function incbi(a: number, b: number, y: number): number;
  /** Standard normal distribution, P(Z <= x). */
  export function ndtr(x: number): number;
  /** x at which `ndtr` is y. */
  export function ndtri(y: number): number;
  /** Chi-square, P(X >= x). */
  export function chdtrc(degrees: number, x: number): number;
}
