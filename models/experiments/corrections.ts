/** Many looks find something by chance: p-values as they count when they are members of a family. Null where there was no test; such do not count. */
export type PValues = readonly (number | null)[];

export type Correction = 'HOLM' | 'BENJAMINI_HOCHBERG';

interface Ranked {
  readonly p: number;
  readonly index: number;
}

function ranked(family: PValues): Ranked[] {
  return family.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
}

/**
 * Compared with alpha, these keep the chance of even one false find within alpha, however the tests depend on each other. Holm 1979, "A simple
 * sequentially rejective multiple test procedure".
 */
export function holm(family: PValues): (number | null)[] {
  const adjusted: (number | null)[] = family.map(() => null);
  const tests = ranked(family);
  let least = 0;
  tests.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, (tests.length - rank) * p));
    adjusted[index] = least;
  });
  return adjusted;
}

/**
 * Compared with q, these keep the expected share of false finds among the finds within q, for tests that are independent or positively dependent.
 * Benjamini & Hochberg 1995, "Controlling the false discovery rate".
 */
export function benjaminiHochberg(family: PValues): (number | null)[] {
  const adjusted: (number | null)[] = family.map(() => null);
  const tests = ranked(family);
  let most = 1;
  for (let rank = tests.length - 1; rank >= 0; rank -= 1) {
    const { p, index } = tests[rank]!;
    most = Math.min(most, (tests.length * p) / (rank + 1));
    adjusted[index] = most;
  }
  return adjusted;
}

export function adjustP(family: PValues, correction: Correction): (number | null)[] {
  return correction === 'HOLM' ? holm(family) : benjaminiHochberg(family);
}
