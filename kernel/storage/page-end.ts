/** Where a document stands in one person's list, newest first. */
export interface Place {
  readonly owner: string;
  readonly at: number;
  readonly id: string;
}

/**
 * Where a page of `first` ends in `places`, which are in order. Two members' documents may share time and id, which is all that a
 * cursor holds, so a page never ends between them: it is shorter where they don't fit, and longer where they alone are more than a page.
 */
export function pageEnd(places: readonly Place[], first: number): number {
  if (places.length <= first) return places.length;
  const tied = (i: number) => places[i]?.at === places[i - 1]?.at && places[i]?.id === places[i - 1]?.id;
  let end = first;
  while (end > 0 && tied(end)) end--;
  if (end > 0) return end;
  end = first;
  while (end < places.length && tied(end)) end++;
  return end;
}
