import type { ItemSimilarity } from './item-similarity.ts';

/** An item in question, as a choice sees it. */
export interface Ranked {
  readonly item: number;
  /** Above 0. */
  readonly score: number;
  /** Never bought before. */
  readonly isNew: boolean;
  readonly category?: string | undefined;
}

/** How a list is put together beside the scores. Absent means no such rule. */
export interface SelectionRules {
  /** Items wanted. */
  readonly first: number;
  /** Shares in [0, 1] of `first` that are new: at least (while there are new ones) and at most. */
  readonly newShare?: { readonly least?: number; readonly most?: number } | undefined;
  /** Items of one category at most. */
  readonly mostPerCategory?: number | undefined;
  /** In [0, 1): how much likeness to what was chosen before counts against an item; 0 by default. */
  readonly diversity?: number | undefined;
}

/**
 * Chooses one after another what is best and least like the ones before: maximal marginal relevance (Carbonell and Goldstein 1998), with
 * relevance the score over the highest and likeness the similarity, within the rules on new items and categories. Where those leave too
 * few, the list is shorter. `ranked` is best first.
 */
export function select(ranked: readonly Ranked[], rules: SelectionRules, similarity: ItemSimilarity): Ranked[] {
  const { first, newShare = {}, mostPerCategory = Number.POSITIVE_INFINITY, diversity = 0 } = rules;
  const leastNew = Math.ceil((newShare.least ?? 0) * first);
  const mostNew = Math.floor((newShare.most ?? 1) * first);
  const left = new Set(ranked);
  const perCategory = new Map<string, number>();
  const likeness = new Map<number, number>();
  const highest = ranked[0]?.score ?? 1;
  const chosen: Ranked[] = [];
  let chosenNew = 0;
  let newLeft = ranked.filter(({ isNew }) => isNew).length;
  const fits = ({ isNew, category }: Ranked) =>
    (isNew ? chosenNew < mostNew : first - chosen.length > Math.min(leastNew - chosenNew, newLeft)) &&
    (category === undefined || (perCategory.get(category) ?? 0) < mostPerCategory);
  while (chosen.length < first) {
    let best: Ranked | undefined;
    let bestWorth = Number.NEGATIVE_INFINITY;
    for (const one of left) {
      const relevance = (1 - diversity) * (one.score / highest);
      // Best first, and likeness only takes away: nothing further down can be worth more.
      if (relevance <= bestWorth) break;
      if (!fits(one)) continue;
      const worth = relevance - diversity * (likeness.get(one.item) ?? 0);
      if (worth > bestWorth) {
        best = one;
        bestWorth = worth;
      }
    }
    if (!best) break;
    chosen.push(best);
    left.delete(best);
    if (best.isNew) {
      chosenNew++;
      newLeft--;
    }
    if (best.category !== undefined) perCategory.set(best.category, (perCategory.get(best.category) ?? 0) + 1);
    if (diversity > 0) {
      const { start, neighbourOf, weightOf } = similarity;
      for (let k = start[best.item]!; k < start[best.item + 1]!; k++)
        likeness.set(neighbourOf[k]!, Math.max(likeness.get(neighbourOf[k]!) ?? 0, weightOf[k]!));
    }
  }
  return chosen;
}
