/** Thompson sampling between e-mails as good as Hillstrom's were. */
import { simulateThompson } from '../../../models/experiments/thompson.ts';
import { randomOf } from '../../../models/random.ts';
import type { Line } from '../line.ts';

const RUNS = 200;
const SHOWINGS = 10_000;

export async function* sampling(): AsyncGenerator<Line> {
  // Visits by arm: none 2,262 of 21,306, men's 3,894 of 21,307, women's 3,238 of 21,387.
  const rates = [2262 / 21306, 3894 / 21307, 3238 / 21387];
  const random = randomOf(7);
  const runs = Array.from({ length: RUNS }, () => simulateThompson(rates, SHOWINGS, random));
  const best = runs.map(({ shares: of }) => of[1]!).sort((a, b) => a - b);
  const mean = best.reduce((sum, share) => sum + share, 0) / RUNS;
  const least = Math.min(...runs.flatMap(({ shares: of }) => of));
  yield {
    what: `Thompson sampling, ${SHOWINGS} showings at Hillstrom's visit rates, ${RUNS} runs: share of the best e-mail`,
    ours: `${(100 * mean).toFixed(1)} % on average, ${(100 * best[0]!).toFixed(1)} % at worst`,
    beside: '82 % on average, 55 % at worst (a prototype of ours); 33.3 % by an even split',
    holds: mean >= 0.82,
  };
  yield {
    what: 'its least share of any e-mail in any run, of which 5 % / 3 are promised',
    ours: `${(100 * least).toFixed(2)} %`,
    // Three standard deviations of the exploring choices below what is expected of them.
    beside: `at least ${(100 * EXPLORED).toFixed(2)} %`,
    holds: least >= EXPLORED,
  };
  const lost = (share: number) => runs.reduce((sum, { regret }) => sum + regret[share - 1]!, 0) / RUNS;
  const even = SHOWINGS * (rates[1]! - rates.reduce((sum, rate) => sum + rate, 0) / 3);
  yield {
    what: 'its visits lost against the best e-mail alone, after 1 %, 10 %, 50 % and all of the showings',
    ours: [1, 10, 50, 100].map((share) => lost(share).toFixed(1)).join(', '),
    beside: `by an even split: ${[0.01, 0.1, 0.5, 1].map((share) => (share * even).toFixed(1)).join(', ')}`,
    holds: lost(100) < even / 4,
  };
}

const EXPLORED = 0.05 / 3 - 3 * Math.sqrt((0.05 / 3) * (1 - 0.05 / 3) * (1 / SHOWINGS));
