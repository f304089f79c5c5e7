import type { EpochMs } from '../../../kernel/storage/port.ts';
import type { PurchaseRank, Subject } from '../records.ts';

export type RfmSegment =
  | 'CHAMPIONS'
  | 'LOYAL'
  | 'POTENTIAL_LOYALISTS'
  | 'NEW'
  | 'PROMISING'
  | 'NEED_ATTENTION'
  | 'ABOUT_TO_SLEEP'
  | 'AT_RISK'
  | 'CANT_LOSE'
  | 'HIBERNATING';

export interface RfmScores {
  readonly recency: number;
  readonly frequency: number;
  readonly monetary: number;
  /** The digits side by side, 111 to 555. */
  readonly score: number;
  readonly segment: RfmSegment;
  /** When the customer base was measured. */
  readonly asOf: EpochMs;
}

/**
 * The ten-segment recency and frequency grid, as CleverTap publishes it ("RFM Analysis for Customer Segmentation") and as the
 * usual quintile notebooks apply it: row R 1 to 5 from the top, column F 1 to 5. Monetary value has no part in the name.
 */
const GRID: readonly (readonly RfmSegment[])[] = [
  ['HIBERNATING', 'HIBERNATING', 'AT_RISK', 'AT_RISK', 'CANT_LOSE'],
  ['HIBERNATING', 'HIBERNATING', 'AT_RISK', 'AT_RISK', 'CANT_LOSE'],
  ['ABOUT_TO_SLEEP', 'ABOUT_TO_SLEEP', 'NEED_ATTENTION', 'LOYAL', 'LOYAL'],
  ['PROMISING', 'POTENTIAL_LOYALISTS', 'POTENTIAL_LOYALISTS', 'LOYAL', 'LOYAL'],
  ['NEW', 'POTENTIAL_LOYALISTS', 'POTENTIAL_LOYALISTS', 'CHAMPIONS', 'CHAMPIONS'],
];

/** The segment of two quintiles; null when one is not 1 to 5. */
export function rfmSegment(recency: number, frequency: number): RfmSegment | null {
  return GRID[recency - 1]?.[frequency - 1] ?? null;
}

/** null where a quintile is none. */
export function rfmScores({ recency, frequency, monetary, asOf }: PurchaseRank): RfmScores | null {
  const segment = rfmSegment(recency, frequency);
  if (segment === null || monetary < 1 || monetary > 5) return null;
  return { recency, frequency, monetary, score: recency * 100 + frequency * 10 + monetary, segment, asOf };
}

/** null without consent, without pos, and while pos has no rank. */
export function rfm({ sources: { pos } }: Subject): RfmScores | null {
  return pos.state === 'OK' && pos.signals.rank ? rfmScores(pos.signals.rank) : null;
}
