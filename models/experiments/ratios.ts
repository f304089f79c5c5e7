/**
 * Ratios of two sums over units: order value by orders, items by baskets. The unit that was assigned is a customer, and the orders of one
 * customer go together, so an order is not a draw of its own: the variance comes from the customers by the delta method. Deng, Knoblich & Lu
 * 2018, "Applying the delta method in metric analytics".
 */
import { type Difference, type Estimate, type Figure, intervalAround, normalCritical, normalDifference } from './difference.ts';
import { normalTwoSidedP } from './distributions.ts';
import { covarianceOf, type Sums } from './sums.ts';

/**
 * sum(x) / (sum(y) + fixed), from sums with x at `numerator` and y at `denominator`; `fixed` is a known amount that varies with no unit.
 * Null where the denominator is 0, or there are fewer than two units to take a variance from.
 */
export function ratioEstimate(s: Sums, numerator = 0, denominator = 1, fixed = 0): Estimate | null {
  const below = s.sums[denominator]! + fixed;
  if (s.n < 2 || below === 0) return null;
  const value = s.sums[numerator]! / below;
  const spread =
    covarianceOf(s, numerator) - 2 * value * covarianceOf(s, numerator, denominator) + value ** 2 * covarianceOf(s, denominator);
  return { value, variance: (Math.max(0, spread) * s.n) / below ** 2, n: s.n };
}

/** The ratio with its interval. Null as `ratioEstimate` says. */
export function ratioFigure(s: Sums, confidence = 0.95): Figure | null {
  const ratio = ratioEstimate(s);
  return (
    ratio && {
      value: ratio.value,
      n: ratio.n,
      interval: intervalAround(ratio.value, normalCritical(confidence) * Math.sqrt(ratio.variance)),
    }
  );
}

/** The difference of two ratios by z. Null where either has none, or none of the units differs from another. */
export function compareRatios(control: Sums, treatment: Sums, confidence = 0.95): Difference | null {
  const c = ratioEstimate(control);
  const t = ratioEstimate(treatment);
  return c && t && normalDifference(c, t, confidence, normalTwoSidedP);
}
