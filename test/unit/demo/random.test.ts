import { describe, expect, it } from 'vitest';
import { Random } from '../../../demo/random.ts';

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.next());
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const of = (count: number, draw: () => number) => Array.from({ length: count }, draw);

describe('a stream of random numbers', () => {
  it('is the same for equal parts and another for others, whatever separates them', () => {
    expect(draws(new Random('demo', 7), 5)).toEqual(draws(new Random('demo', 7), 5));
    expect(draws(new Random('demo', 7), 5)).not.toEqual(draws(new Random('demo', 8), 5));
    expect(draws(new Random('demo', 17), 5)).not.toEqual(draws(new Random('demo1', 7), 5));
  });

  it('fills [0, 1) evenly, and so do the first numbers of successive streams', () => {
    for (const values of [draws(new Random('even'), 20_000), Array.from({ length: 20_000 }, (_, i) => new Random('even', i).next())]) {
      const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth).length);
      // Chi-square with 9 degrees of freedom stays below 27.9 in 999 of 1,000 cases.
      expect(tenths.reduce((sum, found) => sum + (found - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
    }
  });

  it('draws from distributions of the right mean', () => {
    const random = new Random('means');
    expect(mean(of(20_000, () => random.exponential(3)))).toBeCloseTo(3, 0);
    expect(mean(of(20_000, () => random.gamma(0.7, 2)))).toBeCloseTo(1.4, 1);
    expect(mean(of(20_000, () => random.gamma(4, 0.5)))).toBeCloseTo(2, 1);
    expect(mean(of(20_000, () => random.int(1, 6)))).toBeCloseTo(3.5, 1);
    expect(mean(of(20_000, () => random.normal()))).toBeCloseTo(0, 1);
  });

  it('weighs keys by their weights', () => {
    const random = new Random('weights');
    const drawn = Array.from({ length: 10_000 }, () => random.weighted({ often: 3, seldom: 1, never: 0 }));
    expect(drawn.filter((key) => key === 'often').length / 10_000).toBeCloseTo(0.75, 1);
    expect(drawn).not.toContain('never');
  });
});
