/** What BG/NBD says of one customer, or of a new one. Times are in the unit in which the parameters were estimated. */
import type { BgNbdParameters } from './bg-nbd.ts';
import type { PurchaseHistory } from './history.ts';

type Activity = Pick<PurchaseHistory, 'repeats' | 'recency' | 'age'>;

/**
 * Probability in [0, 1] that a customer is still active at the end of observation. Fader, Hardie & Lee 2008, "Computing P(alive) Using the
 * BG/NBD Model". It is 1 for whoever never came back, since one leaves after a repeat only: ask probabilityOfPurchase about them.
 */
export function probabilityAlive({ r, alpha, a, b }: BgNbdParameters, { repeats: x, recency, age }: Activity): number {
  if (x === 0) return 1;
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x));
}

/**
 * Probability in [0, 1] of at least one purchase in the `horizon` after the end of observation: the customer is active, and a rate that is
 * gamma distributed (r + x, alpha + T) gives a purchase in that time.
 */
export function probabilityOfPurchase(parameters: BgNbdParameters, activity: Activity, horizon: number): number {
  const { r, alpha } = parameters;
  const none = Math.exp(-(r + activity.repeats) * Math.log1p(horizon / (alpha + activity.age)));
  return probabilityAlive(parameters, activity) * (1 - none);
}

/** E[X(t)]: repeats of a new customer in the time `t` after the first purchase. Fader, Hardie & Lee 2005, eq. 9. */
export function expectedRepeats(parameters: BgNbdParameters, t: number): number {
  return purchasesWhileActive(parameters, 0, 0, t);
}

/** E[Y(t) | x, t_x, T]: days with a purchase in the `horizon` after the end of observation. Fader, Hardie & Lee 2005, eq. 10. */
export function expectedPurchases(parameters: BgNbdParameters, activity: Activity, horizon: number): number {
  return probabilityAlive(parameters, activity) * purchasesWhileActive(parameters, activity.repeats, activity.age, horizon);
}

/** How near to 1 a parameter may come, which the formula divides by its distance from 1. */
const NEAR_ONE = 1e-6;

/**
 * Purchases in time t of one who is active. The paper's 2F1(r + x, b + x; ...) overflows for a large x, to be multiplied by next to nothing;
 * Euler's transformation (Abramowitz & Stegun 15.3.3) has the a in place of the x. Of the two the one with the smaller figure is taken: a is
 * large where customers hardly differ in how likely they are to leave.
 */
function purchasesWhileActive({ r, alpha, a, b }: BgNbdParameters, x: number, age: number, t: number): number {
  if (Math.abs(a - 1) < NEAR_ONE || Math.abs(a + b + x - 1) < NEAR_ONE) {
    // The formula has a limit at these places, and a line through both sides comes to it.
    const beside = (shift: number) => purchasesWhileActive({ r, alpha, a: a + shift, b }, x, age, t);
    return (beside(-10 * NEAR_ONE) + beside(10 * NEAR_ONE)) / 2;
  }
  const z = t / (alpha + age + t);
  const rest =
    a - 1 > r + x
      ? scaledHypergeometric(r + x, r + x, b + x, a + b + x - 1, z)
      : scaledHypergeometric(a - 1, a + b - 1 - r, a - 1, a + b + x - 1, z);
  return ((a + b + x - 1) / (a - 1)) * (1 - rest);
}

/** Well below the largest double. */
const LARGE = 1e250;

/** (1 - z)^power 2F1(a, b; c; z) for z in [0, 1), by Gauss's series, kept below LARGE on the way: the power brings it down again. */
function scaledHypergeometric(power: number, a: number, b: number, c: number, z: number): number {
  let logScale = power * Math.log1p(-z);
  let term = 1;
  let sum = 1;
  for (let k = 0; k < 1_000_000; k++) {
    term *= (((a + k) * (b + k)) / ((c + k) * (1 + k))) * z;
    sum += term;
    // What follows is at most a geometric series in z.
    if (Math.abs(term) <= 1e-16 * (1 - z) * Math.abs(sum)) break;
    if (Math.abs(sum) > LARGE) {
      sum /= LARGE;
      term /= LARGE;
      logScale += Math.log(LARGE);
    }
  }
  return Math.sign(sum) * Math.exp(logScale + Math.log(Math.abs(sum)));
}
