/**
 * What must not get worse while something else gets better: a non-inferiority test against a margin set before the start. "No significant harm"
 * is no such thing: too few units never show any. Piaggio et al. 2012, "Reporting of noninferiority and equivalence randomized trials".
 */
import type { Difference, Interval } from './difference.ts';
import { normalCdf } from './distributions.ts';

/** Which way a metric should go: more conversions, fewer complaints. */
export type Desired = 'INCREASE' | 'DECREASE';

/** How much harm is tolerated: in the metric's unit (a share in [0, 1] for proportions), or as a share of the control's value. Not below 0. */
export type Margin = { readonly absolute: number } | { readonly relative: number };

export interface GuardrailVerdict {
  /** PASSED: harm beyond the margin is ruled out. FAILED: it is shown. INCONCLUSIVE: neither, so wait for more units. */
  readonly verdict: 'PASSED' | 'FAILED' | 'INCONCLUSIVE';
  /** Movement in the unwanted direction, in the unit of the margin; below 0 is an improvement. */
  readonly harm: number;
  readonly interval: Interval;
  readonly margin: number;
  /** Of harm at or beyond the margin, one-sided, by z at one look. */
  readonly p: number;
}

/**
 * The verdict at the interval that reaches `critical` standard errors to either side: the one-sided test at half its alpha. Null for a relative
 * margin where the control's value is not above 0, and without a standard error.
 */
export function checkGuardrail(difference: Difference, desired: Desired, margin: Margin, critical: number): GuardrailVerdict | null {
  const relative = 'relative' in margin;
  const moved = relative ? difference.lift : { value: difference.difference, standardError: difference.standardError };
  if (!moved || !(moved.standardError > 0)) return null;
  const harm = desired === 'INCREASE' ? -moved.value : moved.value;
  const interval = { lower: harm - critical * moved.standardError, upper: harm + critical * moved.standardError };
  const tolerated = relative ? margin.relative : margin.absolute;
  const verdict = interval.upper < tolerated ? 'PASSED' : interval.lower > tolerated ? 'FAILED' : 'INCONCLUSIVE';
  return { verdict, harm, interval, margin: tolerated, p: normalCdf((harm - tolerated) / moved.standardError) };
}
