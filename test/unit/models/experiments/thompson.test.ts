import { describe, expect, it } from 'vitest';
import { chooseCreative, creativeShares, simulateThompson } from '../../../../models/experiments/thompson.ts';
import { randomOf } from '../../../../models/random.ts';

describe('Thompson sampling', () => {
  it('shows an arm as often as it is likely to be the best', () => {
    // Beta(2, 1) beats Beta(1, 1) with probability 2/3: the mean of the first, since the second is uniform.
    const [lucky] = creativeShares(
      [
        { successes: 1, failures: 0 },
        { successes: 0, failures: 0 },
      ],
      randomOf(1),
      { exploration: 0, draws: 40_000 },
    );
    // Four standard deviations of 40,000 draws are .0094.
    expect(Math.abs(lucky! - 2 / 3)).toBeLessThan(0.0095);
  });

  it('never gives an arm less than its part of the exploration', () => {
    const arms = [
      { successes: 900, failures: 100 },
      { successes: 1, failures: 999 },
      { successes: 1, failures: 999 },
    ];
    const shares = creativeShares(arms, randomOf(2), { exploration: 0.09, draws: 1_000 });
    expect(shares[1]).toBeCloseTo(0.03, 12);
    expect(shares[2]).toBeCloseTo(0.03, 12);
    expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(1, 12);
    const random = randomOf(3);
    const chosen = [0, 0, 0];
    for (let i = 0; i < 20_000; i += 1) chosen[chooseCreative(arms, random, { exploration: 0.09 })]! += 1;
    // 600 expected, four standard deviations are 97.
    expect(Math.abs(chosen[1]! - 600)).toBeLessThan(97);
    expect(Math.abs(chosen[2]! - 600)).toBeLessThan(97);
  });

  it('chooses the same for the same seed', () => {
    const run = (seed: number) => simulateThompson([0.1, 0.12], 500, randomOf(seed));
    expect(run(4)).toEqual(run(4));
    expect(run(4)).not.toEqual(run(5));
  });

  it('loses less and less: the second half of the showings costs less than the first', () => {
    const { regret, shares } = simulateThompson([0.02, 0.2], 4_000, randomOf(6));
    expect(regret).toHaveLength(100);
    expect(regret[99]! - regret[49]!).toBeLessThan(regret[49]!);
    // Each showing of the worse arm loses .18 visits.
    expect(regret[99]).toBeCloseTo(0.18 * 4_000 * shares[0]!, 8);
  });

  it('has no choice without arms', () => {
    expect(() => chooseCreative([], randomOf(1))).toThrow('there is no arm to choose from');
  });
});
