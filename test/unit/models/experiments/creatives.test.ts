import { describe, expect, it } from 'vitest';
import { armAt, credibleInterval, sharesByCounts } from '../../../../models/experiments/creatives.ts';

describe('shares by counts', () => {
  it('are even before anything is known', () => {
    expect(sharesByCounts(new Array(4).fill({ successes: 0, failures: 0 }), 0.05, 'salt')).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("are each arm's chance to be the best, above its part of the exploration", () => {
    // Beta(2, 1) beats Beta(1, 1) with probability 2/3: with exploration .1 that is .05 + .9 * 2/3 = .65.
    const shares = sharesByCounts(
      [
        { successes: 1, failures: 0 },
        { successes: 0, failures: 0 },
      ],
      0.1,
      'salt',
    );
    // Four standard deviations of 4,000 draws are .03, of which nine tenths count.
    expect(Math.abs(shares[0]! - 0.65)).toBeLessThan(0.027);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 12);
  });

  it('are the same for the same counts, on any machine, and others under another salt', () => {
    const arms = [
      { successes: 10, failures: 90 },
      { successes: 12, failures: 88 },
    ];
    expect(sharesByCounts(arms, 0.05, 'salt')).toEqual(sharesByCounts(arms, 0.05, 'salt'));
    expect(sharesByCounts(arms, 0.05, 'salt')).not.toEqual(sharesByCounts(arms, 0.05, 'pepper'));
  });
});

describe('the arm of a unit', () => {
  it('is the one in whose share its number falls', () => {
    const shares = [0.25, 0.5, 0.25];
    expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((position) => armAt(position, shares))).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('is the last one where shares were rounded to a little less than 1', () => {
    expect(armAt(0.99999999999, [0.1, 0.8999999999])).toBe(1);
  });
});

describe('a credible interval', () => {
  it('is of Beta(1 + successes, 1 + failures)', () => {
    // Nothing seen: the uniform distribution's own quantiles.
    expect(credibleInterval({ successes: 0, failures: 0 }, 0.95).lower).toBeCloseTo(0.025, 10);
    // P(X <= x) of Beta(1, 10) is 1 - (1 - x)^10: 1 - .975^.1 = .0025286 and 1 - .025^.1 = .3084971.
    const { lower, upper } = credibleInterval({ successes: 0, failures: 9 }, 0.95);
    expect(lower).toBeCloseTo(0.0025286, 6);
    expect(upper).toBeCloseTo(0.3084971, 6);
  });
});
