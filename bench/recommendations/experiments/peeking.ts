/** A/A tests that are looked at after every unit: how often something is found where there is nothing. */
import { alwaysValid, BURN_IN } from '../../../models/experiments/always-valid.ts';
import { type Difference, pooledStandardErrorOf } from '../../../models/experiments/difference.ts';
import { meanEstimate } from '../../../models/experiments/means.ts';
import { compareProportions } from '../../../models/experiments/proportions.ts';
import type { Sums } from '../../../models/experiments/sums.ts';
import { randomOf } from '../../../models/random.ts';
import type { Line } from '../line.ts';

const ROUNDS = 2_000;
const ALPHA = 0.05;
/** |z| that the fixed test calls significant at ALPHA. */
const FIXED = 1.959963984540054;

type Look = Pick<Difference, 'difference' | 'standardError' | 'pooledStandardError' | 'n' | 'statistic'>;

interface Simulated {
  readonly what: string;
  readonly units: number;
  /** Chance of a unit to be in the treatment. */
  readonly share: number;
  readonly outcome: (random: () => number) => number;
  readonly kind: 'PROPORTION' | 'MEAN';
}

/** One in fifty spends, lognormally: what an order value looks like over all customers. */
function spend(random: () => number): number {
  if (random() >= 0.02) return 0;
  return Math.exp(4 + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}

const SIMULATED: readonly Simulated[] = [
  { what: 'visits of 10.6 %', units: 10_000, share: 0.5, kind: 'PROPORTION', outcome: (random) => (random() < 0.106 ? 1 : 0) },
  {
    what: 'conversions of 1 %, one unit in ten treated',
    units: 5_000,
    share: 0.1,
    kind: 'PROPORTION',
    outcome: (random) => (random() < 0.01 ? 1 : 0),
  },
  { what: 'spend, of one in fifty', units: 5_000, share: 0.5, kind: 'MEAN', outcome: spend },
  { what: 'spend, of one in fifty, one unit in ten treated', units: 5_000, share: 0.1, kind: 'MEAN', outcome: spend },
];

export async function* peeking(): AsyncGenerator<Line> {
  const random = randomOf(1);
  for (const simulated of SIMULATED) {
    const begun = process.cpuUsage();
    let found = 0;
    let naive = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const finds = lookAlways(simulated, random);
      found += finds.alwaysValid ? 1 : 0;
      naive += finds.fixed ? 1 : 0;
    }
    const { user, system } = process.cpuUsage(begun);
    const percent = (finds: number) => `${((100 * finds) / ROUNDS).toFixed(2)} %`;
    yield {
      what: `false finds in ${ROUNDS} A/A tests of ${simulated.units} units, looked at after every unit from 200: ${simulated.what}`,
      ours: `${percent(found)} (${((user + system) / 1e6).toFixed(1)} s of CPU)`,
      beside: `at most 5 %; the fixed test looked at as often: ${percent(naive)}`,
      holds: found / ROUNDS <= ALPHA,
    };
  }
}

/** Whether either test says at any look that the arms differ. */
function lookAlways({ units, share, outcome: draw, kind }: Simulated, random: () => number): { alwaysValid: boolean; fixed: boolean } {
  const finds = { alwaysValid: false, fixed: false };
  const control = { n: 0, sums: [0], products: [0] };
  const treatment = { n: 0, sums: [0], products: [0] };
  const compare = kind === 'PROPORTION' ? shares : means;
  for (let n = 1; n <= units; n += 1) {
    const arm = random() < share ? treatment : control;
    const value = draw(random);
    arm.n += 1;
    arm.sums[0]! += value;
    arm.products[0]! += value * value;
    // Before the burn-in neither test is asked.
    const difference = n < BURN_IN ? null : compare(control, treatment);
    if (!difference) continue;
    const always = alwaysValid(difference, { confidence: 1 - ALPHA, tunedFor: units });
    if (always && always.p <= ALPHA) finds.alwaysValid = true;
    if (Math.abs(difference.statistic) >= FIXED) finds.fixed = true;
    if (finds.alwaysValid && finds.fixed) break;
  }
  return finds;
}

function shares(control: Sums, treatment: Sums): Look | null {
  return compareProportions({ successes: control.sums[0]!, n: control.n }, { successes: treatment.sums[0]!, n: treatment.n }, 0.95, 'WALD');
}

/** As `compareMeans`, whose quantile of Student's t would be most of the time and is not asked for here. */
function means(control: Sums, treatment: Sums): Look | null {
  if (control.n < 2 || treatment.n < 2) return null;
  const [c, t] = [meanEstimate(control), meanEstimate(treatment)];
  const difference = t.value - c.value;
  const standardError = Math.sqrt(c.variance + t.variance);
  if (standardError === 0) return null;
  return {
    difference,
    standardError,
    pooledStandardError: pooledStandardErrorOf(c, t),
    n: c.n + t.n,
    statistic: difference / standardError,
  };
}
