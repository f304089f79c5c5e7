/** Shares of units: visited or not, converted or not. */
import { type Difference, type Interval, liftOf, normalCritical } from './difference.ts';
import { normalTwoSidedP } from './distributions.ts';

/** Each unit counts once: 0 <= successes <= n. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/**
 * How the interval of a difference is drawn: WALD from the standard error, right for large counts and what is published for them; NEWCOMBE
 * from the two Wilson intervals, right for small ones too.
 */
export type ProportionInterval = 'WALD' | 'NEWCOMBE';

/** Where fewer successes or failures than this stand in either arm, the normal approximation is not to be relied on. */
const SMALL = 10;

/** Interval of a share, within [0, 1]; null of nothing. Wilson 1927, without continuity correction. */
export function wilsonInterval({ successes, n }: Proportion, confidence = 0.95): Interval | null {
  if (n === 0) return null;
  const z = normalCritical(confidence);
  const share = successes / n;
  const centre = share + z ** 2 / (2 * n);
  const margin = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return { lower: Math.max(0, (centre - margin) / scale), upper: Math.min(1, (centre + margin) / scale) };
}

/** Interval of the difference b - a of two shares; null of nothing. Newcombe 1998, "Interval estimation for the difference", method 10. */
export function newcombeInterval(a: Proportion, b: Proportion, confidence = 0.95): Interval | null {
  const ofA = wilsonInterval(a, confidence);
  const ofB = wilsonInterval(b, confidence);
  if (!ofA || !ofB) return null;
  const shareA = a.successes / a.n;
  const shareB = b.successes / b.n;
  return {
    lower: shareB - shareA - Math.hypot(shareB - ofB.lower, ofA.upper - shareA),
    upper: shareB - shareA + Math.hypot(ofB.upper - shareB, shareA - ofA.lower),
  };
}

/** NEWCOMBE where an arm has fewer than ten successes or ten failures, else WALD. */
function fittingInterval(control: Proportion, treatment: Proportion): ProportionInterval {
  const small = [control, treatment].some(({ successes, n }) => Math.min(successes, n - successes) < SMALL);
  return small ? 'NEWCOMBE' : 'WALD';
}

/**
 * The difference of two shares. The test pools both arms, since it supposes them equal (Fleiss, Levin & Paik 2003, "Statistical
 * methods for rates and proportions", chapter 3, without continuity correction); the standard error and the Wald interval do not. Null where an arm is empty, or where all units or none succeeded.
 */
export function compareProportions(
  control: Proportion,
  treatment: Proportion,
  confidence = 0.95,
  method: ProportionInterval = fittingInterval(control, treatment),
): Difference | null {
  const n = control.n + treatment.n;
  const pooled = (control.successes + treatment.successes) / n;
  if (control.n === 0 || treatment.n === 0 || pooled === 0 || pooled === 1) return null;
  const estimates = [control, treatment].map((arm) => {
    const value = arm.successes / arm.n;
    return { value, variance: (value * (1 - value)) / arm.n, n: arm.n };
  });
  const [c, t] = estimates as [(typeof estimates)[number], (typeof estimates)[number]];
  const difference = t.value - c.value;
  const standardError = Math.sqrt(c.variance + t.variance);
  const margin = normalCritical(confidence) * standardError;
  const pooledStandardError = Math.sqrt(pooled * (1 - pooled) * (1 / control.n + 1 / treatment.n));
  const statistic = difference / pooledStandardError;
  return {
    control: c.value,
    treatment: t.value,
    n,
    difference,
    standardError,
    pooledStandardError,
    interval:
      method === 'NEWCOMBE'
        ? newcombeInterval(control, treatment, confidence)!
        : { lower: difference - margin, upper: difference + margin },
    test: 'Z',
    statistic,
    degreesOfFreedom: null,
    p: normalTwoSidedP(statistic),
    lift: liftOf(c, t, confidence),
  };
}
