/**
 * Thompson sampling between creatives: each is shown as often as it is likely to be the best, so the worse ones cost less and less. Thompson 1933;
 * Chapelle & Li 2011, "An empirical evaluation of Thompson sampling", algorithm 2. It learns what to show, not how much better that is: the
 * arms' shares move with the outcomes, so a plain difference between them is biased. To measure, run an experiment.
 */
import { beta } from '../random-variates.ts';

/** What an arm has given so far: a uniform prior, Beta(1, 1), is added. */
export interface Creative {
  readonly successes: number;
  readonly failures: number;
}

export interface ThompsonOptions {
  /**
   * Share of all choices that is made evenly between the arms, in [0, 1]: each of k arms gets at least this divided by k, so that one that had
   * bad luck, or whose time comes later, is never given up. 0.05 unless said.
   */
  readonly exploration?: number;
}

const EXPLORATION = 0.05;

/** Index of the arm to show now. Throws without arms. */
export function chooseCreative(
  arms: readonly Creative[],
  random: () => number,
  { exploration = EXPLORATION }: ThompsonOptions = {},
): number {
  if (arms.length === 0) throw new Error('there is no arm to choose from');
  return random() < exploration ? Math.floor(random() * arms.length) : likeliest(arms, random);
}

/** Chance by arm to be shown now, estimated from so many draws; they add up to 1. This is the share of traffic to report beside each arm. */
export function creativeShares(
  arms: readonly Creative[],
  random: () => number,
  { exploration = EXPLORATION, draws = 10_000 }: ThompsonOptions & { readonly draws?: number } = {},
): number[] {
  const best = new Array<number>(arms.length).fill(0);
  for (let draw = 0; draw < draws; draw += 1) best[likeliest(arms, random)]! += 1;
  return best.map((count) => exploration / arms.length + ((1 - exploration) * count) / draws);
}

export interface ThompsonRun {
  /** Share of the rounds by arm. */
  readonly shares: readonly number[];
  /** After 1/100, 2/100 ... of the rounds: successes expected of the best arm alone, less those expected of the arms shown. */
  readonly regret: readonly number[];
}

/** Plays against known rates, each round's outcome fed back at once: what a number of rounds costs. */
export function simulateThompson(
  rates: readonly number[],
  rounds: number,
  random: () => number,
  options: ThompsonOptions = {},
): ThompsonRun {
  const arms = rates.map(() => ({ successes: 0, failures: 0 }));
  const best = Math.max(...rates);
  const regret: number[] = [];
  let lost = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const arm = chooseCreative(arms, random, options);
    if (random() < rates[arm]!) arms[arm]!.successes += 1;
    else arms[arm]!.failures += 1;
    lost += best - rates[arm]!;
    if (Math.floor((100 * round) / rounds) > regret.length) regret.push(lost);
  }
  return { shares: arms.map(({ successes, failures }) => (successes + failures) / rounds), regret };
}

function likeliest(arms: readonly Creative[], random: () => number): number {
  let best = 0;
  let most = -1;
  arms.forEach(({ successes, failures }, arm) => {
    const drawn = beta(1 + successes, 1 + failures, random);
    if (drawn > most) {
      most = drawn;
      best = arm;
    }
  });
  return best;
}
