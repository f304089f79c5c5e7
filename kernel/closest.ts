/** The candidate that fewest edits turn into `word`, if at most `most` do (Levenshtein 1966); null when none is that close. */
export function closest<C extends string>(word: string, candidates: readonly C[], most: number): C | null {
  let best: C | null = null;
  let fewest = most + 1;
  for (const candidate of candidates) {
    const edits = distance(word, candidate);
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
