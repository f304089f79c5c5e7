import type { ItemCatalogue } from './item-catalogue.ts';
import type { ItemKnowledge } from './item-knowledge.ts';
import type { SignalWeights } from './signal-weights.ts';
import type { Trees } from './trees.ts';

/** What both gave on customers that the trees compared had not seen: means over their last baskets. */
export interface Validation {
  readonly customers: number;
  readonly blend: { readonly recallAt10: number; readonly ndcgAt10: number };
  readonly floor: { readonly recallAt10: number; readonly ndcgAt10: number };
  /** Of the blend over the floor, in the mean of both measures, customer by customer; and its standard error. */
  readonly gain: number;
  readonly standardError: number;
}

/** Everything that ranking needs, to be stored as it is. It holds no customer's purchases. */
export interface NextBasketModel {
  readonly kind: 'next-basket';
  readonly format: 1;
  /** What ranks the next basket: FLOOR where too few customers bought twice to learn from, or where the blend lost on `validation`. */
  readonly method: 'BLEND' | 'FLOOR';
  /** Ids of items, by the index that everything else has them under. */
  readonly items: readonly string[];
  readonly knowledge: ItemKnowledge;
  /** Null where too few customers bought twice. They rank new items by either method. */
  readonly trees: Trees | null;
  readonly signalWeights: SignalWeights;
  /** What was known of the items when it was trained; absent where nothing was. */
  readonly catalogue?: ItemCatalogue;
  /** Null where too few customers bought twice. */
  readonly validation: Validation | null;
}
