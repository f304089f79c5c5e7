/**
 * Thompson sampling for many units at a time: from the counts of now follow shares, and from shares and a unit's own number the arm that it gets.
 * By `creativeShares` an arm's share is its chance to be the best, so a unit whose number is uniform gets the arm that a draw of its own would
 * have given it with the same probability. But units of equal counts need no draw, equal input gives an equal answer on every machine, and who
 * asks again while shares hardly move is hardly ever told another arm.
 */
import { randomOf } from '../random.ts';
import { positionOf } from './assignment.ts';
import type { Interval } from './difference.ts';
import { betaQuantile } from './distributions.ts';
import { type Creative, creativeShares } from './thompson.ts';

/** The standard error of a share is below 0.8 %, of which no unit notices anything. */
const DRAWS = 4_000;

/** Shares of the units to come by arm, 1 together; even before anything is known. Equal counts under an equal salt give equal shares. */
export function sharesByCounts(arms: readonly Creative[], exploration: number, salt: string): number[] {
  if (arms.every(({ successes, failures }) => successes + failures === 0)) return arms.map(() => 1 / arms.length);
  const counts = arms.map(({ successes, failures }) => `${successes}/${failures}`).join(' ');
  return creativeShares(arms, randomOf(Math.floor(positionOf(salt, counts) * 2 ** 32)), { exploration, draws: DRAWS });
}

/** Index of the arm of the unit at this position in [0, 1): shares stand side by side, in their order. */
export function armAt(position: number, shares: readonly number[]): number {
  let end = 0;
  const found = shares.findIndex((share) => {
    end += share;
    return position < end;
  });
  // Shares add up to a little less than 1 where they were rounded.
  return found < 0 ? shares.length - 1 : found;
}

/**
 * Credible interval of an arm's rate, with the prior that sampling uses: Beta(1, 1). It conditions on what was seen, so it holds however the arm
 * came by its units; a confidence interval does not (Nie, Tian, Taylor & Zou 2018, "Why adaptively collected data have negative bias").
 */
export function credibleInterval({ successes, failures }: Creative, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return { lower: betaQuantile(tail, 1 + successes, 1 + failures), upper: betaQuantile(1 - tail, 1 + successes, 1 + failures) };
}
