import type { BgNbdParameters } from './bg-nbd.ts';
import { probabilityOfPurchase } from './bg-nbd-forecast.ts';
import type { PurchaseHistory } from './history.ts';

export type LifecycleStage = 'ANONYMOUS' | 'AWARENESS' | 'EVALUATION' | 'PURCHASE' | 'POST_PURCHASE' | 'LOYAL' | 'AT_RISK' | 'LAPSED';

/** What is known of somebody at the moment for which the stage is asked. */
export interface LifecycleFacts {
  readonly isIdentified: boolean;
  /** Has lately looked at products, filled a cart, or asked about one. */
  readonly isEvaluating: boolean;
  /** null for who has not bought yet. */
  readonly history: Pick<PurchaseHistory, 'repeats' | 'recency' | 'age'> | null;
}

/** Times in the unit of the BG/NBD model; those of LIFECYCLE_RULE are weeks. */
export interface LifecycleRule {
  /** A purchase is looked for within this. */
  readonly horizon: number;
  /** A purchase is under way for so long: delivery, use, a question about it. */
  readonly purchaseLasts: number;
  /** From so many repeats on one is loyal. */
  readonly loyalRepeats: number;
  /** Shares of the chance of a purchase that is left of what it was on the day of the last one. */
  readonly atRiskBelow: number;
  readonly lapsedBelow: number;
}

export const LIFECYCLE_RULE: LifecycleRule = { horizon: 52, purchaseLasts: 1, loyalRepeats: 2, atRiskBelow: 0.5, lapsedBelow: 0.2 };

/**
 * Of what it was on the day of the last purchase, the share that is left of the chance of another one within the horizon; in [0, 1]. It
 * measures silence by the customer's own rhythm: of two who have been silent as long, the one who used to come often has less left.
 */
export function chanceKept(parameters: BgNbdParameters, history: NonNullable<LifecycleFacts['history']>, horizon: number): number {
  const then = probabilityOfPurchase(parameters, { ...history, age: history.recency }, horizon);
  return then > 0 ? Math.min(1, probabilityOfPurchase(parameters, history, horizon) / then) : 0;
}

/**
 * The first that is true: no name, ANONYMOUS; no purchase, EVALUATION or AWARENESS; too little of the chance of another purchase kept, LAPSED
 * or AT_RISK; often back, LOYAL; just bought, PURCHASE; and else POST_PURCHASE.
 */
export function lifecycleStage(parameters: BgNbdParameters, facts: LifecycleFacts, rule: LifecycleRule = LIFECYCLE_RULE): LifecycleStage {
  const { isIdentified, isEvaluating, history } = facts;
  if (!isIdentified) return 'ANONYMOUS';
  if (!history) return isEvaluating ? 'EVALUATION' : 'AWARENESS';
  const kept = chanceKept(parameters, history, rule.horizon);
  if (kept < rule.lapsedBelow) return 'LAPSED';
  if (kept < rule.atRiskBelow) return 'AT_RISK';
  if (history.repeats >= rule.loyalRepeats) return 'LOYAL';
  return history.age - history.recency <= rule.purchaseLasts ? 'PURCHASE' : 'POST_PURCHASE';
}
